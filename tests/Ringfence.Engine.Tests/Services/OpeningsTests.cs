using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Services;

public sealed class OpeningsTests
{
    private static readonly Workload Web = new()
    {
        Namespace = "shop",
        Name = "web",
        WorkloadKind = "Deployment",
        PodLabels = LabelSet.Of("app", "web"),
        Network = new PodNetworkSpec([new ContainerPort("http", 8080, Protocol.Tcp)], HostNetwork: false),
    };

    private static readonly Service WebService = new()
    {
        Namespace = "shop",
        Name = "web",
        Selector = LabelSet.Of("app", "web"),
        Ports = [new ServicePort("http", 80, Protocol.Tcp, new PortReference(0, "http"), null)],
    };

    private static readonly Ingress Front = new()
    {
        Namespace = "shop",
        Name = "front",
        Backends = [new IngressBackend("shop.example", "/", "web", new PortReference(80, null), default)],
    };

    [Fact]
    public void Resolve_NamedTargetPort_LeadsToThePodsOwnNumber()
    {
        var route = ServiceRoutes.Resolve(Cluster([]).Snapshot, WebService, new PortReference(80, null), Protocol.Tcp);
        Assert.Equal([new ServiceTarget(Party.OfPod(0), 8080)], route!.Targets);
    }

    [Fact]
    public void Resolve_PodLacksTheName_SaysSoAndLeadsNowhere()
    {
        var objects = Objects([]) with { Workloads = [Web with { Network = PodNetworkSpec.Empty }] };
        var route = ServiceRoutes.Resolve(Snapshot.Create(objects), WebService, new PortReference(0, "http"), null)!;
        Assert.Empty(route.Targets);
        Assert.Contains("no TCP port named \"http\"", Assert.Single(route.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_NoSuchPort_IsNull() =>
        Assert.Null(ServiceRoutes.Resolve(Cluster([]).Snapshot, WebService, new PortReference(8080, null), null));

    [Fact]
    public void Resolve_WithoutSelector_FollowsEndpointSlices()
    {
        var service = WebService with { Selector = null };
        var slice = new EndpointSlice
        {
            Namespace = "shop",
            Name = "web-1",
            ServiceName = "web",
            Endpoints = [(Address.Parse("203.0.113.7"), null)],
            Ports = [new ContainerPort("http", 9090, Protocol.Tcp)],
        };
        var snapshot = Snapshot.Create(Objects([]) with { Services = [service], EndpointSlices = [slice] });
        var route = ServiceRoutes.Resolve(snapshot, service, new PortReference(80, null), null)!;
        Assert.Equal([new ServiceTarget(Party.OfAddress(Address.Parse("203.0.113.7")), 9090)], route.Targets);
    }

    public static TheoryData<string, PolicyRule[], Outcome> Ingresses => new()
    {
        { "everyone", [Rule()], Outcome.Allowed },
        { "every pod", [Rule(new PolicyPeer(null, LabelSelector.Everything, null, default))], Outcome.Allowed },
        { "labelled namespaces", [Rule(new PolicyPeer(null, LabelSelector.Label("edge", "yes"), null, default))], Outcome.Unknown },
        { "own namespace", [Rule(new PolicyPeer(LabelSelector.Everything, null, null, default))], Outcome.Denied },
        { "nobody", [], Outcome.Denied },
    };

    [Theory]
    [MemberData(nameof(Ingresses))]
    public void Find_Ingress_IsJudgedForAControllerElsewhere(string name, PolicyRule[] rules, Outcome expected)
    {
        var opening = Assert.Single(Openings.Find(ClusterView.Create(Cluster(rules))));
        Assert.Equal(("Ingress shop/front", "shop.example/", "shop/web", 8080, expected), (opening.Via, opening.Entrance, opening.Destination!.Name, opening.Port, opening.Outcome));
        Assert.False(string.IsNullOrEmpty(name));
    }

    [Fact]
    public void Find_LoadBalancer_SaysFromWhichAddresses()
    {
        var block = new IpBlock(Prefix.Parse("203.0.113.0/24"), []);
        var objects = Objects([Rule(new PolicyPeer(null, null, block, default))]) with
        {
            Services = [WebService with { Type = "LoadBalancer" }],
            Ingresses = [],
        };
        var opening = Assert.Single(Openings.Find(ClusterView.Create(Reachability.Compile(Snapshot.Create(objects)))));
        Assert.Equal(Outcome.Allowed, opening.Outcome);
        Assert.EndsWith("only 203.0.113.0/24", opening.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void FromIngressController_Open_GivesThePodsPort()
    {
        var (destination, reach) = Assert.Single(Openings.FromIngressController(ClusterView.Create(Cluster([Rule()]))));
        Assert.Equal(("shop/web", "TCP 8080"), (destination.Name, reach.Certain.ToString()));
    }

    private static Reachability Cluster(PolicyRule[] rules) => Reachability.Compile(Snapshot.Create(Objects(rules)));

    private static ClusterObjects Objects(PolicyRule[] rules) => new()
    {
        Workloads = [Web],
        Services = [WebService],
        Ingresses = [Front],
        NetworkPolicies = [new NetworkPolicy { Namespace = "shop", Name = "web", AffectsIngress = true, Ingress = [.. rules] }],
    };

    private static PolicyRule Rule(params PolicyPeer[] peers) => new([.. peers], [], default);
}
