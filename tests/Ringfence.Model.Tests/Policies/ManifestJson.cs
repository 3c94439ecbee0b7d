using System.Text.Json;
using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

/// <summary>Reads the wire form from JSON as Go's decoder does: null is absent, and a null entry of a list is an empty one.</summary>
internal static class ManifestJson
{
    public static PolicyManifest Policy(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Policy(document.RootElement);
    }

    public static PolicyManifest Policy(JsonElement policy)
    {
        var metadata = Field(policy, "metadata");
        return Spec(Field(policy, "spec")) with
        {
            Name = Text(Field(metadata, "name")),
            GenerateName = Text(Field(metadata, "generateName")),
            Namespace = Text(Field(metadata, "namespace")),
            Labels = Map(Field(metadata, "labels")),
            Annotations = Map(Field(metadata, "annotations")),
        };
    }

    public static PolicyManifest Spec(JsonElement? spec) => new()
    {
        PodSelector = Selector(Field(spec, "podSelector")),
        Ingress = List(Field(spec, "ingress"), rule => Rule(rule, "from")),
        Egress = List(Field(spec, "egress"), rule => Rule(rule, "to")),
        PolicyTypes = Texts(Field(spec, "policyTypes")),
    };

    private static RuleManifest Rule(JsonElement? rule, string peers) => new()
    {
        Peers = List(Field(rule, peers), Peer),
        Ports = List(Field(rule, "ports"), Port),
    };

    private static PeerManifest Peer(JsonElement? peer) => new()
    {
        PodSelector = Selector(Field(peer, "podSelector")),
        NamespaceSelector = Selector(Field(peer, "namespaceSelector")),
        IpBlock = Field(peer, "ipBlock") is { } block ? new IpBlockManifest(Text(Field(block, "cidr")) ?? "", Texts(Field(block, "except"))) : null,
    };

    private static PortManifest Port(JsonElement? entry) => new()
    {
        Protocol = Text(Field(entry, "protocol")),
        PortNumber = Field(entry, "port") is { ValueKind: JsonValueKind.Number } port ? port.GetInt32() : null,
        PortName = Field(entry, "port") is { ValueKind: JsonValueKind.String } name ? name.GetString() : null,
        EndPort = Field(entry, "endPort")?.GetInt32(),
    };

    private static SelectorManifest? Selector(JsonElement? selector) => selector is null
        ? null
        : new SelectorManifest
        {
            MatchLabels = Map(Field(selector, "matchLabels")),
            MatchExpressions = List(Field(selector, "matchExpressions"), expression => new ExpressionManifest(
                Text(Field(expression, "key")) ?? "", Text(Field(expression, "operator")) ?? "", Texts(Field(expression, "values")))),
        };

    private static List<T>? List<T>(JsonElement? list, Func<JsonElement?, T> read) => list?.EnumerateArray().Select(e => read(Present(e))).ToList();

    private static List<string>? Texts(JsonElement? list) => List(list, entry => Text(entry) ?? "");

    private static List<KeyValuePair<string, string>>? Map(JsonElement? map) =>
        map?.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, Text(Present(p.Value)) ?? "")).ToList();

    private static string? Text(JsonElement? element) => element?.GetString();

    private static JsonElement? Field(JsonElement? element, string name) =>
        element is { } parent && parent.TryGetProperty(name, out var field) ? Present(field) : null;

    private static JsonElement? Present(JsonElement element) => element.ValueKind == JsonValueKind.Null ? null : element;
}
