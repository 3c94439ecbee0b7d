using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

public sealed class WorkloadTests
{
    [Fact]
    public async Task Stateful_pods_come_in_order_each_after_the_one_before_is_ready()
    {
        await using var cluster = new TestCluster();
        cluster.Kubelet.IsSick = name => name == "db-1";
        Stateful(cluster, 4);
        await cluster.SettleAsync();
        Assert.Equal(["db-0", "db-1"], Names(cluster, "db"));

        cluster.Kubelet.IsSick = _ => false;
        cluster.Api.Delete(Kinds.Pods, "default", "db-1");
        await cluster.SettleAsync();
        Assert.Equal(["db-0", "db-1", "db-2", "db-3"], Names(cluster, "db"));
        var pod = cluster.Find(Kinds.Pods, "db-2")!;
        Assert.Equal(("db-2", "2"), (pod.Text("metadata", "labels", "statefulset.kubernetes.io/pod-name"), pod.Text("metadata", "labels", "apps.kubernetes.io/pod-index")));
        Assert.Equal(("db-2", "db"), (pod.Text("spec", "hostname"), pod.Text("spec", "subdomain")));
        var status = cluster.Find(Kinds.StatefulSets, "db").Object("status")!;
        Assert.Equal((4, 4, 4, 4), (status.Number("replicas"), status.Number("readyReplicas"), status.Number("currentReplicas"), status.Number("updatedReplicas")));
        Assert.Equal(status.Text("updateRevision"), status.Text("currentRevision"));

        cluster.Change(Kinds.StatefulSets, "db", body => body["spec"]!["replicas"] = 1);
        await cluster.SettleAsync();
        Assert.Equal(["db-0"], Names(cluster, "db"));
    }

    [Fact]
    public async Task Stateful_rollout_stops_at_its_partition_and_older_pods_keep_their_template()
    {
        await using var cluster = new TestCluster();
        Stateful(cluster, 3, """{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}}}""");
        await cluster.SettleAsync();
        cluster.Change(Kinds.StatefulSets, "db", body => body["spec"]!["template"] = TestCluster.Template("db", "main:2"));
        await cluster.SettleAsync();
        Assert.Equal(["main:1", "main:1", "main:2"], Images(cluster, "db"));

        cluster.Api.Delete(Kinds.Pods, "default", "db-0");
        await cluster.SettleAsync();
        Assert.Equal(["main:1", "main:1", "main:2"], Images(cluster, "db"));

        cluster.Change(Kinds.StatefulSets, "db", body => body["spec"]!["updateStrategy"]!["rollingUpdate"]!["partition"] = 0);
        await cluster.SettleAsync();
        Assert.Equal(["main:2", "main:2", "main:2"], Images(cluster, "db"));
        var status = cluster.Find(Kinds.StatefulSets, "db").Object("status")!;
        Assert.Equal(status.Text("updateRevision"), status.Text("currentRevision"));
        Assert.Equal([1, 2], cluster.List(Kinds.Revisions).Select(revision => revision.Number("revision")!.Value).Order());
    }

    [Fact]
    public async Task Stateful_pods_have_claims_of_their_own_which_outlive_them()
    {
        await using var cluster = new TestCluster();
        Stateful(cluster, 2, """{"volumeClaimTemplates":[{"metadata":{"name":"data","labels":{"tier":"db"}},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}""");
        await cluster.SettleAsync();

        string[] Claims() => [.. cluster.List(Kinds.Claims).Select(claim => $"{claim.Text("metadata", "name")} {claim.Text("metadata", "uid")}").Order(StringComparer.Ordinal)];
        var before = Claims();
        Assert.Equal(["data-db-0", "data-db-1"], before.Select(claim => claim.Split(' ')[0]));
        var made = cluster.Find(Kinds.Claims, "data-db-1")!;
        Assert.Equal(("db", "db", "Pending"), (made.Text("metadata", "labels", "tier"), made.Text("metadata", "labels", "app"), made.Text("status", "phase")));
        Assert.Equal("data-db-1", cluster.Find(Kinds.Pods, "db-1")!["spec"]!["volumes"]![0]!["persistentVolumeClaim"].Text("claimName"));
        cluster.Change(Kinds.StatefulSets, "db", body => body["spec"]!["replicas"] = 1);
        await cluster.SettleAsync();
        cluster.Change(Kinds.StatefulSets, "db", body => body["spec"]!["replicas"] = 2);
        await cluster.SettleAsync();
        Assert.Equal(["db-0", "db-1"], Names(cluster, "db"));
        Assert.Equal(before, Claims());
    }

    [Fact]
    public async Task Stateful_pods_run_also_where_their_claims_are_refused()
    {
        await using var cluster = new TestCluster();
        Stateful(cluster, 1, """{"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{}},{"metadata":{"name":"data"},"spec":{}}]}""");
        await cluster.SettleAsync();

        Assert.Equal(["db-0"], Names(cluster, "db"));
        Assert.Empty(cluster.List(Kinds.Claims));
        Assert.Contains(cluster.List(Kinds.Events), told => told.Text("reason") == "FailedCreate" && told.Text("message")!.Contains("at least 1 access mode is required", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Daemon_has_a_pod_on_every_node_that_it_fits_and_follows_nodes()
    {
        await using var cluster = new TestCluster();
        cluster.AddNode("tainted", """{"spec":{"taints":[{"key":"gpu","value":"yes","effect":"NoSchedule"}]}}""");
        cluster.AddNode("cordoned", """{"spec":{"unschedulable":true}}""");
        Daemon(cluster);
        await cluster.SettleAsync();
        Assert.Equal(["cordoned", "node-1", "node-2", "node-3"], Nodes(cluster, "agent"));

        cluster.AddNode("node-4");
        cluster.Api.Delete(Kinds.Nodes, "", "node-1");
        cluster.Change(Kinds.Nodes, "tainted", body => body["spec"]!.AsObject().Remove("taints"));
        await cluster.SettleAsync();
        Assert.Equal(["cordoned", "node-2", "node-3", "node-4", "tainted"], Nodes(cluster, "agent"));
        var status = cluster.Find(Kinds.DaemonSets, "agent").Object("status")!;
        Assert.Equal((5, 5, 5, 5), (status.Number("desiredNumberScheduled"), status.Number("currentNumberScheduled"), status.Number("numberReady"), status.Number("updatedNumberScheduled")));
    }

    [Fact]
    public async Task Daemon_rolls_out_node_by_node()
    {
        await using var cluster = new TestCluster();
        Daemon(cluster);
        await cluster.SettleAsync();
        cluster.Kubelet.IsSick = _ => true;
        cluster.Change(Kinds.DaemonSets, "agent", body => body["spec"]!["template"] = TestCluster.Template("agent", "main:2"));
        await cluster.SettleAsync();
        Assert.Equal(["main:1", "main:1", "main:2"], Images(cluster, "agent").Order());

        cluster.Kubelet.IsSick = _ => false;
        foreach (var pod in cluster.PodsOf("agent")) cluster.Api.Delete(Kinds.Pods, "default", pod.Text("metadata", "name")!);
        await cluster.SettleAsync();
        Assert.Equal(["main:2", "main:2", "main:2"], Images(cluster, "agent"));
    }

    [Fact]
    public async Task Job_runs_until_enough_pods_succeeded()
    {
        await using var cluster = new TestCluster();
        cluster.Create("batch/v1", "Job", "work", """{"spec":{"completions":3,"parallelism":2,"template":{"metadata":{"labels":{"app":"work"}},"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"main"}]}}}}""");
        await cluster.SettleAsync();
        Assert.Equal(2, cluster.PodsOf("work").Count);
        Assert.Equal((2, 2), (cluster.Find(Kinds.Jobs, "work").Number("status", "active"), cluster.Find(Kinds.Jobs, "work").Number("status", "ready")));
        End(cluster, Running(cluster)[0], "Succeeded");
        await cluster.SettleAsync();
        Assert.Equal(2, Running(cluster).Count);
        foreach (var pod in Running(cluster)) End(cluster, pod, "Succeeded");
        await cluster.SettleAsync();

        var job = cluster.Find(Kinds.Jobs, "work")!;
        Assert.Equal(3, job.Number("status", "succeeded"));
        Assert.NotNull(job.Text("status", "completionTime"));
        Assert.Contains(job.Items("status", "conditions"), condition => condition.Text("type") == "Complete" && condition.Text("status") == "True");
        Assert.Empty(Running(cluster));
    }

    [Fact]
    public async Task Job_fails_after_too_many_failures()
    {
        await using var cluster = new TestCluster();
        cluster.Create("batch/v1", "Job", "work", """{"spec":{"backoffLimit":1,"template":{"metadata":{"labels":{"app":"work"}},"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"main"}]}}}}""");
        for (var i = 0; i < 2; i++)
        {
            await cluster.SettleAsync();
            End(cluster, Assert.Single(Running(cluster)), "Failed");
        }

        await cluster.SettleAsync();
        var job = cluster.Find(Kinds.Jobs, "work")!;
        Assert.Contains(job.Items("status", "conditions"), condition => condition.Text("type") == "Failed" && condition.Text("reason") == "BackoffLimitExceeded");
        Assert.Empty(Running(cluster));
    }

    [Fact]
    public async Task Replication_controller_keeps_its_pods()
    {
        await using var cluster = new TestCluster();
        var spec = new JsonObject { ["replicas"] = 2, ["selector"] = new JsonObject { ["app"] = "old" }, ["template"] = TestCluster.Template("old") };
        cluster.Create("v1", "ReplicationController", "old", new JsonObject { ["spec"] = spec }.ToJsonString());
        await cluster.SettleAsync();
        Assert.Equal(2, cluster.PodsOf("old").Count);
        cluster.Api.Delete(Kinds.Pods, "default", cluster.PodsOf("old")[0].Text("metadata", "name")!);
        await cluster.SettleAsync();
        Assert.Equal(2, cluster.PodsOf("old").Count);
        Assert.Equal(2, cluster.Find(Kinds.ReplicationControllers, "old").Number("status", "readyReplicas"));
    }

    private static List<string> Running(TestCluster cluster) =>
        [.. cluster.PodsOf("work").Where(pod => pod.Text("status", "phase") == "Running").Select(pod => pod.Text("metadata", "name")!)];

    private static void End(TestCluster cluster, string pod, string phase) =>
        cluster.Change(Kinds.Pods, pod, body => body["status"]!["phase"] = phase, subresource: "status");

    private static void Stateful(TestCluster cluster, int replicas, string more = "{}")
    {
        var spec = TestApi.Object(more);
        spec["replicas"] = replicas;
        spec["serviceName"] = "db";
        spec["selector"] = TestApi.Object("""{"matchLabels":{"app":"db"}}""");
        spec["template"] = TestCluster.Template("db");
        cluster.Create("apps/v1", "StatefulSet", "db", new JsonObject { ["spec"] = spec }.ToJsonString());
    }

    private static void Daemon(TestCluster cluster)
    {
        var spec = new JsonObject { ["selector"] = TestApi.Object("""{"matchLabels":{"app":"agent"}}"""), ["template"] = TestCluster.Template("agent") };
        cluster.Create("apps/v1", "DaemonSet", "agent", new JsonObject { ["spec"] = spec }.ToJsonString());
    }

    private static IEnumerable<string?> Names(TestCluster cluster, string app) => cluster.PodsOf(app).Select(pod => pod.Text("metadata", "name"));

    private static IEnumerable<string?> Nodes(TestCluster cluster, string app) => cluster.PodsOf(app).Select(pod => pod.Text("spec", "nodeName")).Order();

    private static IEnumerable<string?> Images(TestCluster cluster, string app) => cluster.PodsOf(app).Select(pod => pod["spec"]!["containers"]![0].Text("image"));
}
