using System.Text.Json;
using Ringfence.Model;
using Ringfence.Model.Policies;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>Reads a NetworkPolicy from JSON, as the corpus has them.</summary>
internal static class PolicyJson
{
    public static NetworkPolicy Read(JsonElement json)
    {
        var (metadata, spec) = (json.GetProperty("metadata"), json.GetProperty("spec"));
        return PolicyBuilder.Build(new PolicyManifest
        {
            Name = Text(metadata, "name"),
            Namespace = Text(metadata, "namespace"),
            PodSelector = Get(spec, "podSelector") is { } selector ? Selector(selector) : null,
            Ingress = List(spec, "ingress", rule => Rule(rule, "from")),
            Egress = List(spec, "egress", rule => Rule(rule, "to")),
            PolicyTypes = List(spec, "policyTypes", type => type.GetString()!),
        });
    }

    private static RuleManifest Rule(JsonElement json, string peers) => new() { Peers = List(json, peers, Peer), Ports = List(json, "ports", Port) };

    private static PeerManifest Peer(JsonElement json) => new()
    {
        PodSelector = Get(json, "podSelector") is { } pods ? Selector(pods) : null,
        NamespaceSelector = Get(json, "namespaceSelector") is { } namespaces ? Selector(namespaces) : null,
        IpBlock = Get(json, "ipBlock") is { } block ? new(Text(block, "cidr")!, List(block, "except", item => item.GetString()!)) : null,
    };

    private static PortManifest Port(JsonElement json)
    {
        var port = Get(json, "port");
        return new()
        {
            Protocol = Text(json, "protocol"),
            PortNumber = port is { ValueKind: JsonValueKind.Number } ? port.Value.GetInt32() : null,
            PortName = port is { ValueKind: JsonValueKind.String } ? port.Value.GetString() : null,
            EndPort = Get(json, "endPort")?.GetInt32(),
        };
    }

    private static SelectorManifest Selector(JsonElement json) => new()
    {
        MatchLabels = Get(json, "matchLabels")?.EnumerateObject().Select(label => KeyValuePair.Create(label.Name, label.Value.GetString()!)).ToList(),
        MatchExpressions = List(json, "matchExpressions", expression =>
            new ExpressionManifest(Text(expression, "key")!, Text(expression, "operator")!, List(expression, "values", value => value.GetString()!))),
    };

    private static string? Text(JsonElement json, string name) => Get(json, name)?.GetString();

    private static List<T>? List<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        Get(json, name)?.EnumerateArray().Select(read).ToList();

    private static JsonElement? Get(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
