using System.Text.Json.Nodes;
using Ringfence.Model;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>A NetworkPolicy's JSON in the form that the model validates.</summary>
internal static class PolicyJson
{
    /// <summary>Reads a policy whose fields are of the right types; what is not counts as absent.</summary>
    public static PolicyManifest Read(JsonObject value)
    {
        var metadata = JsonField.Of(value, "metadata");
        var spec = JsonField.Of(value, "spec");
        return new PolicyManifest
        {
            Name = TextOf(metadata["name"]),
            GenerateName = TextOf(metadata["generateName"]),
            Namespace = TextOf(metadata["namespace"]),
            Labels = metadata["labels"].Texts,
            Annotations = metadata["annotations"].Texts,
            PodSelector = spec["podSelector"].Selector,
            Ingress = Rules(spec["ingress"], "from"),
            Egress = Rules(spec["egress"], "to"),
            PolicyTypes = TextsOf(spec["policyTypes"]),
        };
    }

    private static RuleManifest[]? Rules(JsonField rules, string peers) => !rules.Exists ? null : [.. rules.Items.Select(rule => new RuleManifest
    {
        Peers = !rule[peers].Exists ? null : [.. rule[peers].Items.Select(Peer)],
        Ports = !rule["ports"].Exists ? null : [.. rule["ports"].Items.Select(Port)],
        Form = rule[peers].Exists && rule[peers].Count == 0 ? EveryoneForm.Empty : EveryoneForm.Absent,
    })];

    private static PeerManifest Peer(JsonField peer) => new()
    {
        PodSelector = peer["podSelector"].Selector,
        NamespaceSelector = peer["namespaceSelector"].Selector,
        IpBlock = peer["ipBlock"].Exists ? new IpBlockManifest(peer["ipBlock"]["cidr"].Text, TextsOf(peer["ipBlock"]["except"])) : null,
    };

    private static PortManifest Port(JsonField port) => new()
    {
        Protocol = TextOf(port["protocol"]),
        PortName = TextOf(port["port"]),
        PortNumber = (int?)port["port"].Number,
        EndPort = (int?)port["endPort"].Number,
    };

    private static string? TextOf(JsonField field) => JsonValues.AsText(field.Value);

    private static string[]? TextsOf(JsonField list) => !list.Exists ? null : [.. list.Items.Select(item => item.Text)];
}
