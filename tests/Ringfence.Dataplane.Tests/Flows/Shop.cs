using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Dataplane.Tests.Flows;

/// <summary>Three pods, web, db and other, with the addresses of hosts 1 to 3 of a <see cref="RoutedNetwork"/>; db admits web on TCP 5432.</summary>
internal static class Shop
{
    public static readonly NetworkPolicy DbOnly = new()
    {
        Namespace = "shop",
        Name = "db-only",
        Location = new Location("shop.yaml", 3, 1),
        PodSelector = LabelSelector.Label("app", "db"),
        AffectsIngress = true,
        Ingress =
        [
            new PolicyRule(
                [new PolicyPeer(LabelSelector.Label("app", "web"), null, null, default)],
                [new PolicyPort(Protocol.Tcp, null, 5432, 5432, default)],
                new Location("shop.yaml", 12, 5)),
        ],
    };

    public static readonly NetworkPolicy Closed = new()
    {
        Namespace = "shop",
        Name = "closed",
        Location = new Location("closed.yaml", 1, 1),
        PodSelector = LabelSelector.Label("app", "web"),
        AffectsEgress = true,
    };

    public static Pod Web { get; } = Pod("web", 1);

    public static Pod Db { get; } = Pod("db", 2);

    public static Pod Other { get; } = Pod("other", 3);

    public static Reachability Compile(params ReadOnlySpan<NetworkPolicy> policies) => Reachability.Compile(Snapshot.Create(new ClusterObjects
    {
        Namespaces = [new Namespace { Name = "shop" }],
        Pods = [Web, Db, Other],
        NetworkPolicies = [.. policies],
    }));

    /// <summary>A node that has some of the pods, and the ranges of their addresses.</summary>
    public static NodeScope Node(params ReadOnlySpan<Pod> pods)
    {
        var ranges = ImmutableArray.CreateBuilder<Prefix>();
        var local = ImmutableArray.CreateBuilder<LocalPod>();
        foreach (var pod in pods)
        {
            foreach (var address in pod.Addresses) ranges.Add(new Prefix(address, address.Family == IpFamily.V4 ? 24 : 64));
            local.Add(new LocalPod(pod.Namespace, pod.Name, Interface(pod)));
        }

        return new NodeScope("node-1", ranges.ToImmutable(), local.ToImmutable());
    }

    // Host i is behind the router's interface vethi.
    private static string Interface(Pod pod) => $"veth{pod.Addresses[0].ToString().Split('.')[2]}";

    private static Pod Pod(string name, int host) => new()
    {
        Namespace = "shop",
        Name = name,
        Labels = LabelSet.Of("app", name),
        Phase = PodPhase.Running,
        Addresses = [RoutedNetwork.AddressOf(host), RoutedNetwork.AddressOf(host, IpFamily.V6)],
    };
}
