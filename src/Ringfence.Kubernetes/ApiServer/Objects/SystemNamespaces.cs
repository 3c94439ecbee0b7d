using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Objects;

/// <summary>The namespaces that every cluster has.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces</remarks>
internal static class SystemNamespaces
{
    private static readonly string[] Names = ["default", "kube-node-lease", "kube-public", "kube-system"];

    /// <summary>Adds those that are missing.</summary>
    public static void Ensure(IObjectApi api)
    {
        var type = ResourceCatalog.OfKind("v1", "Namespace")!;
        foreach (var name in Names)
            if (api.Find(type, "", name) is null) api.Create(type, new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
    }
}
