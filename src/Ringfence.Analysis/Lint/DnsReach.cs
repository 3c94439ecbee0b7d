using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>How names can be looked up.</summary>
[Flags]
internal enum Lookups
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Over UDP, as resolvers do first.</summary>
    Udp = 1,

    /// <summary>Over TCP, as resolvers do when an answer is too long for UDP.</summary>
    Tcp = 2,

    /// <summary>Both ways.</summary>
    Both = Udp | Tcp,
}

/// <summary>Which lookups egress rules admit to the cluster's name servers.</summary>
/// <param name="groups">What is certain or what is possible.</param>
/// <param name="dns">The name servers.</param>
internal sealed class DnsReach(PodGroups groups, ClusterDns dns)
{
    // OpenShift's name servers listen on it; a policy that admits it may mean them.
    private const int OtherPort = 5353;

    private readonly ImmutableArray<PodGroup> _servers = [.. dns.Pods.Select(groups.Of).Distinct()];

    // On the host's network it is asked at an address of its own node; otherwise its pods are asked like other pods.
    private readonly ImmutableArray<PodGroup> _caches = [.. dns.LocalCaches.Select(groups.Of).Distinct()];

    private readonly ImmutableArray<Address> _cacheAddresses = [ClusterDns.LocalCacheAddress, .. dns.Services.SelectMany(service => service.ClusterIPs)];

    /// <summary>What rules together admit to every name server.</summary>
    public Lookups ToServers(IReadOnlyCollection<GroupedRule> rules) => ToEvery(_servers, rules);

    /// <summary>What one rule admits to some name server.</summary>
    public Lookups ToSome(GroupedRule rule) => _servers.Aggregate(Lookups.None, (known, server) => known | To(server, rule));

    /// <summary>What rules together admit to the NodeLocal DNSCache.</summary>
    public Lookups ToCache(IReadOnlyCollection<GroupedRule> rules) => _caches.All(cache => cache.HostNetwork)
        ? rules.Aggregate(Lookups.None, (known, rule) => known | (_cacheAddresses.Any(rule.Matches) ? Of(rule.NumberedPorts, ClusterDns.Port, ClusterDns.Port) : Lookups.None))
        : ToEvery([.. _caches.Where(cache => !cache.HostNetwork)], rules);

    /// <summary>What a rule's ports admit, whoever the peers are: the name servers are not known.</summary>
    public static Lookups OfPorts(GroupedRule rule)
    {
        var numbers = rule.NumberedPorts;
        var lookups = Of(numbers, ClusterDns.Port, ClusterDns.Port) | Of(numbers, OtherPort, OtherPort);
        foreach (var port in rule.Rule.Ports)
            if (port.Name?.Contains("dns", StringComparison.Ordinal) is true) lookups |= port.Protocol == Protocol.Udp ? Lookups.Udp : port.Protocol == Protocol.Tcp ? Lookups.Tcp : Lookups.None;
        return lookups;
    }

    /// <summary>What a rule admits to name servers that are where they are on most clusters: to everyone, to every pod, or to their namespace and label.</summary>
    public static Lookups ToUsual(GroupedRule rule) => rule.IsForEveryone || rule.Peers.Any(peer => IsUsual(peer.Peer))
        ? Of(rule.NumberedPorts, ClusterDns.Port, ClusterDns.Port)
        : Lookups.None;

    /// <summary>Whether a rule lists ports that are name servers' and no others.</summary>
    public static bool IsOnlyDns(GroupedRule rule) => !rule.Rule.Ports.IsEmpty && rule.Rule.Ports.All(port => port.Name is { } name
        ? name.Contains("dns", StringComparison.Ordinal)
        : port.First == port.Last && port.First is ClusterDns.Port or OtherPort);

    /// <summary>Whether a rule lists ports and those of name servers are among them, so that it is meant for them.</summary>
    public bool IsMeant(GroupedRule rule) => !rule.Rule.Ports.IsEmpty && !rule.Rule.Ports.Any(port => port.IsEveryPort)
        && (OfPorts(rule) | Of(rule.NumberedPorts, dns.UdpPort, dns.TcpPort)) != Lookups.None;

    private static bool IsUsual(PolicyPeer peer) => peer.NamespaceSelector is { } namespaces
        && (namespaces.IsEverything || namespaces.Matches(LabelSet.Of(Namespace.NameLabel, ClusterDns.Namespace)))
        && peer.PodSelector?.Matches(ClusterDns.Labels) is not false;

    private Lookups ToEvery(ImmutableArray<PodGroup> servers, IReadOnlyCollection<GroupedRule> rules) =>
        servers.Aggregate(Lookups.Both, (known, server) => known & rules.Aggregate(Lookups.None, (sum, rule) => sum | To(server, rule)));

    private Lookups To(PodGroup server, GroupedRule rule) => rule.Matches(server) ? Of(rule.PortsAt(server), dns.UdpPort, dns.TcpPort) : Lookups.None;

    private static Lookups Of(ConnectionSet ports, int udp, int tcp) =>
        (ports.Contains(Protocol.Udp, udp) ? Lookups.Udp : Lookups.None) | (ports.Contains(Protocol.Tcp, tcp) ? Lookups.Tcp : Lookups.None);
}
