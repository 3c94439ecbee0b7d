using System.Net;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

public sealed class EndpointSliceTests
{
    [Fact]
    public async Task Service_has_a_slice_for_each_family_with_its_ready_pods()
    {
        await using var cluster = new TestCluster();
        cluster.Create("v1", "Service", "web", """{"metadata":{"labels":{"team":"a"}},"spec":{"ipFamilyPolicy":"PreferDualStack","selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":8080}]}}""");
        await cluster.SettleAsync();
        Assert.Equal(["IPv4", "IPv6"], Slices(cluster, "web").Select(slice => slice.Text("addressType")).Order());
        Assert.All(Slices(cluster, "web"), slice => Assert.Empty(slice.Items("endpoints")));

        cluster.Deploy("web", 3);
        await cluster.SettleAsync();
        Assert.Equal(2, Slices(cluster, "web").Count);
        var addresses = cluster.PodsOf("web").SelectMany(pod => pod.Items("status", "podIPs")).Select(entry => entry.Text("ip")!).Order();
        Assert.Equal(addresses, Slices(cluster, "web").SelectMany(slice => slice.Items("endpoints")).SelectMany(endpoint => endpoint.Texts("addresses")).Order());
        var slice = Slices(cluster, "web")[0];
        Assert.Equal(3, cluster.Find(Kinds.Endpoints, "web").Items("subsets").Single().Items("addresses").Count());
        Assert.Equal(("web", "endpointslice-controller.k8s.io", "a"), (
            slice.Text("metadata", "labels", "kubernetes.io/service-name"),
            slice.Text("metadata", "labels", "endpointslice.kubernetes.io/managed-by"),
            slice.Text("metadata", "labels", "team")));
        var port = Assert.Single(slice.Items("ports"));
        Assert.Equal(("http", "TCP", 8080), (port.Text("name"), port.Text("protocol"), port.Number("port")));
        Assert.All(slice.Items("endpoints"), endpoint => Assert.Equal((true, true, false), Conditions(endpoint)));
        Assert.All(slice.Items("endpoints"), endpoint => Assert.NotNull(endpoint.Text("nodeName")));
    }

    [Fact]
    public async Task Named_ports_with_different_numbers_are_in_different_slices()
    {
        await using var cluster = new TestCluster();
        cluster.Create("v1", "Service", "web", """{"spec":{"selector":{"app":"web"},"ports":[{"port":80,"targetPort":"http"}]}}""");
        foreach (var (name, number) in new[] { ("old", 8080), ("new", 9090), ("none", 0) })
        {
            var ports = number == 0 ? "[]" : $$"""[{"name":"http","containerPort":{{number}}}]""";
            cluster.Create("v1", "Pod", name, $$$"""{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"main","ports":{{{ports}}} }]}}""");
        }

        await cluster.SettleAsync();
        var found = Slices(cluster, "web").Select(slice => (slice.Items("ports").First().Number("port"), slice.Items("endpoints").Single().Text("targetRef", "name"))).Order();
        Assert.Equal([(8080, "old"), (9090, "new")], found);

        cluster.Api.Delete(Kinds.Pods, "default", "old");
        await cluster.SettleAsync();
        Assert.Equal(9090, Assert.Single(Slices(cluster, "web")).Items("ports").First().Number("port"));
    }

    [Fact]
    public async Task Pods_that_are_not_ready_are_told_so_unless_the_service_wants_them()
    {
        await using var cluster = new TestCluster();
        cluster.Kubelet.IsSick = _ => true;
        cluster.Create("v1", "Service", "web", """{"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        cluster.Create("v1", "Service", "peers", """{"spec":{"clusterIP":"None","publishNotReadyAddresses":true,"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        cluster.Deploy("web", 1);
        await cluster.SettleAsync();
        Assert.Equal((false, false, false), Conditions(Slices(cluster, "web").Single().Items("endpoints").Single()));
        var peers = Slices(cluster, "peers").Single();
        Assert.Equal((true, false, false), Conditions(peers.Items("endpoints").Single()));
        Assert.Equal("", peers.Text("metadata", "labels", "service.kubernetes.io/headless"));
    }

    [Fact]
    public async Task Many_endpoints_are_spread_over_slices_of_a_hundred_and_stay_where_they_are()
    {
        await using var cluster = new TestCluster();
        cluster.Create("v1", "Service", "web", """{"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        cluster.Deploy("web", 230);
        await cluster.SettleAsync();
        Assert.Equal(230, Slices(cluster, "web").Sum(slice => slice.Items("endpoints").Count()));
        Assert.All(Slices(cluster, "web"), slice => Assert.InRange(slice.Items("endpoints").Count(), 1, 100));

        var before = Slices(cluster, "web").ToDictionary(slice => slice.Text("metadata", "name")!, slice => slice.Text("metadata", "resourceVersion"));
        var gone = cluster.PodsOf("web")[0].Text("metadata", "name")!;
        cluster.Change(Kinds.Pods, gone, body => body["metadata"]!["labels"]!["app"] = "other");
        await cluster.SettleAsync();
        Assert.Equal(230, Slices(cluster, "web").Sum(slice => slice.Items("endpoints").Count()));
        Assert.InRange(Slices(cluster, "web").Count(slice => before.GetValueOrDefault(slice.Text("metadata", "name")!) == slice.Text("metadata", "resourceVersion")), 1, 2);
    }

    [Fact]
    public async Task Slices_that_somebody_changed_or_deleted_come_back()
    {
        await using var cluster = new TestCluster();
        cluster.Create("v1", "Service", "web", """{"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        cluster.Deploy("web", 1);
        await cluster.SettleAsync();
        var name = Slices(cluster, "web").Single().Text("metadata", "name")!;
        cluster.Change(Kinds.EndpointSlices, name, body => body["endpoints"] = new JsonArray());
        await cluster.SettleAsync();
        Assert.Single(Slices(cluster, "web").Single().Items("endpoints"));
        cluster.Api.Delete(Kinds.EndpointSlices, "default", name);
        await cluster.SettleAsync();
        Assert.Single(Slices(cluster, "web").Single().Items("endpoints"));

        cluster.Change(Kinds.Services, "web", body => (body["spec"]!["type"], body["spec"]!["externalName"]) = ("ExternalName", "example.org"));
        await cluster.SettleAsync();
        Assert.Empty(Slices(cluster, "web"));
        cluster.Change(Kinds.Services, "web", body => body["spec"]!["type"] = "ClusterIP");
        await cluster.SettleAsync();
        Assert.Single(Slices(cluster, "web").Single().Items("endpoints"));

        cluster.Api.Delete(Kinds.Services, "default", "web");
        await cluster.SettleAsync();
        Assert.Empty(Slices(cluster, "web"));
        Assert.Null(cluster.Find(Kinds.Endpoints, "web"));
    }

    [Fact]
    public async Task Server_has_a_service_that_comes_back()
    {
        await using var cluster = new TestCluster(new ControllerOptions { ApiEndpoints = [new IPEndPoint(IPAddress.Parse("172.31.255.1"), 6443)] });
        await cluster.SettleAsync();
        var service = cluster.Find(Kinds.Services, "kubernetes")!;
        Assert.Equal("10.96.0.1", service.Text("spec", "clusterIP"));
        Assert.Equal(6443, service.Items("spec", "ports").Single().Number("targetPort"));
        var slice = cluster.Find(Kinds.EndpointSlices, "kubernetes")!;
        Assert.Equal(["172.31.255.1"], slice.Items("endpoints").SelectMany(endpoint => endpoint.Texts("addresses")));

        cluster.Api.Delete(Kinds.Services, "default", "kubernetes");
        cluster.Api.Delete(Kinds.EndpointSlices, "default", "kubernetes");
        await cluster.SettleAsync();
        Assert.Equal("10.96.0.1", cluster.Find(Kinds.Services, "kubernetes").Text("spec", "clusterIP"));
        Assert.NotNull(cluster.Find(Kinds.EndpointSlices, "kubernetes"));
    }

    private static (bool, bool, bool) Conditions(JsonObject endpoint) =>
        (endpoint.IsTrue("conditions", "ready"), endpoint.IsTrue("conditions", "serving"), endpoint.IsTrue("conditions", "terminating"));

    private static List<JsonObject> Slices(TestCluster cluster, string service) =>
        [.. cluster.List(Kinds.EndpointSlices).Where(slice => slice.Text("metadata", "labels", "kubernetes.io/service-name") == service)];
}
