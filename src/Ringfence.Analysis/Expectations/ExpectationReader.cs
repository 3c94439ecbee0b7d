using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Model;
using Ringfence.Model.Decoding;
using Node = Ringfence.Model.Decoding.Node;

namespace Ringfence.Analysis.Expectations;

/// <summary>What was read.</summary>
/// <param name="Set">The expectations; null where there are errors.</param>
/// <param name="Diagnostics">What is wrong; empty where nothing is.</param>
public sealed record ExpectationReading(ExpectationSet? Set, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>
/// Reads files of kind <c>Expectations</c>, YAML or JSON, strictly: what is unknown, repeated or of another type is an error with its place.
/// <c>schemas/expectations.v1alpha1.schema.json</c> says the same in JSON Schema.
/// </summary>
public static class ExpectationReader
{
    private static readonly FieldNames RootFields = new("apiVersion kind metadata manifests namespace cases");
    private static readonly FieldNames MetadataFields = new("name namespace labels annotations");
    private static readonly FieldNames CaseFields = new FieldNames("name allow deny only")
        .Advise("from", "put it into an entry of allow, deny or only")
        .Advise("to", "put it into an entry of allow, deny or only");

    private static readonly FieldNames EntryFields = new FieldNames("from to ports")
        .Advise("port", "write ports: [6333]")
        .Advise("name", "a case has the name");

    /// <summary>Reads a file.</summary>
    /// <param name="text">Its content, in UTF-8.</param>
    /// <param name="file">Its path as the user knows it.</param>
    /// <param name="defaultNamespace">The namespace of names where the file gives none.</param>
    public static ExpectationReading Read(ReadOnlyMemory<byte> text, string file, string defaultNamespace = "default")
    {
        var diagnostics = new List<Diagnostic>();
        var set = Root(text, file, diagnostics) is { } root ? Set(new ObjectScope(root, file, ExpectationSet.Kind, diagnostics), defaultNamespace) : null;
        return new ExpectationReading(diagnostics.Count == 0 ? set : null, [.. diagnostics]);
    }

    /// <summary>Reads an object that a cluster serves. What the server writes into objects is passed over.</summary>
    /// <param name="root">The object.</param>
    /// <param name="name">Its name for messages, such as <c>cluster:shop/rules</c>.</param>
    public static ExpectationReading Read(MappingNode root, string name)
    {
        var diagnostics = new List<Diagnostic>();
        var set = Set(new ObjectScope(root, name, ExpectationSet.Kind, diagnostics) { Strict = false }, "default");
        return new ExpectationReading(diagnostics.Count == 0 ? set : null, [.. diagnostics]);
    }

    private static MappingNode? Root(ReadOnlyMemory<byte> text, string file, List<Diagnostic> diagnostics)
    {
        if (text.Span is [0xef, 0xbb, 0xbf, ..]) text = text[3..];
        Node? root = null;
        foreach (var document in YamlReader.Read(text))
        {
            if (document.Problem is { } problem) Error(problem.Code, problem.Message, new Location(file, problem.Line, problem.Column));
            else if (root is null) root = document.Root;
            else Error("too-many", "a second document: a file of expectations holds one", document.Root!.In(file));
            if (diagnostics.Count > 0) return null;
        }

        if (root is null) Error("empty", $"there is nothing in it: kind {ExpectationSet.Kind} is expected", new Location(file, 1, 1));
        else if (root is not MappingNode) Error("wrong-type", $"expected a mapping of kind {ExpectationSet.Kind}, got {root.Describe()}", root.In(file));
        return root as MappingNode;

        void Error(string code, string message, Location place) => diagnostics.Add(new Diagnostic(Severity.Error, code, message, place));
    }

    private static ExpectationSet? Set(ObjectScope scope, string defaultNamespace)
    {
        if (!IsOurs(scope)) return null;
        var fields = scope.Fields(scope.Root, RootFields);
        var manifests = Items(scope, fields["manifests"]).Select(scope.Text).OfType<string>().ToImmutableArray();
        var own = Namespace(scope, fields);
        var ends = new ExpectedEndReader(scope, string.IsNullOrEmpty(own) ? defaultNamespace : own);
        var cases = Required(scope, scope.Root, "cases") ? Cases(scope, fields.List("cases") ?? [], ends) : [];
        return new ExpectationSet(cases) { Manifests = manifests, Namespace = own };
    }

    // As an object of a cluster, it is about its own namespace unless it says otherwise.
    private static string? Namespace(ObjectScope scope, Fields fields)
    {
        var own = fields.Text("namespace");
        if (own?.Length == 0) scope.Invalid(fields["namespace"]!, "is empty");
        var metadata = scope.Fields(fields["metadata"], MetadataFields);
        _ = metadata.Text("name");
        var around = metadata.Text("namespace");
        foreach (var field in (string[])["labels", "annotations"])
            if (scope.Fields(metadata[field], null).Node is { } texts)
                foreach (var entry in texts.Entries) _ = scope.Text(entry.Value);
        return own ?? (string.IsNullOrEmpty(around) ? null : around);
    }

    // A slip here would make all the rest look wrong.
    private static bool IsOurs(ObjectScope scope)
    {
        foreach (var (field, expected) in (ReadOnlySpan<(string, string)>)[("kind", ExpectationSet.Kind), ("apiVersion", ExpectationSet.ApiVersion)])
        {
            if (scope.Root.Text(field) == expected) continue;
            var found = scope.Root.TryGet(field, out var node);
            scope.Error($"wrong-{(field == "kind" ? "kind" : "api-version")}", $"{field}: expected {expected}, got {(found ? node!.Describe() : "none")}", (node ?? scope.Root).In(scope.File), field);
            return false;
        }

        return true;
    }

    private static ImmutableArray<ExpectationCase> Cases(ObjectScope scope, IReadOnlyList<Node> nodes, ExpectedEndReader ends)
    {
        var cases = ImmutableArray.CreateBuilder<ExpectationCase>();
        var names = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            var fields = scope.Fields(node, CaseFields);
            if (fields.Node is null || !Required(scope, fields.Node, "name") || fields.Text("name") is not { } name) continue;
            if (name.Trim().Length == 0) scope.Invalid(fields["name"]!, "is empty");
            else if (!names.TryAdd(name, node)) scope.Invalid(fields["name"]!, $"there is a case of this name already{(names[name].Line > 0 ? $", at line {names[name].Line}" : "")}");
            var expectations = ImmutableArray.CreateBuilder<Expectation>();
            foreach (var entry in fields.Node.Entries)
                if (ModeOf(entry.Key) is { } mode)
                    foreach (var item in scope.List(entry.Value) ?? [])
                        if (Entry(scope, mode, item, ends) is { } expectation) expectations.Add(expectation);
            if (expectations.Count == 0 && !scope.HasErrors) scope.Invalid(node, "expects nothing: give it an entry of allow, deny or only");
            cases.Add(new ExpectationCase(name, expectations.DrainToImmutable(), node.In(scope.File)));
        }

        if (cases.Count == 0 && !scope.HasErrors) scope.Invalid(scope.Root, "cases is empty: nothing would be tested");
        return cases.DrainToImmutable();
    }

    private static Expectation? Entry(ObjectScope scope, ExpectationMode mode, Node node, ExpectedEndReader ends)
    {
        var fields = scope.Fields(node, EntryFields);
        if (fields.Node is null || !Required(scope, fields.Node, "from") || !Required(scope, fields.Node, "to")) return null;
        var from = ends.Read(fields["from"]!, isSource: true);
        var to = ends.Read(fields["to"]!, isSource: false);
        var ports = fields["ports"] is { } written ? Ports(scope, written) : [];
        var others = from.Concat(to).OfType<EveryoneEnd>().Where(end => end.Else).ToList();
        if (others.Count > 1) scope.Invalid(node, $"{EveryoneEnd.EveryoneElse} stands on both sides, and nobody is named");
        else if (mode == ExpectationMode.Only && to.Any(end => end is EveryoneEnd { Else: true })) scope.Invalid(node, $"only says who reaches certain destinations, and {EveryoneEnd.EveryoneElse} is none");
        return new Expectation(mode, from, to, ports, node.In(scope.File));
    }

    private static ImmutableArray<ExpectedPort> Ports(ObjectScope scope, Node node)
    {
        var ports = ImmutableArray.CreateBuilder<ExpectedPort>();
        if (node is SequenceNode { Items.Count: 0 }) scope.Invalid(node, "is empty: leave it out for every connection");
        foreach (var item in Items(scope, node))
        {
            if (item is not ScalarNode { Kind: ScalarKind.Text or ScalarKind.Integer } written)
            {
                scope.WrongType(item, "a port", $": {ExpectedPort.Forms}");
                continue;
            }

            try
            {
                ports.Add(ExpectedPort.Parse(written.Text));
            }
            catch (InputException problem)
            {
                scope.Invalid(item, $"{problem.Message}; {ExpectedPort.Forms}");
            }
        }

        return ports.DrainToImmutable();
    }

    private static ExpectationMode? ModeOf(string field) => field switch
    {
        "allow" => ExpectationMode.Allow,
        "deny" => ExpectationMode.Deny,
        "only" => ExpectationMode.Only,
        _ => null,
    };

    private static bool Required(ObjectScope scope, MappingNode mapping, string field)
    {
        if (mapping.TryGet(field, out var value) && !ObjectScope.IsNull(value)) return true;
        var path = FieldPaths.Join(FieldPaths.Of(scope.Root, mapping), field);
        scope.Error("required", $"{path} is missing", mapping.In(scope.File), path);
        return false;
    }

    /// <summary>The entries of a list, or the one value that stands for a list of one.</summary>
    internal static IReadOnlyList<Node> Items(ObjectScope scope, Node? node) => node switch
    {
        null => [],
        SequenceNode list => list.Items,
        _ => [node],
    };
}
