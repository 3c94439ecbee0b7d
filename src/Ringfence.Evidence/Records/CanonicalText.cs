using System.Security.Cryptography;
using System.Text;
using Ringfence.Model;

namespace Ringfence.Evidence.Records;

/// <summary>What matters to policy in an object, as text that is the same however the object was written; its digest says whether two are alike.</summary>
internal static class CanonicalText
{
    /// <summary>The digests of a cluster's objects, by kind and name.</summary>
    public static IEnumerable<ObjectDigest> Digests(ClusterObjects objects) =>
        objects.Namespaces.Select(item => Digest(item, $"labels {item.Labels}\n"))
            .Concat(objects.NetworkPolicies.Select(item => Digest(item, Of(item))))
            .Concat(objects.Pods.Select(item => Digest(item, Of(item))))
            .Concat(objects.Services.Select(item => Digest(item, Of(item))))
            .OrderBy(item => item.Kind, StringComparer.Ordinal)
            .ThenBy(item => item.Name, StringComparer.Ordinal);

    /// <summary>The digest of text, in hexadecimal digits.</summary>
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static ObjectDigest Digest(KubernetesObject item, string text) => new(item.Kind, item.QualifiedName, Sha256($"{item.Describe()}\n{text}"));

    private static string Of(NetworkPolicy policy)
    {
        var text = new StringBuilder();
        text.Append($"selects {policy.PodSelector}\n");
        foreach (var direction in (Direction[])[Direction.Ingress, Direction.Egress])
        {
            if (!policy.Affects(direction)) continue;
            text.Append($"isolates {direction}\n");
            foreach (var rule in policy.Rules(direction))
            {
                text.Append("rule\n");
                foreach (var peer in rule.Peers.Select(Of).Order(StringComparer.Ordinal)) text.Append($"peer {peer}\n");
                foreach (var port in rule.Ports.Select(Of).Order(StringComparer.Ordinal)) text.Append($"port {port}\n");
            }
        }

        return text.ToString();
    }

    private static string Of(PolicyPeer peer) => peer.IpBlock is { } block
        ? $"block {block.Cidr} except {string.Join(',', block.Except.Select(except => except.ToString()).Order(StringComparer.Ordinal))}"
        : $"namespaces {(peer.NamespaceSelector is { } namespaces ? $"({namespaces})" : "own")} pods {(peer.PodSelector is { } pods ? $"({pods})" : "every")}";

    private static string Of(PolicyPort port) => $"{port.Protocol.ToText()} {(port.IsEveryPort ? "every" : port.Name ?? $"{port.First}-{port.Last}")}";

    private static string Of(Pod pod) =>
        $"labels {pod.Labels}\nnode {pod.NodeName}\nhostNetwork {pod.Network.HostNetwork}\naddresses {string.Join(',', pod.Addresses)}\n"
        + string.Concat(pod.Network.Ports.Select(port => $"port {port.Protocol.ToText()} {port.Port} {port.Name}\n"));

    private static string Of(Service service) =>
        $"type {service.Type}\nselector {service.Selector}\naddresses {string.Join(',', service.ClusterIPs)}\n"
        + string.Concat(service.Ports.Select(port => $"port {port.Protocol.ToText()} {port.Port} {port.TargetPort} {port.Name} {port.NodePort}\n"));
}
