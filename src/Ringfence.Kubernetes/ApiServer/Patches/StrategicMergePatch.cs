using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Patches;

/// <summary>Kubernetes' own patches (<c>application/strategic-merge-patch+json</c>), which merge lists by key.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/</remarks>
public static class StrategicMergePatch
{
    /// <summary>A patched copy.</summary>
    /// <param name="type">The object's kind, which knows the keys of its lists.</param>
    /// <param name="value">The object; it is left as it is.</param>
    /// <param name="patch">The patch as UTF-8 JSON.</param>
    /// <exception cref="ApiException">400: the patch is no patch.</exception>
    public static JsonObject Apply(ResourceType type, JsonObject value, ReadOnlyMemory<byte> patch) => MergePatch.Apply(value, patch);
}
