using System.Text;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Generation;

/// <summary>A cluster as short text in the manner of YAML, for people who look at a failure.</summary>
internal static class ClusterText
{
    public static string Of(ClusterObjects cluster)
    {
        var text = new StringBuilder();
        foreach (var item in cluster.Namespaces) text.AppendLine($"namespace {item.Name} {{{item.Labels}}}");
        foreach (var item in cluster.Nodes) text.AppendLine($"node {item.Name} [{string.Join(", ", item.Addresses)}]");
        foreach (var item in cluster.Workloads)
            text.AppendLine($"{item.WorkloadKind} {item.QualifiedName} {{{item.PodLabels}}} {Of(item.Network)} replicas={item.Replicas}");
        foreach (var item in cluster.Pods) text.AppendLine(Of(item));
        foreach (var item in cluster.NetworkPolicies) text.Append(Of(item));
        return text.ToString();
    }

    public static string Of(KubernetesObject item) => item switch
    {
        Pod pod => Of(pod),
        NetworkPolicy policy => Of(policy),
        _ => $"{item.Describe()} {{{item.Labels}}}",
    };

    private static string Of(Pod pod) =>
        $"pod {pod.QualifiedName} {{{pod.Labels}}} {pod.Phase} [{string.Join(", ", pod.Addresses)}] on {pod.NodeName ?? "no node"}"
        + $" [{string.Join(", ", pod.HostAddresses)}] {Of(pod.Network)}{(pod.Owner is { } owner ? $" of {owner.Kind}/{owner.Name}" : "")}";

    private static string Of(PodNetworkSpec network) =>
        (network.HostNetwork ? "hostNetwork " : "")
        + string.Join(' ', network.Ports.Select(port => $"{port.Name ?? "-"}:{port.Port}/{port.Protocol.ToText()}"));

    private static string Of(NetworkPolicy policy)
    {
        var text = new StringBuilder();
        text.AppendLine($"policy {policy.QualifiedName}");
        text.AppendLine($"  podSelector: {policy.PodSelector}");
        foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
        {
            if (!policy.Affects(direction) && policy.Rules(direction).IsEmpty) continue;
            text.AppendLine($"  {direction}:{(policy.Affects(direction) ? "" : " # inert")}");
            foreach (var rule in policy.Rules(direction))
            {
                text.AppendLine($"  - peers: [{string.Join("; ", rule.Peers.Select(Of))}]");
                text.AppendLine($"    ports: [{string.Join("; ", rule.Ports.Select(Of))}]");
            }
        }

        return text.ToString();
    }

    private static string Of(PolicyPeer peer) => peer.IpBlock is { } block
        ? $"ipBlock {block}"
        : string.Join(" and ", new[] { peer.NamespaceSelector is { } n ? $"namespaces {n}" : null, peer.PodSelector is { } p ? $"pods {p}" : null }.OfType<string>());

    private static string Of(PolicyPort port) =>
        $"{port.Protocol.ToText()} {port.Name ?? (port.IsEveryPort ? "every" : $"{port.First}-{port.Last}")}";
}
