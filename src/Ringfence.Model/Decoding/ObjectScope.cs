using System.Globalization;
using Ringfence.Model.Policies;

namespace Ringfence.Model.Decoding;

/// <summary>The object that is being decoded: what is wrong with it is reported with its name, field path and place.</summary>
/// <param name="root">The object.</param>
/// <param name="file">The file that it stands in; null where no file is known.</param>
/// <param name="description">What it is, for messages: its kind and name.</param>
/// <param name="diagnostics">Where to report what is wrong.</param>
public sealed class ObjectScope(MappingNode root, string? file, string description, ICollection<Diagnostic> diagnostics)
{
    // A file that is wrong everywhere is told often enough.
    private const int MostErrors = 50;

    /// <summary>The object.</summary>
    public MappingNode Root => root;

    /// <summary>The file that it stands in; null where no file is known.</summary>
    public string? File => file;

    /// <summary>What it is, for messages.</summary>
    public string Description => description;

    /// <summary>How many errors it has, those included that are too many to be told.</summary>
    public int Errors { get; private set; }

    /// <summary>Whether it has errors.</summary>
    public bool HasErrors => Errors > 0;

    /// <summary>Whether unknown fields are errors. What an API server has served is known to it.</summary>
    public bool Strict { get; set; } = true;

    /// <summary>Reports an error; of very many only the first are told.</summary>
    public void Error(string code, string message, Location location, string? field = null) => Error(code, () => field, _ => message, location);

    // The message is made only where it is shown: a field's path is found by a walk over the object.
    private void Error(string code, Func<string?> field, Func<string, string> message, Location location)
    {
        if (++Errors > MostErrors) return;
        var more = Errors == MostErrors ? "; further errors of this object are not shown" : "";
        var path = field();
        if (path?.Length == 0) path = null;
        diagnostics.Add(new Diagnostic(Severity.Error, code, message(path ?? description) + more, location, description) { Field = path });
    }

    /// <summary>Reports what is worth telling.</summary>
    public void Add(Diagnostic diagnostic)
    {
        if (diagnostic.Severity == Severity.Error) Errors++;
        diagnostics.Add(diagnostic);
    }

    /// <summary>Reports what the API server's validation says.</summary>
    public void Refuse(IEnumerable<FieldError> errors)
    {
        foreach (var error in errors)
            Add(new Diagnostic(Severity.Error, "invalid", error.ToString(), FieldPaths.Nearest(root, error.Field).In(file), description) { FieldError = error });
    }

    /// <summary>Reports a value of another type than expected.</summary>
    public void WrongType(Node node, string expected, string advice = "") =>
        Error("wrong-type", () => FieldPaths.Of(root, node), path => $"{path}: expected {expected}, got {node.Describe()}{advice}", node.In(file));

    /// <summary>Reports a value of the right type that is wrong.</summary>
    public void Invalid(Node node, string what) => Error("invalid", () => FieldPaths.Of(root, node), path => $"{path}: {what}", node.In(file));

    /// <summary>The fields of a mapping; none where the node is absent, null or something else.</summary>
    /// <param name="node">The mapping.</param>
    /// <param name="known">The fields that it may have; null where any may be.</param>
    public Fields Fields(Node? node, FieldNames? known)
    {
        if (IsNull(node)) return new Fields(this, null);
        if (node is not MappingNode mapping)
        {
            WrongType(node!, "a mapping");
            return new Fields(this, null);
        }

        CheckKeys(mapping, Strict ? known : null);
        return new Fields(this, mapping);
    }

    /// <summary>A string; null where it is absent or null.</summary>
    public string? Text(Node? node)
    {
        if (IsNull(node)) return null;
        if (node is ScalarNode { Kind: ScalarKind.Text } text) return text.Text;
        WrongType(node!, "a string", node is ScalarNode scalar ? $": write \"{Excerpt.Of(scalar.Source)}\" with quotes" : "");
        return (node as ScalarNode)?.Source;
    }

    /// <summary>A whole number of 32 bits; null where it is absent, null or something else.</summary>
    public int? Int32(Node? node, string expected = "a number")
    {
        if (IsNull(node)) return null;
        if (node is not ScalarNode { Kind: ScalarKind.Integer } number)
        {
            var advice = node is ScalarNode { Kind: ScalarKind.Text } text && int.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                ? ": write it without quotes" : "";
            WrongType(node!, node is ScalarNode { Kind: ScalarKind.Real } ? "a whole number" : expected, advice);
            return null;
        }

        if (int.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return value;
        DoesNotFit(number);
        return null;
    }

    /// <summary>A boolean; null where it is absent, null or something else.</summary>
    public bool? Flag(Node? node)
    {
        if (IsNull(node)) return null;
        if (node is ScalarNode { Kind: ScalarKind.Boolean } flag) return flag.Text == "true";
        WrongType(node!, "true or false");
        return null;
    }

    /// <summary>The entries of a list; null where it is absent, null or something else.</summary>
    public IReadOnlyList<Node>? List(Node? node)
    {
        if (IsNull(node)) return null;
        if (node is SequenceNode list) return list.Items;
        WrongType(node!, "a list", node is MappingNode ? ": begin each entry with a hyphen" : "");
        return null;
    }

    /// <summary>A list of strings; a null entry is empty, as Go has it.</summary>
    public IReadOnlyList<string>? Texts(Node? node) => List(node)?.Select(item => Text(item) ?? "").ToArray();

    /// <summary>A map of strings in the order written; a null value is empty, as Go has it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Map(Node? node)
    {
        var fields = Fields(node, null);
        if (fields.Node is not { } mapping) return null;
        var pairs = new List<KeyValuePair<string, string>>(mapping.Entries.Count);
        foreach (var entry in mapping.Entries) pairs.Add(new(entry.Key, Text(entry.Value) ?? ""));
        return pairs;
    }

    /// <summary>Whether a value is absent or null, which are the same in Go.</summary>
    public static bool IsNull(Node? node) => node is null or ScalarNode { Kind: ScalarKind.Null };

    private void CheckKeys(MappingNode mapping, FieldNames? known)
    {
        var entries = mapping.Entries;
        var seen = entries.Count > 16 ? new Dictionary<string, int>(entries.Count, StringComparer.Ordinal) : null;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (First(entries, i, seen) is { } first) Duplicate(mapping, entry, first);
            else if (known is not null && !known.Contains(entry.Key)) Unknown(mapping, entry, known);
        }
    }

    private void DoesNotFit(ScalarNode number) =>
        Error("wrong-type", () => FieldPaths.Of(root, number), path => $"{path}: {Excerpt.Of(number.Source)} does not fit a 32-bit number", number.In(file));

    private void Duplicate(MappingNode mapping, MappingEntry entry, MappingEntry first) =>
        Error(
            "duplicate-key",
            () => PathOf(mapping, entry),
            path => $"duplicate key \"{path}\": first at line {first.Line}, column {first.Column}, " +
                "and again here; keep one",
            Place(entry));

    private void Unknown(MappingNode mapping, MappingEntry entry, FieldNames known) =>
        Error(
            "unknown-field",
            () => PathOf(mapping, entry),
            path => $"unknown field \"{path}\": {known.Suggest(entry.Key)}",
            Place(entry));

    private string PathOf(MappingNode mapping, MappingEntry entry) => FieldPaths.Join(FieldPaths.Of(root, mapping), Excerpt.Of(entry.Key));

    private Location Place(MappingEntry entry) => new(file, entry.Line, entry.Column, entry.Line);

    private static MappingEntry? First(IReadOnlyList<MappingEntry> entries, int at, Dictionary<string, int>? seen)
    {
        if (seen is not null) return seen.TryAdd(entries[at].Key, at) ? null : entries[seen[entries[at].Key]];
        for (var i = 0; i < at; i++)
            if (entries[i].Key == entries[at].Key) return entries[i];
        return null;
    }
}

/// <summary>The fields of one mapping. An absent field and a null one are the same, as in Go.</summary>
/// <param name="Scope">The object that it belongs to.</param>
/// <param name="Node">The mapping; null where there is none.</param>
public readonly record struct Fields(ObjectScope Scope, MappingNode? Node)
{
    /// <summary>The value of a field; null where it is absent or null.</summary>
    public Node? this[string name] => Node is not null && Node.TryGet(name, out var value) && !ObjectScope.IsNull(value) ? value : null;

    /// <summary>A string.</summary>
    public string? Text(string name) => Scope.Text(this[name]);

    /// <summary>A whole number.</summary>
    public int? Int32(string name) => Scope.Int32(this[name]);

    /// <summary>A boolean.</summary>
    public bool? Flag(string name) => Scope.Flag(this[name]);

    /// <summary>A list.</summary>
    public IReadOnlyList<Node>? List(string name) => Scope.List(this[name]);

    /// <summary>A list of strings.</summary>
    public IReadOnlyList<string>? Texts(string name) => Scope.Texts(this[name]);

    /// <summary>A map of strings.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Map(string name) => Scope.Map(this[name]);

    /// <summary>A mapping.</summary>
    public Fields Object(string name, FieldNames? known) => Scope.Fields(this[name], known);
}
