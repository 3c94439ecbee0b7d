using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

public sealed class SchedulerTests
{
    [Fact]
    public async Task Pod_that_fits_nowhere_waits_says_why_and_is_placed_when_a_node_fits()
    {
        await using var cluster = new TestCluster(nodes: 2);
        cluster.AddNode("tainted", """{"spec":{"taints":[{"key":"gpu","value":"yes","effect":"NoSchedule"}]}}""");
        cluster.Create("v1", "Pod", "picky", """{"spec":{"nodeSelector":{"disk":"ssd"},"containers":[{"name":"main","image":"main"}]}}""");
        await cluster.SettleAsync();
        var pod = cluster.Find(Kinds.Pods, "picky")!;
        var condition = Assert.Single(pod.Items("status", "conditions"));
        Assert.Equal(("PodScheduled", "False", "Unschedulable"), (condition.Text("type"), condition.Text("status"), condition.Text("reason")));
        Assert.StartsWith("0/3 nodes are available: 1 node(s) had untolerated taint {gpu: yes}, 2 node(s) didn't match Pod's node affinity/selector.", condition.Text("message"), StringComparison.Ordinal);
        Assert.Contains(cluster.List(Kinds.Events), happened => happened.Text("reason") == "FailedScheduling" && happened.Text("type") == "Warning");

        cluster.Change(Kinds.Nodes, "node-2", body => body.Child("metadata").Child("labels")["disk"] = "ssd");
        await cluster.SettleAsync();
        pod = cluster.Find(Kinds.Pods, "picky")!;
        Assert.Equal("node-2", pod.Text("spec", "nodeName"));
        Assert.Equal("True", pod.Items("status", "conditions").First(one => one.Text("type") == "PodScheduled").Text("status"));
        Assert.Contains(cluster.List(Kinds.Events), happened => happened.Text("message") == "Successfully assigned default/picky to node-2");
    }

    [Theory]
    [InlineData("""{"tolerations":[{"key":"gpu","operator":"Exists"}],"nodeSelector":{"kind":"special"}}""", true)]
    [InlineData("""{"tolerations":[{"operator":"Exists"}],"nodeSelector":{"kind":"special"}}""", true)]
    [InlineData("""{"tolerations":[{"key":"gpu","value":"yes","effect":"NoSchedule"}],"nodeSelector":{"kind":"special"}}""", true)]
    [InlineData("""{"tolerations":[{"key":"gpu","value":"no"}],"nodeSelector":{"kind":"special"}}""", false)]
    [InlineData("""{"tolerations":[{"key":"gpu","operator":"Exists","effect":"NoExecute"}],"nodeSelector":{"kind":"special"}}""", false)]
    [InlineData("""{"tolerations":[{"operator":"Exists"}],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"cores","operator":"Gt","values":["7"]}]}]}}}}""", true)]
    [InlineData("""{"tolerations":[{"operator":"Exists"}],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"cores","operator":"Gt","values":["8"]}]}]}}}}""", false)]
    [InlineData("""{"tolerations":[{"operator":"Exists"}],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kind","operator":"NotIn","values":["plain"]}]}]}}}}""", true)]
    [InlineData("""{"tolerations":[{"operator":"Exists"}],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["other"]}]}]}}}}""", false)]
    public void Node_fits_where_tolerations_selector_and_affinity_let_it(string spec, bool fits)
    {
        var node = new Mirrored(new StoredObject(Kinds.Nodes, "", "big", 1, System.Text.Encoding.UTF8.GetBytes(
            """{"metadata":{"name":"big","labels":{"kind":"special","cores":"8"}},"spec":{"taints":[{"key":"gpu","value":"yes","effect":"NoSchedule"}]}}""")));
        Assert.Equal(fits, NodeFit.WhyNot(TestApi.Object(spec), node) is null);
    }

    [Fact]
    public async Task Cordoned_and_full_nodes_get_no_pods()
    {
        await using var cluster = new TestCluster(nodes: 0);
        cluster.AddNode("small", """{"status":{"allocatable":{"pods":"2"}}}""");
        cluster.AddNode("cordoned", """{"spec":{"unschedulable":true}}""");
        cluster.Deploy("web", 3);
        await cluster.SettleAsync();
        Assert.Equal(2, cluster.PodsOf("web").Count(pod => pod.Text("spec", "nodeName") == "small"));
        var waiting = cluster.PodsOf("web").Single(pod => pod.Text("spec", "nodeName") is null);
        Assert.Contains("1 Too many pods, 1 node(s) were unschedulable.", waiting.Items("status", "conditions").First().Text("message"), StringComparison.Ordinal);

        // A place that becomes free is taken.
        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["replicas"] = 2);
        await cluster.SettleAsync();
        Assert.All(cluster.PodsOf("web"), pod => Assert.Equal("small", pod.Text("spec", "nodeName")));
        cluster.Create("v1", "Pod", "late", """{"spec":{"containers":[{"name":"main","image":"main"}]}}""");
        await cluster.SettleAsync();
        Assert.Null(cluster.Find(Kinds.Pods, "late").Text("spec", "nodeName"));
        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["replicas"] = 1);
        await cluster.SettleAsync();
        Assert.Equal("small", cluster.Find(Kinds.Pods, "late").Text("spec", "nodeName"));
    }

    [Fact]
    public async Task Pods_that_are_deleted_where_their_node_is_gone_go()
    {
        await using var cluster = new TestCluster(nodes: 1);
        cluster.Create("v1", "Pod", "lost", """{"spec":{"nodeName":"never-was","containers":[{"name":"main","image":"main"}]}}""");
        await cluster.SettleAsync();
        Assert.NotNull(cluster.Find(Kinds.Pods, "lost"));
        cluster.Api.Delete(Kinds.Pods, "default", "lost");
        await cluster.SettleAsync();
        Assert.Null(cluster.Find(Kinds.Pods, "lost"));
    }
}
