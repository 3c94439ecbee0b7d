using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>Reads a custom resource: what its schema does not know is dropped and told, as are fields that are given twice.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning</remarks>
internal ref struct CustomReader
{
    // As many as the API server tells.
    private const int MostFaults = 100;

    private readonly ResourceType _kind;
    private readonly List<string> _faults = [];
    private readonly List<(string Name, int Index)> _path = [];
    private Utf8JsonReader _json;

    private CustomReader(ReadOnlySpan<byte> json, ResourceType kind)
    {
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonValues.MaxDepth });
        _kind = kind;
    }

    /// <summary>Reads an object.</summary>
    /// <exception cref="ApiException">It is no object, or its metadata are not as those of every object.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> json, ResourceType type, CustomSchema schema, out ImmutableArray<string> faults)
    {
        var reader = new CustomReader(json, type);
        reader._json.Read();
        if (reader._json.TokenType != JsonTokenType.StartObject) throw reader.Refused("json: an object is expected");
        var value = reader.Value()!.AsObject();
        reader._json.Read();
        reader.Prune(value, schema, isRoot: true);
        faults = [.. reader._faults];
        return value;
    }

    private JsonNode? Value()
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.StartObject:
                var value = new JsonObject();
                while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
                {
                    var name = _json.GetString()!;
                    _path.Add((name, -1));
                    if (value.ContainsKey(name)) Fault("duplicate");
                    _json.Read();
                    value[name] = Value();
                    _path.RemoveAt(_path.Count - 1);
                }

                return value;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
                {
                    _path.Add(("", list.Count));
                    list.Add(Value());
                    _path.RemoveAt(_path.Count - 1);
                }

                return list;
            default:
                return JsonValues.Read(ref _json);
        }
    }

    private void Prune(JsonNode? value, CustomSchema? schema, bool isRoot = false)
    {
        switch (value)
        {
            case JsonObject fields:
                isRoot |= schema is { IsEmbedded: true };
                if (isRoot) Identify(fields);
                foreach (var (name, child) in fields.ToArray())
                {
                    if (isRoot && SchemaWords.IsOfEveryObject(name)) continue;
                    _path.Add((name, -1));
                    var known = schema?.Properties.GetValueOrDefault(name);
                    // A null where none may be says nothing.
                    if (known is not null && child is null && !known.IsNullable && known.Default is null) fields.Remove(name);
                    else if (known is not null) Prune(child, known);
                    else if (schema is { IsMap: true }) Prune(child, schema.Values);
                    else if (schema is not { KeepsUnknown: true }) Drop(fields, name);
                    _path.RemoveAt(_path.Count - 1);
                }

                break;
            case JsonArray list when schema is not { KeepsUnknown: true, Items: null }:
                for (var i = 0; i < list.Count; i++)
                {
                    _path.Add(("", i));
                    Prune(list[i], schema?.Items);
                    _path.RemoveAt(_path.Count - 1);
                }

                break;
        }
    }

    private void Drop(JsonObject fields, string name)
    {
        Fault("unknown");
        fields.Remove(name);
    }

    /// <summary>Brings what every object has into its form.</summary>
    private void Identify(JsonObject value)
    {
        foreach (var field in (string[])["apiVersion", "kind"])
        {
            if (!value.TryGetPropertyValue(field, out var text)) continue;
            if (text is null) value.Remove(field);
            else if (JsonValues.AsText(text) is null) throw Refused($"json: cannot unmarshal {text.GetValueKind().ToString().ToLowerInvariant()} into Go struct field .{Join(field)} of type string");
        }

        if (!value.TryGetPropertyValue("metadata", out var metadata)) return;
        if (metadata is null)
        {
            value.Remove("metadata");
            return;
        }

        var reader = new ObjectReader(Encoding.UTF8.GetBytes(metadata.ToJsonString()), _kind);
        value["metadata"] = reader.Read(SchemaCatalog.ObjectMeta);
        foreach (var fault in reader.Faults)
            if (_faults.Count < MostFaults && fault.StartsWith("unknown", StringComparison.Ordinal)) _faults.Add(fault.Replace("field \"", $"field \"{Join("metadata")}.", StringComparison.Ordinal));
    }

    private readonly string Join(string field) => _path.Count == 0 ? field : $"{Path()}.{field}";

    private readonly void Fault(string what)
    {
        if (_faults.Count < MostFaults) _faults.Add($"{what} field \"{Path()}\"");
    }

    private readonly string Path()
    {
        var text = new StringBuilder();
        foreach (var (name, index) in _path)
            if (index >= 0) text.Append('[').Append(index).Append(']');
            else text.Append(text.Length == 0 ? "" : ".").Append(name);
        return text.ToString();
    }

    private readonly ApiException Refused(string what) => new(400, "BadRequest", $"{_kind.Kind} in version \"{_kind.Version}\" cannot be handled as a {_kind.Kind}: {what}");
}
