using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>Whether two objects say the same, wherever they stand.</summary>
internal static class ObjectLikeness
{
    /// <summary>Whether they are alike; of kinds that change nothing in a lab, nobody can tell.</summary>
    public static bool AreAlike(KubernetesObject one, KubernetesObject other) => (one, other) switch
    {
        (Namespace x, Namespace y) => x with { Location = default } == y with { Location = default },
        (Workload x, Workload y) => x with { Location = default } == y with { Location = default },
        (Pod x, Pod y) => x with { Location = default, Addresses = [], HostAddresses = [] } == y with { Location = default, Addresses = [], HostAddresses = [] }
            && x.Addresses.SequenceEqual(y.Addresses) && x.HostAddresses.SequenceEqual(y.HostAddresses),
        (Service x, Service y) => x with { Location = default, Ports = [], ClusterIPs = [] } == y with { Location = default, Ports = [], ClusterIPs = [] }
            && x.Ports.SequenceEqual(y.Ports) && x.ClusterIPs.SequenceEqual(y.ClusterIPs),
        (NetworkPolicy x, NetworkPolicy y) => x with { Location = default, Ingress = [], Egress = [] } == y with { Location = default, Ingress = [], Egress = [] }
            && AreAlike(x.Ingress, y.Ingress) && AreAlike(x.Egress, y.Egress),
        _ => false,
    };

    private static bool AreAlike(ImmutableArray<PolicyRule> some, ImmutableArray<PolicyRule> others) =>
        some.Length == others.Length && some.Zip(others).All(pair => AreAlike(pair.First, pair.Second));

    private static bool AreAlike(PolicyRule one, PolicyRule other) =>
        one.Peers.Select(peer => peer with { Location = default }).SequenceEqual(other.Peers.Select(peer => peer with { Location = default }))
        && one.Ports.Select(port => port with { Location = default }).SequenceEqual(other.Ports.Select(port => port with { Location = default }));
}
