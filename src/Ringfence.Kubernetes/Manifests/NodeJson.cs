using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>What was read from YAML, as the JSON that kubectl would send of it.</summary>
public static class NodeJson
{
    /// <summary>The JSON of a node; null for YAML's null.</summary>
    public static JsonNode? Of(Node node) => node switch
    {
        MappingNode mapping => Mapping(mapping),
        SequenceNode sequence => new JsonArray([.. sequence.Items.Select(Of)]),
        ScalarNode { Kind: ScalarKind.Null } => null,
        ScalarNode { Kind: ScalarKind.Boolean } flag => flag.Text == "true",
        ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Real } number => Number(number),
        ScalarNode text => text.Text,
        _ => null,
    };

    private static JsonObject Mapping(MappingNode mapping)
    {
        var value = new JsonObject();
        foreach (var entry in mapping.Entries) value[entry.Key] = Of(entry.Value);
        return value;
    }

    private static JsonNode? Number(ScalarNode number) =>
        long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real
        : number.Text;
}
