using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Controllers;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

public sealed class CleanupTests
{
    [Fact]
    public async Task Namespace_takes_everything_along()
    {
        await using var cluster = new TestCluster(new ControllerOptions { RootCertificates = "pem" });
        cluster.Create("v1", "Namespace", "shop", "{}");
        cluster.Create("v1", "Namespace", "other", "{}");
        foreach (var space in new[] { "shop", "other" })
        {
            cluster.Deploy("web", 3, @namespace: space);
            cluster.Create("v1", "Service", "web", """{"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""", space);
            cluster.Create("networking.k8s.io/v1", "NetworkPolicy", "closed", """{"spec":{"podSelector":{}}}""", space);
            cluster.Create("v1", "ConfigMap", "settings", """{"metadata":{"finalizers":["example.org/hold"]}}""", space);
        }

        await cluster.SettleAsync();
        Assert.NotNull(cluster.Find(Kinds.ServiceAccounts, "default", "shop"));
        Assert.Equal("pem", cluster.Find(Kinds.ConfigMaps, "kube-root-ca.crt", "shop").Text("data", "ca.crt"));

        cluster.Api.Delete(Kinds.Namespaces, "", "shop");
        await cluster.SettleAsync();
        var status = cluster.Find(Kinds.Namespaces, "shop").Object("status")!;
        Assert.Equal("Terminating", status.Text("phase"));
        Assert.Contains(status.Items("conditions"), condition => condition.Text("type") == "NamespaceFinalizersRemaining" && condition.Text("message")!.Contains("example.org/hold in 1 resource instances", StringComparison.Ordinal));

        cluster.Change(Kinds.ConfigMaps, "settings", body => body["metadata"]!.AsObject().Remove("finalizers"), "shop");
        await cluster.SettleAsync();
        Assert.Null(cluster.Find(Kinds.Namespaces, "shop"));
        Assert.All(ResourceCatalog.All.Where(type => type.IsNamespaced), type => Assert.Empty(cluster.List(type, "shop")));
        Assert.Equal(3, cluster.PodsOf("web", "other").Count);
    }

    [Fact]
    public async Task What_every_namespace_has_comes_back()
    {
        await using var cluster = new TestCluster(new ControllerOptions { RootCertificates = "pem" });
        await cluster.SettleAsync();
        cluster.Api.Delete(Kinds.ServiceAccounts, "default", "default");
        cluster.Change(Kinds.ConfigMaps, "kube-root-ca.crt", body => body["data"]!["ca.crt"] = "forged");
        await cluster.SettleAsync();
        Assert.NotNull(cluster.Find(Kinds.ServiceAccounts, "default"));
        Assert.Equal("pem", cluster.Find(Kinds.ConfigMaps, "kube-root-ca.crt").Text("data", "ca.crt"));
    }

    [Theory]
    [InlineData("Background", 0, 0)]
    [InlineData("Foreground", 0, 0)]
    [InlineData("Orphan", 1, 2)]
    public async Task Deployment_is_deleted_with_or_without_its_dependents(string propagation, int sets, int pods)
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 2);
        await cluster.SettleAsync();
        cluster.Api.Delete(Kinds.Deployments, "default", "web", new DeleteOptions { Propagation = propagation });
        await cluster.SettleAsync();
        Assert.Null(cluster.Find(Kinds.Deployments, "web"));
        Assert.Equal(sets, cluster.List(Kinds.ReplicaSets).Count);
        Assert.Equal(pods, cluster.List(Kinds.Pods).Count);

        // Who comes after them adopts what was left.
        cluster.Deploy("web", 2);
        await cluster.SettleAsync();
        Assert.Single(cluster.List(Kinds.ReplicaSets));
        Assert.Equal(2, cluster.List(Kinds.Pods).Count);
    }

    [Fact]
    public async Task Owner_that_waits_goes_last()
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 2);
        await cluster.SettleAsync();
        var held = cluster.PodsOf("web")[0].Text("metadata", "name")!;
        cluster.Change(Kinds.Pods, held, body => body["metadata"]!["finalizers"] = new JsonArray("example.org/hold"));
        await cluster.SettleAsync();
        cluster.Api.Delete(Kinds.Deployments, "default", "web", new DeleteOptions { Propagation = "Foreground" });
        await cluster.SettleAsync();
        Assert.NotNull(cluster.Find(Kinds.Deployments, "web").Text("metadata", "deletionTimestamp"));
        Assert.Equal(held, Assert.Single(cluster.List(Kinds.Pods)).Text("metadata", "name"));

        cluster.Change(Kinds.Pods, held, body => body["metadata"]!.AsObject().Remove("finalizers"));
        await cluster.SettleAsync();
        Assert.Null(cluster.Find(Kinds.Deployments, "web"));
        Assert.Empty(cluster.List(Kinds.Pods));
    }

    [Theory]
    [InlineData("v1", "ConfigMap", "owner", null, true)]
    [InlineData("v1", "ConfigMap", "owner", "another-uid", false)]
    [InlineData("v1", "ConfigMap", "missing", "any-uid", false)]
    [InlineData("argoproj.io/v1alpha1", "Rollout", "missing", "any-uid", true)]
    [InlineData("v1", "Node", "node-1", null, true)]
    public async Task Dependent_stays_while_its_owner_does(string apiVersion, string kind, string name, string? uid, bool stays)
    {
        await using var cluster = new TestCluster();
        cluster.Create("v1", "ConfigMap", "owner", "{}");
        if (uid is null)
        {
            var type = ResourceCatalog.OfKind(apiVersion, kind)!;
            uid = cluster.Find(type, name).Text("metadata", "uid")!;
        }

        cluster.Create("v1", "ConfigMap", "dependent", $$$"""{"metadata":{"ownerReferences":[{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","name":"{{{name}}}","uid":"{{{uid}}}"}]}}""");
        await cluster.SettleAsync();
        Assert.Equal(stays, cluster.Find(Kinds.ConfigMaps, "dependent") is not null);
    }

    [Fact]
    public async Task One_owner_of_two_is_enough_and_the_other_is_forgotten()
    {
        await using var cluster = new TestCluster();
        var first = cluster.Create("v1", "ConfigMap", "first", "{}").Text("metadata", "uid");
        var second = cluster.Create("v1", "ConfigMap", "second", "{}").Text("metadata", "uid");
        cluster.Create("v1", "ConfigMap", "child", $$$"""
            {"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"first","uid":"{{{first}}}"},{"apiVersion":"v1","kind":"ConfigMap","name":"second","uid":"{{{second}}}"}]}}
            """);
        await cluster.SettleAsync();
        cluster.Api.Delete(Kinds.ConfigMaps, "default", "first");
        await cluster.SettleAsync();
        Assert.Equal([second], cluster.Find(Kinds.ConfigMaps, "child").Items("metadata", "ownerReferences").Select(owner => owner.Text("uid")));
        cluster.Api.Delete(Kinds.ConfigMaps, "default", "second");
        await cluster.SettleAsync();
        Assert.Null(cluster.Find(Kinds.ConfigMaps, "child"));
    }

    [Fact]
    public async Task Events_count_what_is_told_again_and_go_after_their_time()
    {
        await using var cluster = new TestCluster(new ControllerOptions { EventsKept = TimeSpan.FromSeconds(2) }, nodes: 0);
        var start = cluster.Api.List(Kinds.Events).Version;
        cluster.Create("v1", "Pod", "picky", """{"spec":{"nodeSelector":{"a":"b"},"containers":[{"name":"main","image":"main"}]}}""");
        await cluster.SettleAsync();
        cluster.AddNode("one");
        await cluster.SettleAsync();
        cluster.Change(Kinds.Nodes, "one", body => body.Child("metadata").Child("labels")["c"] = "d");
        await cluster.SettleAsync();

        // What is there for two seconds only may be missed by whoever looks now and then.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(3));
        var isCounted = false;
        await foreach (var change in cluster.Api.WatchAsync(Kinds.Events, start, patience.Token))
        {
            isCounted |= change.Object.Parse().Number("count") == 2;
            if (isCounted && change.Kind == ChangeKind.Deleted) break;
        }

        await TestCluster.UntilAsync(() => cluster.List(Kinds.Events).Count == 0);
    }
}
