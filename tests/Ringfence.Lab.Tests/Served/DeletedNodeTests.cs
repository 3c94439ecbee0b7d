using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Xunit;

namespace Ringfence.Lab.Tests.Served;

/// <summary>Somebody deletes a Node from the API of a lab.</summary>
public sealed class DeletedNodeTests
{
    private static readonly ResourceType Leases = ResourceCatalog.OfKind("coordination.k8s.io/v1", "Lease")!;

    [Fact]
    public async Task Node_IsRegisteredAgain_AndItsPodsGoOn()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var run = await ServedLabs.StartAsync(new LabOptions { Name = "deleted-node" }, cancellation);
        run.Api.Create(ServedLabs.Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "shop" } });
        run.Api.Create(ServedLabs.Pods, ServedLabs.Pod("shop", "web", "node-1", []));
        await run.AwaitAsync(cancellation);
        var (before, pod) = (run.Api.Find(ServedLabs.Nodes, "", "node-1")!.Parse(), run.Lab.Cluster.Pods["shop/web"]);

        run.Api.Delete(ServedLabs.Nodes, "", "node-1");

        await Polling.UntilAsync(() => OwnerOfLease() is { } owner && owner == UidOfNode(), "node and lease are there again");
        await run.AwaitAsync(cancellation);
        var after = run.Api.Find(ServedLabs.Nodes, "", "node-1")!.Parse();
        Assert.NotEqual((string?)before["metadata"]!["uid"], UidOfNode());
        Assert.True(JsonNode.DeepEquals(before["spec"], after["spec"]), "it has the pod ranges that it had");
        Assert.True(JsonNode.DeepEquals(before["metadata"]!["labels"], after["metadata"]!["labels"]));
        Assert.Same(pod.Network, run.Lab.Cluster.Pods["shop/web"].Network);
        Assert.Equal(pod.Pod.Addresses, run.Lab.Cluster.Pods["shop/web"].Pod.Addresses);
        Assert.Equal(["kubelet: the Node node-1 was deleted from the API, and is registered again"], run.Reports);

        string? UidOfNode() => (string?)run.Api.Find(ServedLabs.Nodes, "", "node-1")?.Parse()["metadata"]!["uid"];
        string? OwnerOfLease() => (string?)run.Api.Find(Leases, "kube-node-lease", "node-1")?.Parse()["metadata"]!["ownerReferences"]?[0]?["uid"];
    }
}
