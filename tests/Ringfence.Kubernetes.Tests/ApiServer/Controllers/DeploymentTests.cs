using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

public sealed class DeploymentTests
{
    [Fact]
    public async Task Deployment_gets_a_replica_set_and_pods_on_all_nodes()
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 6);
        await cluster.SettleAsync();

        var set = Assert.Single(cluster.List(Kinds.ReplicaSets));
        var hash = set.Text("metadata", "labels", "pod-template-hash");
        Assert.Equal($"web-{hash}", set.Text("metadata", "name"));
        Assert.Equal("1", set.Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        var pods = cluster.PodsOf("web");
        Assert.Equal(6, pods.Count);
        Assert.All(pods, pod => Assert.Equal(hash, pod.Text("metadata", "labels", "pod-template-hash")));
        Assert.All(pods.CountBy(pod => pod.Text("spec", "nodeName")!), node => Assert.Equal(2, node.Value));
        Assert.All(pods, pod => Assert.Equal("default", pod.Text("spec", "serviceAccountName")));

        var deployment = cluster.Find(Kinds.Deployments, "web")!;
        Assert.Equal("1", deployment.Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal((6, 6, 6, 6), Counts(deployment));
        Assert.Equal(("True", "MinimumReplicasAvailable"), Condition(deployment, "Available"));
        Assert.Equal(("True", "NewReplicaSetAvailable"), Condition(deployment, "Progressing"));
        Assert.Equal(deployment.Number("metadata", "generation"), deployment.Number("status", "observedGeneration"));
        Assert.Contains(cluster.List(Kinds.Events), happened => happened.Text("reason") == "ScalingReplicaSet" && happened.Text("message") == $"Scaled up replica set web-{hash} from 0 to 6");
    }

    [Theory]
    [InlineData(10, "25%", "25%", 8, 13)]
    [InlineData(4, "1", "0", 4, 5)]
    [InlineData(4, "0", "1", 3, 4)]
    [InlineData(3, "0", "10%", 2, 3)]
    public async Task Rolling_update_keeps_enough_pods_available_and_never_has_too_many(int replicas, string surge, string unavailable, int least, int most)
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", replicas, $$$"""{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":{{{Value(surge)}}},"maxUnavailable":{{{Value(unavailable)}}} } } }""");
        await cluster.SettleAsync();
        var (_, version) = cluster.Api.List(Kinds.Pods);
        var pods = cluster.List(Kinds.Pods).ToDictionary(pod => pod.Text("metadata", "name")!);
        var old = pods.Keys.ToHashSet();

        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["template"] = TestCluster.Template("web", "main:2"));
        await cluster.SettleAsync();

        Assert.Equal((replicas, replicas, replicas, replicas), Counts(cluster.Find(Kinds.Deployments, "web")!));
        Assert.Empty(cluster.PodsOf("web").Select(pod => pod.Text("metadata", "name")!).Intersect(old));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var last = cluster.Api.List(Kinds.Pods).Version;
        await foreach (var change in cluster.Api.WatchAsync(null, version, stop.Token))
        {
            if (change.Object.Type == Kinds.Pods)
            {
                if (change.Kind == ChangeKind.Deleted) pods.Remove(change.Object.Name);
                else pods[change.Object.Name] = change.Object.Parse();
                var active = pods.Values.Where(pod => pod.Text("metadata", "deletionTimestamp") is null).ToList();
                Assert.InRange(active.Count, least, most);
                Assert.True(active.Count(IsReady) >= least, "too few are available");
            }

            if (change.Object.Version >= last) break;
        }

        static string Value(string text) => text.EndsWith('%') ? $"\"{text}\"" : text;
    }

    [Fact]
    public async Task Recreate_ends_all_old_pods_before_the_first_new_one()
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 4, """{"strategy":{"type":"Recreate"}}""");
        await cluster.SettleAsync();
        var version = cluster.Api.List(Kinds.Pods).Version;
        var old = cluster.PodsOf("web").Select(pod => pod.Text("metadata", "name")!).ToHashSet();
        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["template"] = TestCluster.Template("web", "main:2"));
        await cluster.SettleAsync();

        Assert.Equal((4, 4, 4, 4), Counts(cluster.Find(Kinds.Deployments, "web")!));
        var last = cluster.Api.List(Kinds.Pods).Version;
        await foreach (var change in cluster.Api.WatchAsync(null, version, TestContext.Current.CancellationToken))
        {
            if (change.Object.Type == Kinds.Pods && change.Kind == ChangeKind.Deleted) old.Remove(change.Object.Name);
            if (change.Object.Type == Kinds.Pods && change.Kind == ChangeKind.Added) Assert.Empty(old);
            if (change.Object.Version >= last) break;
        }
    }

    [Fact]
    public async Task Older_template_comes_back_as_its_own_replica_set_with_a_new_number()
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 2);
        await cluster.SettleAsync();
        var first = cluster.List(Kinds.ReplicaSets)[0].Text("metadata", "name");
        var template = cluster.Find(Kinds.Deployments, "web")!["spec"]!["template"]!.DeepClone();
        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["template"] = TestCluster.Template("web", "main:2"));
        await cluster.SettleAsync();
        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["template"] = template);
        await cluster.SettleAsync();

        Assert.Equal(2, cluster.List(Kinds.ReplicaSets).Count);
        var set = cluster.Find(Kinds.ReplicaSets, first!)!;
        Assert.Equal(("3", "1"), (set.Text("metadata", "annotations", Rollout.Revision), set.Text("metadata", "annotations", Rollout.RevisionHistory)));
        Assert.Equal(2, set.Number("status", "availableReplicas"));
        Assert.Equal("3", cluster.Find(Kinds.Deployments, "web")!.Text("metadata", "annotations", Rollout.Revision));
    }

    [Fact]
    public async Task History_is_kept_to_its_limit()
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 1, """{"revisionHistoryLimit":2}""");
        for (var i = 2; i <= 6; i++)
        {
            await cluster.SettleAsync();
            cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["template"] = TestCluster.Template("web", $"main:{i}"));
        }

        await cluster.SettleAsync();
        var kept = cluster.List(Kinds.ReplicaSets).Select(set => set.Text("metadata", "annotations", Rollout.Revision)).Order();
        Assert.Equal(["4", "5", "6"], kept);
    }

    [Fact]
    public async Task Paused_deployment_scales_but_does_not_roll_out()
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 2);
        await cluster.SettleAsync();
        cluster.Change(Kinds.Deployments, "web", body =>
        {
            body["spec"]!["paused"] = true;
            body["spec"]!["replicas"] = 5;
            body["spec"]!["template"] = TestCluster.Template("web", "main:2");
        });
        await cluster.SettleAsync();

        Assert.Single(cluster.List(Kinds.ReplicaSets));
        Assert.Equal(5, cluster.PodsOf("web").Count);
        Assert.Equal(("Unknown", "DeploymentPaused"), Condition(cluster.Find(Kinds.Deployments, "web")!, "Progressing"));

        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!.AsObject().Remove("paused"));
        await cluster.SettleAsync();
        Assert.All(cluster.PodsOf("web"), pod => Assert.Equal("main:2", pod["spec"]!["containers"]![0].Text("image")));
        Assert.Equal(("True", "NewReplicaSetAvailable"), Condition(cluster.Find(Kinds.Deployments, "web")!, "Progressing"));
    }

    [Fact]
    public async Task Scaling_in_the_middle_of_a_rollout_that_is_stuck_is_shared_out()
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 10, """{"strategy":{"rollingUpdate":{"maxSurge":3,"maxUnavailable":2}}}""");
        await cluster.SettleAsync();
        var old = cluster.List(Kinds.ReplicaSets)[0].Text("metadata", "name")!;
        cluster.Kubelet.IsSick = name => !name.StartsWith(old, StringComparison.Ordinal);
        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["template"] = TestCluster.Template("web", "main:2"));
        await cluster.SettleAsync();
        Assert.Equal(8, cluster.Find(Kinds.ReplicaSets, old)!.Number("spec", "replicas"));
        Assert.Equal(5, Other().Number("spec", "replicas"));

        // 15 and 3 more may be there: 8 of 13 parts of 5 more, and 5 of 13.
        cluster.Change(Kinds.Deployments, "web", body => body["spec"]!["replicas"] = 15);
        await cluster.SettleAsync();
        Assert.Equal(11, cluster.Find(Kinds.ReplicaSets, old)!.Number("spec", "replicas"));
        Assert.Equal(7, Other().Number("spec", "replicas"));
        Assert.Equal(("False", "MinimumReplicasUnavailable"), Condition(cluster.Find(Kinds.Deployments, "web")!, "Available"));

        JsonObject Other() => cluster.List(Kinds.ReplicaSets).Single(set => set.Text("metadata", "name") != old);
    }

    [Fact]
    public async Task Pods_that_lose_their_label_are_let_go_and_replaced_and_orphans_that_match_adopted()
    {
        await using var cluster = new TestCluster();
        cluster.Deploy("web", 2);
        await cluster.SettleAsync();
        var name = cluster.PodsOf("web")[0].Text("metadata", "name")!;
        cluster.Change(Kinds.Pods, name, body => body["metadata"]!["labels"]!["app"] = "taken-out");
        await cluster.SettleAsync();
        Assert.Null(cluster.Find(Kinds.Pods, name)!["metadata"]!["ownerReferences"]);
        Assert.Equal(2, cluster.PodsOf("web").Count);

        cluster.Change(Kinds.Pods, name, body => body["metadata"]!["labels"]!["app"] = "web");
        await cluster.SettleAsync();
        Assert.Equal(2, cluster.PodsOf("web").Count);
    }

    [Fact]
    public async Task Deadline_that_passes_is_told_and_recovered_from()
    {
        await using var cluster = new TestCluster();
        cluster.Kubelet.IsSick = _ => true;
        cluster.Deploy("web", 1, """{"progressDeadlineSeconds":1}""");
        await TestCluster.UntilAsync(() => Condition(cluster.Find(Kinds.Deployments, "web")!, "Progressing") == ("False", "ProgressDeadlineExceeded"));
        cluster.Kubelet.IsSick = _ => false;
        foreach (var pod in cluster.PodsOf("web")) cluster.Api.Delete(Kinds.Pods, "default", pod.Text("metadata", "name")!);
        await TestCluster.UntilAsync(() => Condition(cluster.Find(Kinds.Deployments, "web")!, "Progressing") == ("True", "NewReplicaSetAvailable"));
    }

    private static bool IsReady(JsonObject pod) => pod.Items("status", "conditions").Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");

    private static (int?, int?, int?, int?) Counts(JsonObject deployment) => (
        deployment.Number("status", "replicas"),
        deployment.Number("status", "updatedReplicas"),
        deployment.Number("status", "readyReplicas"),
        deployment.Number("status", "availableReplicas"));

    private static (string?, string?) Condition(JsonObject item, string type)
    {
        var condition = item.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == type);
        return (condition.Text("status"), condition.Text("reason"));
    }
}
