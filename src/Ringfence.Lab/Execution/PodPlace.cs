using System.Collections.Immutable;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Lab.Execution;

/// <summary>What a command that runs in a pod sees of it: its network, its names, its way to look names up.</summary>
/// <param name="Network">The pod's network.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Pod">The pod's name, which is its host's name as well.</param>
/// <param name="Addresses">The pod's addresses.</param>
/// <param name="NameServers">The addresses of cluster DNS, in order.</param>
public sealed record PodPlace(
    NetworkNamespace Network,
    string Namespace,
    string Pod,
    ImmutableArray<Address> Addresses,
    ImmutableArray<Address> NameServers)
{
    private const int LongestHostName = 63;

    /// <summary>The variables of the pod's container, those of Services among them; used by commands that are run for the API.</summary>
    public ImmutableArray<(string Name, string Value)> Variables { get; init; } = [];

    /// <summary>The node whose network the pod shares (<c>hostNetwork</c>), and whose name it has as a host; null where it has a network of its own.</summary>
    public string? Node { get; init; }

    /// <summary>The name of the host.</summary>
    internal string HostName => (Node ?? Pod) is var name && name.Length <= LongestHostName ? name : name[..LongestHostName].TrimEnd('-', '.');

    /// <summary>The text of <c>/etc/resolv.conf</c>.</summary>
    /// <remarks>https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#namespaces-of-services</remarks>
    internal string ResolvConf =>
        $"search {Namespace}.svc.{Names.ClusterNames.Domain} svc.{Names.ClusterNames.Domain} {Names.ClusterNames.Domain}\n"
        + string.Concat(NameServers.Select(server => $"nameserver {server}\n"))
        + "options ndots:5\n";

    /// <summary>The text of <c>/etc/hosts</c>.</summary>
    /// <remarks>https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/</remarks>
    internal string Hosts =>
        "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
        + string.Concat(Addresses.Select(address => $"{address} {HostName}\n"));
}
