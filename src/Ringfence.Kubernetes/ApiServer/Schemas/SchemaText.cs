using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>Reads the schema text; its form is told at the top of <c>Text/meta.schema</c>.</summary>
internal sealed class SchemaText
{
    private readonly List<SchemaType> _types = [];
    private readonly List<(SchemaField Field, string Type, string Group)> _references = [];

    private (string Group, string Version) _group;
    private (string Name, string Description, bool IsKind)? _open;
    private List<SchemaField> _fields = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">A line is wrong.</exception>
    public void Read(TextReader text)
    {
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            try
            {
                ReadLine(line);
            }
            catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException)
            {
                throw new FormatException($"schema text, \"{line}\": {exception.Message}", exception);
            }
        }

        Close();
    }

    /// <summary>The types, once all files are read.</summary>
    /// <exception cref="FormatException">A type is not there.</exception>
    public ImmutableArray<SchemaType> Types()
    {
        var byName = _types.ToDictionary(type => ($"{type.Group}/{type.Version}", type.Name));
        foreach (var (field, name, group) in _references)
            field.Type = byName.GetValueOrDefault((group, name)) ?? byName.GetValueOrDefault(("core/v1", name)) ?? byName.GetValueOrDefault(("meta/v1", name))
                ?? throw new FormatException($"schema text: {field.Name} is of the type {name}, which is not there");
        return [.. _types];
    }

    private void ReadLine(string line)
    {
        var (head, description) = Split(line, " | ");
        var words = head.Trim().Split(' ', 2);
        if (line[0] == ' ')
        {
            _fields.Add(Field(head.Trim(), description));
            return;
        }

        Close();
        switch (words[0])
        {
            case "group":
                var slash = words[1].IndexOf('/', StringComparison.Ordinal);
                _group = (words[1][..slash], words[1][(slash + 1)..]);
                break;
            case "kind" or "type":
                _open = (words[1], description, words[0] == "kind");
                break;
            default:
                throw new FormatException($"schema text: \"{line}\" is not understood");
        }
    }

    private void Close()
    {
        if (_open is not { } open) return;
        if (open.IsKind)
        {
            var metadata = new SchemaField { Name = "metadata", Form = ValueForm.Object, Default = "{}", Description = "The object's names, labels and owners." };
            _references.Add((metadata, "ObjectMeta", "meta/v1"));
            _fields.Add(metadata);
            _fields.Add(new SchemaField { Name = "apiVersion", Form = ValueForm.String, Description = "The group and version of the fields here." });
            _fields.Add(new SchemaField { Name = "kind", Form = ValueForm.String, Description = "What the object is." });
        }

        var fields = _fields.OrderBy(field => field.Name, StringComparer.Ordinal).ToImmutableArray();
        _types.Add(new SchemaType(_group.Group, _group.Version, open.Name, open.Description, open.IsKind, fields));
        _fields = [];
        _open = null;
    }

    private SchemaField Field(string text, string description)
    {
        var (name, rest) = Split(text, ": ");
        var (type, @default) = Split(rest, " = ");
        var required = type[0] == '!';
        if (required) type = type[1..];
        var shape = type[0] switch { '[' => FieldShape.List, '{' => FieldShape.Map, _ => FieldShape.Single };
        if (shape != FieldShape.Single) type = type[1..^1];

        var (word, choices) = Choices(type);
        var modifiers = word.Split(' ');
        var keys = Array.IndexOf(modifiers, "by") is > 0 and var by ? modifiers[by + 1].Split('+') : [];
        var form = FormOf(modifiers[0]);
        var field = new SchemaField
        {
            Name = name,
            Form = form,
            Shape = shape,
            IsRequired = required,
            Choices = choices,
            Keys = [.. keys],
            IsSet = Array.IndexOf(modifiers, "set") > 0,
            KeepsNamedFields = Array.IndexOf(modifiers, "keeping") > 0,
            Default = @default.Length == 0 ? null : @default,
            Description = description,
        };
        if (form == ValueForm.Object) _references.Add((field, modifiers[0], $"{_group.Group}/{_group.Version}"));
        return field;
    }

    private static (string Word, ImmutableArray<string> Choices) Choices(string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        if (open < 0) return (type, []);
        var close = type.IndexOf(')', StringComparison.Ordinal);
        return (type[..open] + type[(close + 1)..], [.. type[(open + 1)..close].Split(' ')]);
    }

    private static ValueForm FormOf(string word) => word switch
    {
        "string" => ValueForm.String,
        "int32" => ValueForm.Int32,
        "int64" => ValueForm.Int64,
        "bool" => ValueForm.Bool,
        "quantity" => ValueForm.Quantity,
        "intOrString" => ValueForm.IntOrString,
        "time" => ValueForm.Time,
        "microTime" => ValueForm.MicroTime,
        "bytes" => ValueForm.Bytes,
        "any" => ValueForm.Any,
        _ => ValueForm.Object,
    };

    private static (string Before, string After) Split(string text, string mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + mark.Length)..]);
    }
}
