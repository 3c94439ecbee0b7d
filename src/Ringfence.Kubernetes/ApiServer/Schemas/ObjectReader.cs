using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>Reads JSON straight into the fields of a type.</summary>
internal ref struct ObjectReader
{
    // As many as the API server tells.
    private const int MostFaults = 100;

    private readonly ResourceType _kind;
    private readonly List<string> _faults = [];
    private readonly List<Step> _path = [];
    private Utf8JsonReader _json;

    public ObjectReader(ReadOnlySpan<byte> json, ResourceType kind)
    {
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonValues.MaxDepth });
        _kind = kind;
    }

    public readonly ImmutableArray<string> Faults => [.. _faults];

    /// <summary>Reads the whole text as an object.</summary>
    /// <exception cref="ApiException">A value is of the wrong type.</exception>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public JsonObject Read(SchemaType type)
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject) throw Refused($"json: cannot unmarshal {Found()} into Go value of type v1.{type.Name}");
        var value = Fields(type);
        _json.Read();
        return value;
    }

    private JsonObject Fields(SchemaType type)
    {
        var value = new JsonObject();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            var field = FindField(type);
            var name = field?.Name ?? _json.GetString()!;
            _path.Add(new Step(name, -1));
            _json.Read();
            if (field is null)
            {
                Fault("unknown");
                _json.Skip();
            }
            else
            {
                if (value.ContainsKey(name)) Fault("duplicate");
                if (_json.TokenType != JsonTokenType.Null) value[name] = Value(type, field);
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return value;
    }

    private SchemaField? FindField(SchemaType type)
    {
        const int longest = 128;
        if (_json.HasValueSequence || _json.ValueSpan.Length > longest) return null;
        Span<char> name = stackalloc char[longest];
        return type.Find(name[.._json.CopyString(name)]);
    }

    private JsonNode? Value(SchemaType type, SchemaField field)
    {
        switch (field.Shape)
        {
            case FieldShape.List:
                if (_json.TokenType != JsonTokenType.StartArray) throw WrongType(type, field);
                var list = new JsonArray();
                while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
                {
                    _path.Add(new Step("", list.Count));
                    list.Add(_json.TokenType == JsonTokenType.Null ? Nothing(field.Form) : Single(type, field));
                    _path.RemoveAt(_path.Count - 1);
                }

                return list;
            case FieldShape.Map:
                if (_json.TokenType != JsonTokenType.StartObject) throw WrongType(type, field);
                var map = new JsonObject();
                while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
                {
                    var key = _json.GetString()!;
                    _path.Add(new Step(key, -1));
                    if (map.ContainsKey(key)) Fault("duplicate");
                    _json.Read();
                    map[key] = _json.TokenType == JsonTokenType.Null ? Nothing(field.Form) : Single(type, field);
                    _path.RemoveAt(_path.Count - 1);
                }

                return map;
            default:
                return Single(type, field);
        }
    }

    private JsonNode? Single(SchemaType type, SchemaField field)
    {
        switch (field.Form)
        {
            case ValueForm.Object:
                if (_json.TokenType != JsonTokenType.StartObject) throw WrongType(type, field);
                return Fields(field.Type!);
            case ValueForm.Any:
                return JsonValues.Read(ref _json);
            case ValueForm.Bool:
                if (_json.TokenType is not (JsonTokenType.True or JsonTokenType.False)) throw WrongType(type, field);
                return JsonValue.Create(_json.GetBoolean());
            case ValueForm.Int32:
                if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt32(out var small)) throw WrongType(type, field);
                return JsonValue.Create(small);
            case ValueForm.Int64:
                if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var large)) throw WrongType(type, field);
                return JsonValue.Create(large);
            case ValueForm.IntOrString when _json.TokenType != JsonTokenType.String:
                if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt32(out var number))
                    throw Refused($"json: cannot unmarshal {FoundNumber()} into Go value of type int32");
                return JsonValue.Create(number);
            case ValueForm.Quantity when _json.TokenType == JsonTokenType.Number:
                return JsonValue.Create(Checked(ValueForm.Quantity, Encoding.UTF8.GetString(_json.ValueSpan)));
            default:
                if (_json.TokenType != JsonTokenType.String) throw WrongType(type, field);
                return JsonValue.Create(Checked(field.Form, _json.GetString()!));
        }
    }

    private readonly string Checked(ValueForm form, string text)
    {
        var fault = form switch
        {
            ValueForm.Quantity => Quantity.TryParse(text, out _) ? null : Quantity.Fault,
            ValueForm.Time or ValueForm.MicroTime => IsTime(text)
                ? null : $"parsing time \"{text}\" as \"2006-01-02T15:04:05{(form == ValueForm.Time ? "" : ".000000")}Z07:00\": cannot parse \"{text}\" as \"2006\"",
            ValueForm.Bytes => Convert.TryFromBase64String(text, new byte[(text.Length / 4 * 3) + 3], out _) ? null : "illegal base64 data",
            _ => null,
        };
        return fault is null ? text : throw Refused(fault);
    }

    private static bool IsTime(string text) =>
        text.Length >= 20 && text[10] == 'T'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _);

    // A null in a list or map is the zero of the list's type.
    private static JsonNode? Nothing(ValueForm form) => form switch
    {
        ValueForm.Object => new JsonObject(),
        ValueForm.Int32 or ValueForm.Int64 or ValueForm.IntOrString => JsonValue.Create(0),
        ValueForm.Bool => JsonValue.Create(false),
        ValueForm.Any => null,
        ValueForm.Quantity => JsonValue.Create("0"),
        _ => JsonValue.Create(""),
    };

    private readonly void Fault(string what)
    {
        if (_faults.Count < MostFaults) _faults.Add($"{what} field \"{Path(withIndexes: true)}\"");
    }

    private readonly string Path(bool withIndexes)
    {
        var text = new StringBuilder();
        foreach (var (name, index) in _path)
            if (index < 0) text.Append(text.Length == 0 ? "" : ".").Append(name);
            else if (withIndexes) text.Append('[').Append(index).Append(']');
        return text.ToString();
    }

    private readonly ApiException WrongType(SchemaType type, SchemaField field)
    {
        var inside = _path[^1].Index >= 0 || (field.Shape == FieldShape.Map && _path[^1].Name != field.Name);
        var single = field.Form switch
        {
            ValueForm.Object => $"v1.{field.Type!.Name}",
            ValueForm.Bool => "bool",
            ValueForm.Int32 => "int32",
            ValueForm.Int64 => "int64",
            ValueForm.Bytes => "[]uint8",
            ValueForm.Time => "v1.Time",
            ValueForm.MicroTime => "v1.MicroTime",
            _ => "string",
        };
        var expected = inside ? single : field.Shape switch
        {
            FieldShape.List => $"[]{single}",
            FieldShape.Map => $"map[string]{single}",
            _ => single,
        };

        // The API server names the map, not the key within.
        var path = Path(withIndexes: false);
        if (inside && field.Shape == FieldShape.Map) path = path[..^(_path[^1].Name.Length + 1)];
        var found = field.Form is ValueForm.Int32 or ValueForm.Int64 ? FoundNumber() : Found();
        return Refused($"json: cannot unmarshal {found} into Go struct field {type.Name}.{path} of type {expected}");
    }

    private readonly ApiException Refused(string what) =>
        new(400, "BadRequest", $"{_kind.Kind} in version \"{_kind.Version}\" cannot be handled as a {_kind.Kind}: {what}");

    private readonly string FoundNumber() =>
        _json.TokenType == JsonTokenType.Number && _json.ValueSpan.Length <= 40 ? $"number {Encoding.UTF8.GetString(_json.ValueSpan)}" : Found();

    private readonly string Found() => _json.TokenType switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.Null => "null",
        _ => "bool",
    };

    private readonly record struct Step(string Name, int Index);
}
