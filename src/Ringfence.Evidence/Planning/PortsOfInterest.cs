using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>A port of a protocol.</summary>
internal readonly record struct ProtocolPort(Protocol Protocol, int Port);

/// <summary>
/// The ports that are worth a probe: those that policies and containers name, those on either side of where a policy's range begins and
/// ends, and of TCP and UDP one each that nobody names.
/// </summary>
internal sealed class PortsOfInterest
{
    // Where nothing usually listens; the next free one above is taken.
    private const int FirstUnnamed = 60_001;

    private readonly Dictionary<NetworkPolicy, PolicyPort[]> _portsOf = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Pod, NetworkPolicy[]> _policiesOf = new(ReferenceEqualityComparer.Instance);
    private readonly ILookup<string, NetworkPolicy> _policies;
    private readonly PolicyPort[] _every;

    public PortsOfInterest(Snapshot snapshot)
    {
        _policies = snapshot.Objects.NetworkPolicies.ToLookup(policy => policy.Namespace, StringComparer.Ordinal);
        foreach (var policy in snapshot.Objects.NetworkPolicies)
            _portsOf[policy] = [.. Effective(policy, Direction.Ingress), .. Effective(policy, Direction.Egress)];
        _every = [.. _portsOf.Values.SelectMany(ports => ports)];
        var declared = snapshot.Pods.SelectMany(pod => pod.Pod.Network.Ports).Select(port => new ProtocolPort(port.Protocol, port.Port)).ToHashSet();
        UnnamedTcp = Unnamed(Protocol.Tcp, declared);
        UnnamedUdp = Unnamed(Protocol.Udp, declared);
    }

    /// <summary>A TCP port that nobody names.</summary>
    public int UnnamedTcp { get; }

    /// <summary>A UDP port that nobody names.</summary>
    public int UnnamedUdp { get; }

    /// <summary>The ports of a connection that some policy or a container of the destination names, and those that nobody names.</summary>
    /// <param name="source">The source; null for an address outside the cluster.</param>
    /// <param name="destination">The destination; null for an address outside the cluster.</param>
    /// <param name="ownPoliciesOnly">Whether only policies count that select one of the two.</param>
    public IEnumerable<ProtocolPort> Of(Pod? source, Pod? destination, bool ownPoliciesOnly)
    {
        var found = new HashSet<ProtocolPort> { new(Protocol.Tcp, UnnamedTcp), new(Protocol.Udp, UnnamedUdp) };
        var declared = destination?.Network.Ports ?? [];
        foreach (var port in declared) found.Add(new ProtocolPort(port.Protocol, port.Port));
        var named = ownPoliciesOnly ? PoliciesOf(source).Concat(PoliciesOf(destination)).SelectMany(policy => _portsOf[policy]) : _every;
        foreach (var port in named)
        {
            // A name means a container's port, which is there already.
            if (port.Name is not null || port.IsEveryPort) continue;
            found.Add(new ProtocolPort(port.Protocol, port.First));
            if (port.Last == port.First) continue;
            found.Add(new ProtocolPort(port.Protocol, port.Last));
            if (port.First > 1) found.Add(new ProtocolPort(port.Protocol, port.First - 1));
            if (port.Last < 65_535) found.Add(new ProtocolPort(port.Protocol, port.Last + 1));
        }

        // Every port of SCTP is named where the protocol is.
        if (named.Any(port => port is { Protocol: Protocol.Sctp, IsEveryPort: true })) found.Add(new ProtocolPort(Protocol.Sctp, UnnamedTcp));
        return found.OrderBy(port => port.Protocol).ThenBy(port => port.Port);
    }

    private NetworkPolicy[] PoliciesOf(Pod? pod)
    {
        if (pod is null) return [];
        if (!_policiesOf.TryGetValue(pod, out var policies))
            _policiesOf[pod] = policies = [.. _policies[pod.Namespace].Where(policy => policy.PodSelector.Matches(pod.Labels))];
        return policies;
    }

    private static IEnumerable<PolicyPort> Effective(NetworkPolicy policy, Direction direction) =>
        policy.Affects(direction) ? policy.Rules(direction).SelectMany(rule => rule.Ports) : [];

    private int Unnamed(Protocol protocol, HashSet<ProtocolPort> declared)
    {
        var ranges = _every.Where(port => port.Protocol == protocol && port.First > 0).ToArray();
        for (var port = FirstUnnamed; port <= 65_535; port++)
            if (!declared.Contains(new ProtocolPort(protocol, port)) && !Array.Exists(ranges, range => range.First <= port && port <= range.Last)) return port;

        // A policy names all of these at once: any port of the range is as good as another.
        return FirstUnnamed;
    }
}
