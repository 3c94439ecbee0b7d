using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Links;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Agent;

/// <summary>Whether the packets of pods that are on a bridge come past the rules.</summary>
/// <remarks>https://docs.kernel.org/networking/bridge.html: frames from port to port pass the hooks of IP only where br_netfilter is told so.</remarks>
internal static class BridgeCheck
{
    /// <summary>What is wrong on a node, a sentence each with what to do.</summary>
    public static IEnumerable<string> Problems(NetworkNamespace network, NodeScope scope)
    {
        if (scope.Pods.IsEmpty) return [];
        using var socket = RouteSocket.Open(network);
        var links = socket.Links();
        var bridges = links.Where(link => link.IsBridge).ToDictionary(link => link.Index, link => link.Name);
        if (bridges.Count == 0) return [];
        var ports = links.Where(link => bridges.ContainsKey(link.Master)).ToDictionary(link => link.Name, link => bridges[link.Master], StringComparer.Ordinal);
        var inUse = scope.Pods.Select(pod => pod.Interface).Where(name => bridges.ContainsValue(name) || ports.ContainsKey(name))
            .Select(name => ports.GetValueOrDefault(name, name)).Distinct(StringComparer.Ordinal).ToList();
        return Ports(scope, ports).Concat(
            from family in scope.PodRanges.Select(range => range.Family).Distinct()
            let name = family == IpFamily.V4 ? "bridge-nf-call-iptables" : "bridge-nf-call-ip6tables"
            where inUse.Count > 0 && !IsOn(network, name)
            select $"pods on the bridge {string.Join(", ", inUse)} reach each other past all policies: in the node's network, net.bridge.{name} is not 1 "
                + $"(modprobe br_netfilter; sysctl -w net.bridge.{name}=1)");
    }

    private static IEnumerable<string> Ports(NodeScope scope, Dictionary<string, string> ports) =>
        from pod in scope.Pods
        where ports.ContainsKey(pod.Interface)
        select $"pod {pod.Namespace}/{pod.Name} stays closed: its interface {pod.Interface} is a port of the bridge {ports[pod.Interface]}, by which its packets come in "
            + $"(name that instead: {ManifestAgent.InterfaceAnnotation}: {ports[pod.Interface]})";

    // The kernel gives each thread the switches of the namespace that it is in; without br_netfilter there are none.
    private static bool IsOn(NetworkNamespace network, string name) => network.Run(() =>
    {
        try
        {
            return File.ReadAllText($"/proc/sys/net/bridge/{name}").Trim() != "0";
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
