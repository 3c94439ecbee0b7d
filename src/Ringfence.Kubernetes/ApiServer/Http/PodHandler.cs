using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Streaming;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers the subresources that only create something: a pod's binding and eviction, a service account's token; and a pod's streams.</summary>
/// <param name="api">The objects.</param>
/// <param name="authenticator">Makes tokens.</param>
/// <param name="runtime">What runs pods; null where nothing does.</param>
/// <param name="time">Tells the time.</param>
internal sealed class PodHandler(ObjectApi api, Authenticator authenticator, IPodRuntime? runtime, TimeProvider time)
{
    private const long DefaultTokenSeconds = 3600;
    private const long ShortestTokenSeconds = 600;
    private static readonly ResourceType Pods = ResourceCatalog.OfKind("v1", "Pod")!;
    private static readonly ResourceType Accounts = ResourceCatalog.OfKind("v1", "ServiceAccount")!;

    /// <summary>Whether a subresource is a stream.</summary>
    public static bool IsStream(string subresource) => subresource is "exec" or "attach" or "portforward" or "log";

    /// <summary>Answers a stream.</summary>
    public Task StreamAsync(HttpContext context, string @namespace, string name, string subresource) =>
        PodStreaming.ServeAsync(context, subresource, api.Find(Pods, @namespace, name) ?? throw Refusal.NotFound(Pods, name), runtime);

    /// <summary>Puts a pod on a node.</summary>
    public async Task BindAsync(HttpContext context, string @namespace, string name)
    {
        var node = ((await RequestBody.ReadObjectAsync(context))?["target"] as JsonObject).Text("name");
        if (node.Length == 0) throw Refusal.BadRequest("target.name is missing: the node");
        api.Update(Pods, @namespace, name, pod =>
        {
            if (pod["spec"] is not JsonObject spec) pod["spec"] = spec = [];
            if (spec.Text("nodeName") is { Length: > 0 } already) throw Refusal.Conflict(Pods, name, $"pod {name} is already assigned to node \"{already}\"");
            if (Meta.IsDeleting(pod)) throw Refusal.Conflict(Pods, name, $"pod {name} is being deleted, cannot be assigned to a host");
            spec["nodeName"] = node;
            return pod;
        }, new WriteOptions { Subresource = "binding", DryRun = context.Request.Query.IsDryRun() });
        await Answer.WriteAsync(context, StatusCodes.Status201Created, StatusDocument.Success());
    }

    /// <summary>Deletes a pod, as one who drains a node asks for.</summary>
    public async Task EvictAsync(HttpContext context, string @namespace, string name)
    {
        var eviction = await RequestBody.ReadObjectAsync(context) ?? [];
        api.Delete(Pods, @namespace, name, DeleteHandler.Read(eviction["deleteOptions"] as JsonObject, context.Request.Query));
        await Answer.WriteAsync(context, StatusCodes.Status201Created, StatusDocument.Success());
    }

    /// <summary>Makes a token for a service account.</summary>
    public async Task IssueTokenAsync(HttpContext context, string @namespace, string name)
    {
        var account = api.Find(Accounts, @namespace, name) ?? throw Refusal.NotFound(Accounts, name);
        var request = await RequestBody.ReadObjectAsync(context) ?? [];
        if (request["spec"] is not JsonObject spec) request["spec"] = spec = [];
        var seconds = Math.Clamp(spec.Number("expirationSeconds") ?? DefaultTokenSeconds, ShortestTokenSeconds, (long)TimeSpan.FromDays(3650).TotalSeconds);
        var expiry = time.GetUtcNow().AddSeconds(seconds);
        spec["expirationSeconds"] = seconds;
        request["kind"] = "TokenRequest";
        request["apiVersion"] = "authentication.k8s.io/v1";
        request["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace, ["creationTimestamp"] = Meta.Time(time.GetUtcNow()) };
        request["status"] = new JsonObject { ["token"] = authenticator.Issue(account, spec.Texts("audiences"), expiry), ["expirationTimestamp"] = Meta.Time(expiry) };
        await Answer.WriteAsync(context, StatusCodes.Status201Created, request);
    }
}
