using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Bench.Generation;

/// <summary>
/// Policies with the proportions of a large production cluster: a quarter select nothing, a few only deny; 40 % of the peers are CIDRs,
/// mostly one block and at most 21; most peers are a handful of pods and a few are thousands; no or one port a rule.
/// </summary>
internal sealed class ProductionPolicies(ClusterPlan cluster, NamespacePlan plan)
{
    private static readonly Prefix Everywhere = Prefix.Parse("0.0.0.0/0");
    private static readonly ImmutableArray<Prefix> Private = [Prefix.Parse("10.0.0.0/8"), Prefix.Parse("172.16.0.0/12"), Prefix.Parse("192.168.0.0/16")];

    private readonly Random _random = cluster.RandomFor(plan.Index, 2);

    public IEnumerable<NetworkPolicy> All()
    {
        for (var i = 0; i < plan.Policies; i++) yield return Make(i);
    }

    private NetworkPolicy Make(int number)
    {
        var policy = new NetworkPolicy { Namespace = plan.Name, Name = $"policy-{number:D4}", AffectsIngress = true };
        var kind = _random.Next(1000);
        if (kind < 36) return policy with { Name = $"default-deny-{number:D4}", PodSelector = kind < 24 && MayBeBroad(number) ? LabelSelector.Everything : Selected(number), AffectsEgress = kind < 12 };

        policy = policy with { PodSelector = kind < 296 ? LabelSelector.Label("app", $"retired-{_random.Next(50)}") : Selected(number) };
        return _random.Next(100) switch
        {
            < 60 => policy with { Ingress = Rules(), TypesDefaulted = true },
            < 91 => policy with { AffectsIngress = false, AffectsEgress = true, Egress = Rules() },
            _ => policy with { AffectsEgress = true, Ingress = Rules(), Egress = Rules() },
        };
    }

    // However many policies a namespace has, only some speak about all of its pods.
    private static bool MayBeBroad(int number) => number < 100;

    private LabelSelector Selected(int number)
    {
        if (plan.Workloads.IsEmpty) return LabelSelector.Everything;
        var workload = AnyWorkload(plan);
        if (_random.Next(2) == 0) workload = LargerOf(workload, AnyWorkload(plan));
        return _random.Next(MayBeBroad(number) ? 100 : 80) switch
        {
            < 62 => LabelSelector.Label("app", workload.App),
            < 74 => Selector(("app", workload.App), ("version", workload.Version)),
            < 80 => LabelSelector.Label("app.kubernetes.io/instance", $"{workload.Name}-{plan.Index}"),
            < 86 => LabelSelector.Label("tier", workload.Tier),
            < 91 => LabelSelector.Everything,
            < 97 => new LabelSelector([new Requirement("app", SelectorOperator.In, [workload.App, AnyWorkload(plan).App])]),
            < 99 => new LabelSelector([new Requirement("app", SelectorOperator.NotIn, [workload.App]), new Requirement("tier", SelectorOperator.Exists, [])]),
            _ => new LabelSelector([new Requirement("pod-role", SelectorOperator.DoesNotExist, [])]),
        };
    }

    private ImmutableArray<PolicyRule> Rules()
    {
        var count = _random.Next(100) switch { < 92 => 1, < 98 => 2, _ => 3 };
        var rules = ImmutableArray.CreateBuilder<PolicyRule>(count);
        for (var i = 0; i < count; i++)
            rules.Add(new PolicyRule(_random.Next(100) switch { < 35 => Blocks(), < 94 => Pods(), _ => [] }, Ports(), default));
        return rules.DrainToImmutable();
    }

    private ImmutableArray<PolicyPeer> Pods()
    {
        var count = _random.Next(100) switch { < 88 => 1, < 97 => 2, _ => 3 };
        var peers = ImmutableArray.CreateBuilder<PolicyPeer>(count);
        for (var i = 0; i < count; i++)
        {
            var other = cluster.Namespaces[_random.Next(cluster.Namespaces.Length)];
            peers.Add(_random.Next(1000) switch
            {
                < 450 => Peer(null, LabelSelector.Label("app", AnyApp(plan))),
                < 720 => Peer(ByName(other), LabelSelector.Label("app.kubernetes.io/instance", AnyInstance(other))),
                < 800 => Peer(ByName(other), null),
                < 850 => Peer(null, LabelSelector.Everything),
                < 930 => Peer(LabelSelector.Everything, LabelSelector.Label("app", "prometheus")),
                < 960 => Peer(null, LabelSelector.Label("tier", "frontend")),
                < 966 => Peer(LabelSelector.Label("team", plan.Labels["team"]!), null),
                < 980 => Peer(LabelSelector.Label("environment", "prod"), Selector(("app", AnyApp(plan)), ("app.kubernetes.io/instance", AnyInstance(plan)))),
                _ => Peer(null, LabelSelector.Label("app", $"retired-{_random.Next(50)}")),
            });
        }

        return peers.DrainToImmutable();
    }

    private ImmutableArray<PolicyPeer> Blocks()
    {
        var count = _random.Next(100) switch { < 91 => 1, < 99 => _random.Next(2, 5), _ => _random.Next(5, 22) };
        var peers = ImmutableArray.CreateBuilder<PolicyPeer>(count);
        for (var i = 0; i < count; i++) peers.Add(new PolicyPeer(null, null, Block(), default));
        return peers.DrainToImmutable();
    }

    private IpBlock Block()
    {
        // Teams copy blocks from each other: there is about one block for eight policies.
        var value = new Random(_random.Next(Math.Max(16, cluster.Shape.Policies / 8)) + 1);
        var address = new Address(IpFamily.V4, (uint)value.NextInt64(0x0B000000, 0xAC000000));
        return value.Next(100) switch
        {
            < 10 => new IpBlock(Everywhere, []),
            < 22 => new IpBlock(Everywhere, Private),
            < 24 => new IpBlock(Prefix.Parse("::/0"), []),
            < 27 => new IpBlock(Private[0], []),
            < 29 => new IpBlock(new Prefix(PodSource.PodAddress(value.Next(1 + (cluster.Shape.Pods / 30)), 0), 24), []),
            < 40 => new IpBlock(new Prefix(new Address(IpFamily.V4, 0xC0A80000u + (uint)value.Next(0x10000)), 24), []),
            < 70 => new IpBlock(new Prefix(address, 32), []),
            < 90 => new IpBlock(new Prefix(address, 24), []),
            _ => new IpBlock(new Prefix(address, 16), [new Prefix(address, 28)]),
        };
    }

    private ImmutableArray<PolicyPort> Ports() => _random.Next(100) switch
    {
        < 34 => [],
        < 40 => [new PolicyPort(Protocol.Udp, null, 53, 53, default)],
        < 43 => [new PolicyPort(Protocol.Tcp, null, 30000, 32767, default)],
        < 52 => [new PolicyPort(Protocol.Tcp, _random.Next(2) == 0 ? "http" : "metrics", 0, 0, default)],
        < 54 => [new PolicyPort(Protocol.Tcp, null, 0, 0, default)],
        _ => [Number(AnyPort())],
    };

    private int AnyPort() => plan.Workloads.IsEmpty ? 8080 : AnyWorkload(plan).Network.Ports[0].Port;

    private WorkloadPlan AnyWorkload(NamespacePlan of) => of.Workloads[_random.Next(of.Workloads.Length)];

    private string AnyApp(NamespacePlan of) => of.Workloads.IsEmpty ? "api" : SmallerOf(AnyWorkload(of), AnyWorkload(of)).App;

    private string AnyInstance(NamespacePlan of) => of.Workloads.IsEmpty ? "none" : $"{SmallerOf(AnyWorkload(of), AnyWorkload(of)).Name}-{of.Index}";

    private static PolicyPort Number(int port) => new(Protocol.Tcp, null, port, port, default);

    private static WorkloadPlan LargerOf(WorkloadPlan a, WorkloadPlan b) => a.Replicas >= b.Replicas ? a : b;

    private static WorkloadPlan SmallerOf(WorkloadPlan a, WorkloadPlan b) => a.Replicas < b.Replicas ? a : b;

    private static PolicyPeer Peer(LabelSelector? namespaces, LabelSelector? pods) => new(pods, namespaces, null, default);

    private static LabelSelector ByName(NamespacePlan other) => LabelSelector.Label(Namespace.NameLabel, other.Name);

    private static LabelSelector Selector(params ReadOnlySpan<(string Key, string Value)> labels)
    {
        var requirements = new List<Requirement>();
        foreach (var (key, value) in labels) requirements.Add(new Requirement(key, SelectorOperator.In, [value]));
        return new LabelSelector(requirements);
    }
}
