using System.Collections.Immutable;
using Ringfence.Lab.Planning;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;

namespace Ringfence.Lab.Tests.Planning;

public class LabPlannerTests
{
    [Fact]
    public void Plan_Workloads_BecomePodsNamedAsControllersWould()
    {
        var input = Cluster(
            Deployment("web", 2),
            Deployment("db", 2) with { WorkloadKind = "StatefulSet" },
            Deployment("log") with { WorkloadKind = "DaemonSet" },
            Deployment("once", 5) with { WorkloadKind = "Job" },
            Deployment("none", 0));

        var plan = new LabPlanner(new LabOptions { Nodes = 3 }).Plan(input);

        string[] Names(string start) => [.. plan.Pods.Keys.Where(name => name.StartsWith($"shop/{start}-", StringComparison.Ordinal))];
        Assert.Equal(2, Names("web").Length);
        Assert.All(Names("web"), name => Assert.Matches("^shop/web-[a-z0-9]{10}-[a-z0-9]{5}$", name));
        Assert.Equal(["shop/db-0", "shop/db-1"], Names("db"));
        Assert.Equal("db-1", plan.Pods["shop/db-1"].Pod.Labels["statefulset.kubernetes.io/pod-name"]);
        Assert.Equal([1, 2, 3], Names("log").Select(name => plan.Pods[name].Node).Order());
        Assert.Single(Names("once"));
        Assert.Empty(Names("none"));
        Assert.Contains("Deployment shop/none has no replicas: none runs", plan.Notes);
    }

    [Fact]
    public void Plan_ManyReplicas_AreCapped_AndItSaysSo()
    {
        var plan = new LabPlanner(new LabOptions { MostReplicas = 2 }).Plan(Cluster(Deployment("web", 50)));

        Assert.Equal(2, plan.Pods.Keys.Count(name => name.StartsWith("shop/web-", StringComparison.Ordinal)));
        Assert.Equal(["Deployment shop/web runs 2 of its 50 replicas"], plan.Notes);
    }

    [Fact]
    public void Plan_IsTheSameEveryTime()
    {
        var input = Cluster(Deployment("web", 3), Deployment("db", 3), Pod("a"), Pod("b"));

        var (one, two) = (new LabPlanner(new LabOptions()).Plan(input), new LabPlanner(new LabOptions()).Plan(input));

        Assert.Equal(Text(one), Text(two));

        static IEnumerable<string> Text(LabPlan plan) =>
            plan.Pods.Select(pod => $"{pod.Key} {pod.Value.Node} {pod.Value.Interface} {string.Join(',', pod.Value.Pod.Addresses)}");
    }

    [Fact]
    public void Plan_InterfaceNames_FitTheKernel()
    {
        var plan = new LabPlanner(new LabOptions()).Plan(Cluster(Pod(new string('a', 200)), Pod("b")));

        Assert.All(plan.Pods.Values, pod => Assert.InRange(pod.Interface!.Length, 1, 15));
        Assert.Equal(plan.Pods.Count, plan.Pods.Values.Select(pod => pod.Interface).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Plan_NodesOfTheInput_AreTheNodes()
    {
        var node = new Node { Name = "worker", Labels = LabelSet.Of("zone", "z1"), Addresses = [Address.Parse("192.168.0.1")] };

        var plan = new LabPlanner(new LabOptions { Nodes = 5 }).Plan(Cluster(node, Pod("a", "other")));

        Assert.Equal(["other", "worker"], plan.Nodes.Select(item => item.Node.Name));
        Assert.Equal("z1", plan.Nodes[1].Node.Labels["zone"]);
        Assert.Equal("172.31.255.12", plan.Nodes[1].Node.Addresses.Single().ToString());
        Assert.Equal("other", plan.Pods["shop/a"].Pod.NodeName);
    }

    [Theory]
    [InlineData("10.7.7.7", true)]
    [InlineData("10.244.2.77", true)]
    [InlineData("10.96.0.3", false)]
    [InlineData("172.31.255.12", false)]
    [InlineData("198.51.100.10", false)]
    [InlineData("127.0.0.1", false)]
    public void Plan_AddressOfTheInput_IsKeptWhereItCanBe(string text, bool kept)
    {
        var address = Address.Parse(text);

        var plan = new LabPlanner(new LabOptions()).Plan(Cluster(Pod("a", "node-1") with { Addresses = [address] }));

        Assert.Equal(kept, plan.Pods["shop/a"].Pod.Addresses.Contains(address));
        Assert.Equal(kept, plan.Notes.IsEmpty);
        Assert.Equal(kept, plan.ScopeOf(plan.Nodes[0]).PodRanges.Contains(new Prefix(address, 32)));
    }

    [Fact]
    public void Plan_MorePodsThanANodesRange_AllHaveAddresses()
    {
        var plan = new LabPlanner(new LabOptions { Nodes = 1 }).Plan(Cluster([.. Enumerable.Range(0, 600).Select(number => Pod($"pod-{number}"))]));

        Assert.Equal(601, plan.Pods.Values.SelectMany(pod => pod.Pod.Addresses).Distinct().Count());
        Assert.All(plan.Pods.Values, pod => Assert.Contains(plan.ScopeOf(plan.Nodes[0]).PodRanges, range => range.Contains(pod.Pod.Addresses[0])));
    }

    [Fact]
    public void Plan_DnsIsAlwaysThere()
    {
        var plan = new LabPlanner(new LabOptions { Families = LabFamilies.Dual }).Plan(ClusterObjects.Empty);

        Assert.StartsWith("kube-system/kube-dns-", Assert.Single(plan.Pods.Keys), StringComparison.Ordinal);
        var service = Assert.Single(plan.State.Services);
        Assert.Equal(["10.96.0.10", "fd00:10:96::a"], service.ClusterIPs.Select(address => address.ToString()));
        Assert.Equal("kube-system", Assert.Single(plan.State.Namespaces).Name);
    }

    [Fact]
    public void Plan_DnsOfTheInput_IsTakenAsItIs()
    {
        var own = Deployment("coredns") with { Namespace = "kube-system", PodLabels = LabelSet.Of("k8s-app", "kube-dns") };

        var plan = new LabPlanner(new LabOptions()).Plan(Cluster(own));

        Assert.StartsWith("kube-system/coredns-", Assert.Single(plan.Pods.Keys), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_FinishedPods_DoNotRun()
    {
        var plan = new LabPlanner(new LabOptions()).Plan(Cluster(Pod("done") with { Phase = PodPhase.Succeeded }));

        Assert.DoesNotContain("shop/done", plan.Pods.Keys);
    }

    [Fact]
    public void Plan_OneAddressTwice_IsTheFirstPods_AndItSaysSo()
    {
        var address = Address.Parse("10.7.7.7");

        var plan = new LabPlanner(new LabOptions()).Plan(Cluster(Pod("a") with { Addresses = [address] }, Pod("b") with { Addresses = [address] }));

        Assert.Equal([address], plan.Pods["shop/a"].Pod.Addresses);
        Assert.DoesNotContain(address, plan.Pods["shop/b"].Pod.Addresses);
        Assert.StartsWith("1 pods have other addresses than the input says", Assert.Single(plan.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_MorePodsThanAddresses_IsRefusedInWords()
    {
        const int TooMany = 53_000;
        var input = Cluster([.. Enumerable.Range(0, TooMany).Select(number => Pod($"pod-{number}"))]);

        var problem = Assert.Throws<LabException>(() => new LabPlanner(new LabOptions { Nodes = 1 }).Plan(input));

        Assert.Equal("the lab has no address left for the pods of node-1", problem.Message);
        Assert.NotEmpty(problem.Hints);
    }

    [Fact]
    public void Plan_MoreNodePortsThanThereAre_IsRefusedInWords_AndTheNextPlanGoesOn()
    {
        Service Asking(int ports) => new()
        {
            Namespace = "shop",
            Name = "web",
            Type = "NodePort",
            Ports = [.. Enumerable.Range(1, ports).Select(port => new ServicePort($"p{port}", port, Protocol.Tcp, new PortReference(port, null), null))],
        };
        var planner = new LabPlanner(new LabOptions());

        var problem = Assert.Throws<LabException>(() => planner.Plan(Cluster(Asking(2769))));

        Assert.Equal("Services ask for more TCP node ports than the 2768 that there are (30000 to 32767)", problem.Message);
        Assert.NotEmpty(problem.Hints);
        Assert.Equal(2768, planner.Plan(Cluster(Asking(2768))).State.Services.Single(service => service.Name == "web").Ports.Select(port => port.NodePort).Distinct().Count());
    }
}
