using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Controllers;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

/// <summary>Whatever happens in whatever order, and whenever controllers are stopped: when nothing more happens, what is is what is wanted.</summary>
public sealed class RandomOperationTests
{
    private const int Operations = 60;
    private static readonly string[] Spaces = ["red", "blue"];
    private static readonly string[] Apps = ["a", "b", "c"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Any_operations_with_restarts_end_in_what_is_wanted(int seed)
    {
        await using var cluster = new TestCluster();
        var random = new Random(seed);
        foreach (var space in Spaces) cluster.Create("v1", "Namespace", space, "{}");
        var isRunning = true;
        for (var i = 0; i < Operations; i++)
        {
            if (random.Next(8) == 0)
            {
                if (isRunning) await cluster.StopAsync();
                else cluster.Start();
                isRunning = !isRunning;
            }

            if (random.Next(6) == 0) await Task.Delay(random.Next(20), TestContext.Current.CancellationToken);
            try
            {
                Operate(cluster, random);
            }
            catch (ApiException refused) when (refused.Code is 404 or 409 or 403)
            {
                // Not there, there already, or its namespace ends: as may be.
            }
        }

        if (!isRunning) cluster.Start();
        await TestCluster.UntilAsync(() => Faults(cluster).Count == 0, () => string.Join('\n', Faults(cluster)));
        await cluster.SettleAsync();
        Assert.Empty(Faults(cluster));
        var version = cluster.Api.List(Kinds.Pods).Version;
        await cluster.StopAsync();
        cluster.Start();
        await cluster.SettleAsync();
        Assert.Equal(version, cluster.Api.List(Kinds.Pods).Version);
    }

    private static void Operate(TestCluster cluster, Random random)
    {
        var space = Spaces[random.Next(Spaces.Length)];
        var app = Apps[random.Next(Apps.Length)];
        var pods = cluster.List(Kinds.Pods, space);
        var pod = pods.Count > 0 ? pods[random.Next(pods.Count)].Text("metadata", "name")! : "none";
        switch (random.Next(13))
        {
            case 0 or 1:
                cluster.Deploy(app, random.Next(6), @namespace: space);
                break;
            case 2 or 3:
                cluster.Change(Kinds.Deployments, app, body => body["spec"]!["replicas"] = random.Next(6), space);
                break;
            case 4:
                cluster.Change(Kinds.Deployments, app, body => body["spec"]!["template"] = TestCluster.Template(app, $"main:{random.Next(3)}"), space);
                break;
            case 5:
                cluster.Api.Delete(Kinds.Deployments, space, app, new DeleteOptions { Propagation = new[] { "Background", "Foreground", "Orphan" }[random.Next(3)] });
                break;
            case 6:
                cluster.Change(Kinds.Pods, pod, body => body["metadata"]!["labels"]!["app"] = Apps[random.Next(Apps.Length)], space);
                break;
            case 7:
                cluster.Api.Delete(Kinds.Pods, space, pod);
                break;
            case 8:
                cluster.Change(Kinds.Pods, pod, body => body["status"]!["phase"] = "Failed", space, "status");
                break;
            case 9:
                cluster.Create("v1", "Service", app, $$$"""{"spec":{"selector":{"app":"{{{app}}}"},"ports":[{"port":80}]}}""", space);
                break;
            case 10:
                cluster.Api.Delete(Kinds.Services, space, app);
                break;
            case 11 when random.Next(3) == 0:
                cluster.Api.Delete(Kinds.Namespaces, "", space);
                break;
            case 11:
                cluster.Create("v1", "Namespace", space, "{}");
                break;
            default:
                var sets = cluster.List(Kinds.ReplicaSets, space);
                if (sets.Count > 0) cluster.Api.Delete(Kinds.ReplicaSets, space, sets[random.Next(sets.Count)].Text("metadata", "name")!, new DeleteOptions { Propagation = random.Next(2) == 0 ? "Orphan" : "Background" });
                break;
        }
    }

    /// <summary>What is not as it is to be in the end.</summary>
    private static List<string> Faults(TestCluster cluster)
    {
        var faults = new List<string>();
        var sets = cluster.List(Kinds.ReplicaSets, null);
        var pods = cluster.List(Kinds.Pods, null);
        foreach (var space in cluster.List(Kinds.Namespaces))
            if (space.Text("metadata", "deletionTimestamp") is not null) faults.Add($"namespace {Name(space)} does not end");
        foreach (var deployment in cluster.List(Kinds.Deployments, null))
        {
            var wanted = deployment.Number("spec", "replicas")!.Value;
            var own = pods.Where(pod => IsOf(sets.Where(set => IsOf([deployment], set)), pod) && pod.Text("status", "phase") is not "Failed").ToList();
            var image = deployment["spec"]!["template"]!["spec"]!["containers"]![0].Text("image");
            if (own.Count != wanted) faults.Add($"{Name(deployment)} has {own.Count} pods, not {wanted}");
            if (own.Exists(pod => pod["spec"]!["containers"]![0].Text("image") != image)) faults.Add($"{Name(deployment)} has old pods");
            if ((deployment.Number("status", "availableReplicas") ?? 0) != wanted) faults.Add($"{Name(deployment)} counts {deployment.Number("status", "availableReplicas")} available of {wanted}");
            if (deployment.Number("status", "observedGeneration") != deployment.Number("metadata", "generation")) faults.Add($"{Name(deployment)} has not been looked at");
        }

        foreach (var pod in pods)
        {
            if (pod.Text("metadata", "deletionTimestamp") is not null) faults.Add($"pod {Name(pod)} does not end");
            if (pod.Text("spec", "nodeName") is null && pod.Text("status", "phase") != "Failed") faults.Add($"pod {Name(pod)} has no node");
            if (pod.Items("metadata", "ownerReferences").Any() && !IsOf(sets, pod)) faults.Add($"pod {Name(pod)} belongs to nobody");
        }

        foreach (var service in cluster.List(Kinds.Services, null))
        {
            var selected = pods
                .Where(pod => pod.Text("metadata", "namespace") == service.Text("metadata", "namespace") && pod.Text("metadata", "labels", "app") == service.Text("spec", "selector", "app") && pod.Text("status", "phase") == "Running")
                .Select(pod => pod.Text("metadata", "uid")).Order();
            var listed = cluster.List(Kinds.EndpointSlices, service.Text("metadata", "namespace"))
                .Where(slice => slice.Text("metadata", "labels", "kubernetes.io/service-name") == service.Text("metadata", "name"))
                .SelectMany(slice => slice.Items("endpoints")).Select(endpoint => endpoint.Text("targetRef", "uid")).Order();
            if (!selected.SequenceEqual(listed)) faults.Add($"Service {Name(service)} has other endpoints than pods");
        }

        foreach (var slice in cluster.List(Kinds.EndpointSlices, null))
            if (!IsOf(cluster.List(Kinds.Services, slice.Text("metadata", "namespace")), slice)) faults.Add($"slice {Name(slice)} belongs to nobody");
        return faults;
    }

    private static string Name(JsonObject item) => $"{item.Text("metadata", "namespace")}/{item.Text("metadata", "name")}";

    private static bool IsOf(IEnumerable<JsonObject> owners, JsonObject item)
    {
        var uids = item.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid")).ToHashSet();
        return owners.Any(owner => uids.Contains(owner.Text("metadata", "uid")));
    }
}
