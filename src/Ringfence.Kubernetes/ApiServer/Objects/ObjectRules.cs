using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Objects;

/// <summary>What the server itself writes into objects, and what it does not let others write.</summary>
internal static class ObjectRules
{
    /// <summary>The label that tells a namespace's name.</summary>
    /// <remarks>https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name</remarks>
    public const string NamespaceName = "kubernetes.io/metadata.name";

    private static readonly string[] OfServer = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields", "selfLink"];

    /// <summary>Whether objects of a kind have a status of their own, written apart.</summary>
    public static bool HasStatus(ResourceType type) => type.Subresources.Contains("status");

    /// <summary>Whether this is a kind of the core group.</summary>
    public static bool IsCore(this ResourceType type, string kind) => type.Group.Length == 0 && type.Kind == kind;

    /// <summary>Makes a new object the server's: with an identity, without a past.</summary>
    public static void PrepareNew(ResourceType type, JsonObject value, DateTimeOffset now)
    {
        var metadata = Meta.Of(value);
        foreach (var field in OfServer) metadata.Remove(field);
        metadata.Remove("resourceVersion");
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Meta.Time(now);
        if (HasGeneration(type, value)) metadata["generation"] = 1;
        // A node registers itself with its status; everything else gets one later.
        if (HasStatus(type) && !type.IsCore("Node")) value.Remove("status");
        if (type.IsCore("Pod")) value["status"] = new JsonObject { ["phase"] = "Pending" };
        if (!type.IsCore("Namespace")) return;
        (value["spec"] as JsonObject ?? (JsonObject)(value["spec"] = new JsonObject())).SetTexts("finalizers", ["kubernetes"]);
        value["status"] = new JsonObject { ["phase"] = "Active" };
        NameNamespace(metadata);
    }

    /// <summary>Keeps of the old state what the writer may not change.</summary>
    /// <exception cref="ApiException">The writer means another object or version.</exception>
    public static void PrepareUpdate(ResourceType type, JsonObject value, JsonObject old, string? subresource)
    {
        var (metadata, before) = (Meta.Of(value), Meta.Of(old));
        var name = before.Text("name");
        if (metadata.Text("resourceVersion") is { Length: > 0 } version && version != before.Text("resourceVersion"))
            throw Refusal.Modified(type, name);
        if (metadata.Text("uid") is { Length: > 0 } uid && uid != before.Text("uid"))
            throw Refusal.Conflict(type, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Text("uid")}");
        if (subresource == "status")
        {
            var status = value["status"]?.DeepClone();
            Become(value, old);
            if (status is not null) value["status"] = status;
            else value.Remove("status");
            return;
        }

        if (subresource == "ephemeralcontainers")
        {
            var containers = (value["spec"] as JsonObject)?["ephemeralContainers"]?.DeepClone();
            Become(value, old);
            if (containers is not null) (value["spec"] as JsonObject)!["ephemeralContainers"] = containers;
            else (value["spec"] as JsonObject)!.Remove("ephemeralContainers");
            return;
        }

        foreach (var field in OfServer) metadata.Keep(before, field);
        foreach (var field in (string[])["name", "namespace", "generateName"]) metadata.Keep(before, field);
        metadata["resourceVersion"] = before.Text("resourceVersion");
        value["kind"] = type.Kind;
        value["apiVersion"] = type.ApiVersion;
        // A pod gets its node and the condition that says so at once.
        if (HasStatus(type) && subresource != "binding") value.Keep(old, "status");
        if (Meta.IsDeleting(old) && metadata.Texts("finalizers").Except(before.Texts("finalizers")).ToList() is { Count: > 0 } added)
        {
            throw Refusal.Invalid(type, name, [new FieldError(
                FieldErrorType.FieldValueForbidden, "metadata.finalizers", null,
                $"no new finalizers can be added if the object is being deleted, found new finalizers [{string.Join(", ", added.Select(each => $"\"{each}\""))}]")]);
        }

        if (!type.IsCore("Namespace")) return;
        if (subresource != "finalize") value.Keep(old, "spec");
        NameNamespace(metadata);
    }

    /// <summary>Counts up <c>metadata.generation</c> where what is wanted has changed.</summary>
    public static void CountGeneration(ResourceType type, JsonObject value, JsonObject old)
    {
        if (!HasGeneration(type, value)) return;
        var metadata = Meta.Of(value);
        var isSame = !value.Select(each => each.Key).Union(old.Select(each => each.Key))
            .Any(field => field is not ("metadata" or "kind" or "apiVersion") && !(field == "status" && (type.Custom is null || HasStatus(type))) && !JsonNode.DeepEquals(value[field], old[field]));
        if (!isSame) metadata["generation"] = (Meta.Of(old).Number("generation") ?? 0) + 1;
    }

    private static void Become(JsonObject value, JsonObject old)
    {
        foreach (var field in value.Select(each => each.Key).ToList()) value.Remove(field);
        foreach (var (field, node) in old) value[field] = node?.DeepClone();
    }

    private static bool HasGeneration(ResourceType type, JsonObject value) =>
        type.Custom is not null
        || (type.Group.Length > 0 && type.Kind is not ("Lease" or "Event" or "HorizontalPodAutoscaler") && (value.ContainsKey("spec") || type.Kind == "EndpointSlice"));

    private static void NameNamespace(JsonObject metadata)
    {
        if (metadata["labels"] is not JsonObject labels) metadata["labels"] = labels = [];
        labels[NamespaceName] = metadata.Text("name");
    }
}
