using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Lab.Daemon;

namespace Ringfence.Lab.Seeding;

/// <summary>Writes the objects of manifests to the API, as <c>kubectl apply</c> does, so that kubectl can go on from there.</summary>
/// <param name="api">The API.</param>
internal sealed class ApiApplier(IObjectApi api)
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly ResourceType Namespaces = ResourceCatalog.OfKind("v1", "Namespace")!;

    // What a server wrote into objects that were read from it.
    private static readonly string[] OfServer =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink", "finalizers"];

    /// <summary>Adds an object, or makes the one that is there like it.</summary>
    /// <returns>What became of it, and the object.</returns>
    /// <exception cref="LabException">The API refuses it.</exception>
    public (ObjectChange Change, StoredObject Stored) Apply(ManifestObject item)
    {
        var wanted = Checked(item);
        AddNamespaceOf(item);
        try
        {
            if (item.Name.Length == 0 || api.Find(item.Type, item.Namespace, item.Name) is not { } known)
            {
                var created = api.Create(item.Type, wanted);
                return (new ObjectChange(NameOf(created), "created"), created);
            }

            var stored = api.Update(item.Type, item.Namespace, item.Name, current => ThreeWayMerge.Merge(current, LastOf(current), wanted));
            return (new ObjectChange(NameOf(stored), stored.Version == known.Version ? "unchanged" : "configured"), stored);
        }
        catch (ApiException refused)
        {
            throw Refused(item, refused);
        }
    }

    /// <summary>Takes an object away, with what it owns.</summary>
    /// <returns>What became of it; null where it is not there.</returns>
    public ObjectChange? Delete(ResourceType type, string @namespace, string name)
    {
        try
        {
            api.Delete(type, @namespace, name, new DeleteOptions { Propagation = "Background" });
            return new ObjectChange(new ObjectName(type.Kind, type.IsNamespaced ? @namespace : "", name), "deleted");
        }
        catch (ApiException refused) when (refused.Code == 404)
        {
            return null;
        }
        catch (ApiException refused)
        {
            throw new LabException($"{type.Kind} {(type.IsNamespaced ? $"{@namespace}/" : "")}{name}: {refused.Message}", refused);
        }
    }

    // Lists of policies seldom come with the namespaces that they are for.
    private void AddNamespaceOf(ManifestObject item)
    {
        if (!item.Type.IsNamespaced || api.Find(Namespaces, "", item.Namespace) is not null) return;
        try
        {
            api.Create(Namespaces, new JsonObject { ["metadata"] = new JsonObject { ["name"] = item.Namespace } });
        }
        catch (ApiException refused) when (refused.Reason == "AlreadyExists")
        {
            // Somebody else was faster.
        }
        catch (ApiException refused)
        {
            throw Refused(item, refused);
        }
    }

    /// <summary>What is sent: the fields of the kind alone, with a note of what was applied.</summary>
    private static JsonObject Checked(ManifestObject item)
    {
        var sent = (JsonObject)item.Value.DeepClone();
        sent.Remove("status");
        var metadata = (JsonObject)sent["metadata"]!;
        foreach (var field in OfServer) metadata.Remove(field);
        if (metadata["annotations"] is JsonObject annotations) annotations.Remove(LastApplied);
        try
        {
            var faults = Strictness.Check(item.Type, Encoding.UTF8.GetBytes(sent.ToJsonString()), out var value);

            // A dump of a newer cluster has fields that are not known here; what a user writes was checked before.
            if (!faults.IsEmpty && item.FormerUid is null) throw new LabException($"{item.File}: {item.Type.Kind} {item.Name}: {string.Join(", ", faults)}");
            var applied = value.ToJsonString(Relaxed) + "\n";
            var own = (JsonObject)value["metadata"]!;
            if (own["annotations"] is not JsonObject kept) own["annotations"] = kept = [];
            kept[LastApplied] = applied;
            return value;
        }
        catch (ApiException refused)
        {
            throw Refused(item, refused);
        }
    }

    private static JsonSerializerOptions Relaxed { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonObject? LastOf(JsonObject current)
    {
        try
        {
            return (string?)current["metadata"]?["annotations"]?[LastApplied] is { } text ? JsonNode.Parse(text) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static LabException Refused(ManifestObject item, ApiException refused) => new(
        $"{item.File}: {item.Type.Kind} {(item.Namespace.Length > 0 ? $"{item.Namespace}/" : "")}{item.Name}: {refused.Message}",
        refused,
        [.. refused.Causes.Select(cause => cause.ToString())]);

    private static ObjectName NameOf(StoredObject item) => new(item.Type.Kind, item.Namespace, item.Name);
}
