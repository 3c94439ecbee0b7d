using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Lab.Seeding;

/// <summary>
/// Lets the objects of a dump keep their owners though all get new identities: controllers find the pods that they would have made, and make no others.
/// </summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/</remarks>
internal sealed class OwnerAdoption
{
    private const string HashLabel = "pod-template-hash";

    private static readonly ResourceType Deployments = ResourceCatalog.OfKind("apps/v1", "Deployment")!;
    private static readonly ResourceType ReplicaSets = ResourceCatalog.OfKind("apps/v1", "ReplicaSet")!;

    private readonly Dictionary<string, string> _uids = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Kind, string Namespace, string Name), string> _owners = [];
    private readonly Dictionary<(string Namespace, string Name), ManifestObject> _deployments = [];

    /// <summary>The objects together with the ReplicaSets that stand between Deployments and pods of a dump, where those are left out of it.</summary>
    public static ImmutableArray<ManifestObject> Complete(ImmutableArray<ManifestObject> objects)
    {
        var known = objects.Where(item => item.Type.Equals(ReplicaSets)).Select(item => (item.Namespace, item.Name)).ToHashSet();
        var deployments = objects.Where(item => item.Type.Equals(Deployments)).ToDictionary(item => (item.Namespace, item.Name));
        var made = new List<ManifestObject>();
        foreach (var pod in objects.Where(item => item.Type.Kind == "Pod"))
        {
            if (Controller(pod.Metadata) is not { } owner || (string?)owner["kind"] != "ReplicaSet" || (string?)owner["name"] is not { } name) continue;
            var hash = (string?)pod.Metadata["labels"]?[HashLabel];
            if (hash is null || !name.EndsWith($"-{hash}", StringComparison.Ordinal)) continue;
            if (!deployments.TryGetValue((pod.Namespace, name[..^(hash.Length + 1)]), out var deployment) || !known.Add((pod.Namespace, name))) continue;
            made.Add(ReplicaSetOf(deployment, name, hash, (string?)owner["uid"]));
        }

        return made.Count == 0 ? objects : [.. objects.Where(item => item.Type.Kind != "Pod"), .. made, .. objects.Where(item => item.Type.Kind == "Pod")];
    }

    /// <summary>Remembers an object by what it was called before.</summary>
    public void Learn(ManifestObject item, StoredObject stored)
    {
        var uid = (string?)stored.Parse()["metadata"]?["uid"] ?? "";
        if (item.FormerUid is { } former) _uids[former] = uid;
        _owners[(item.Type.Kind, item.Namespace, item.Name)] = uid;
        if (item.Type.Equals(Deployments)) _deployments[(item.Namespace, item.Name)] = item;
    }

    /// <summary>The object with its owners as they are here; those that are not here own it no more, or it would be taken away as an orphan.</summary>
    public ManifestObject Adopt(ManifestObject item)
    {
        if (item.Metadata["ownerReferences"] is not JsonArray owners) return item;
        var adopted = (JsonObject)item.Value.DeepClone();
        var metadata = (JsonObject)adopted["metadata"]!;
        var kept = new JsonArray();
        foreach (var owner in owners.OfType<JsonObject>())
        {
            var uid = (string?)owner["uid"] is { } former && _uids.TryGetValue(former, out var now) ? now
                : _owners.GetValueOrDefault(((string?)owner["kind"] ?? "", item.Namespace, (string?)owner["name"] ?? ""));
            if (uid is null) continue;
            var reference = (JsonObject)owner.DeepClone();
            reference["uid"] = uid;
            kept.Add((JsonNode)reference);
        }

        if (kept.Count > 0) metadata["ownerReferences"] = kept;
        else metadata.Remove("ownerReferences");
        return item with { Value = adopted };
    }

    private static ManifestObject ReplicaSetOf(ManifestObject deployment, string name, string hash, string? uid)
    {
        var spec = deployment.Value["spec"];
        var template = (JsonObject)spec!["template"]!.DeepClone();
        var selector = (JsonObject)spec["selector"]!.DeepClone();
        Label(Child(template, "metadata"), "labels", hash);
        Label(selector, "matchLabels", hash);
        var metadata = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = deployment.Namespace,
            ["labels"] = template["metadata"]!["labels"]!.DeepClone(),
            ["annotations"] = new JsonObject { ["deployment.kubernetes.io/revision"] = "1" },
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["name"] = deployment.Name, ["uid"] = deployment.FormerUid ?? "", ["controller"] = true, ["blockOwnerDeletion"] = true,
            }),
        };
        if (uid is not null) metadata["uid"] = uid;
        return new ManifestObject(
            ReplicaSets,
            new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = "ReplicaSet",
                ["metadata"] = metadata,
                ["spec"] = new JsonObject { ["replicas"] = spec["replicas"]?.DeepClone() ?? 1, ["selector"] = selector, ["template"] = template },
            },
            deployment.File);
    }

    private static JsonObject Child(JsonObject value, string name)
    {
        if (value[name] is JsonObject child) return child;
        value[name] = child = [];
        return child;
    }

    private static void Label(JsonObject value, string field, string hash) => Child(value, field)[HashLabel] = hash;

    private static JsonObject? Controller(JsonObject metadata) =>
        (metadata["ownerReferences"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(owner => owner["controller"] is JsonValue flag && flag.TryGetValue(out bool isController) && isController);
}
