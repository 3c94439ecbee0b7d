using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>What the server tells about the kinds that it serves. Every call gives a document of its own.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api</remarks>
public sealed class DiscoveryDocuments
{
    private readonly ImmutableArray<ServedResource> _all;
    private readonly string[] _groups;

    internal DiscoveryDocuments(ServedKinds kinds)
    {
        _all = ServedResource.All(kinds);
        _groups = [.. _all.Select(resource => resource.Group).Where(group => group.Length > 0).Distinct()];
    }

    /// <summary><c>/api</c>: the versions of the core group.</summary>
    /// <param name="serverAddress">Host and port that clients are to use.</param>
    public static JsonObject CoreVersions(string serverAddress) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = serverAddress }),
    };

    /// <summary><c>/apis</c>: the groups.</summary>
    public JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. _groups.Select(group => (JsonNode)GroupEntry(group))]),
    };

    /// <summary><c>/apis/GROUP</c>: the versions of a group; null where it is not served.</summary>
    public JsonObject? Group(string group)
    {
        if (!_groups.Contains(group)) return null;
        var entry = GroupEntry(group);
        entry.Insert(0, "kind", "APIGroup");
        entry.Insert(1, "apiVersion", "v1");
        return entry;
    }

    /// <summary><c>/api/v1</c> or <c>/apis/GROUP/VERSION</c>: the kinds of a version; null where it is not served.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    public JsonObject? Resources(string group, string version)
    {
        var resources = _all.Where(resource => resource.Group == group && resource.Version == version).ToArray();
        return resources.Length == 0 ? null : new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = resources[0].GroupVersion,
            ["resources"] = new JsonArray([.. resources.Select(resource => (JsonNode)ResourceEntry(resource))]),
        };
    }

    /// <summary>
    /// Aggregated discovery, of <c>/api</c> or <c>/apis</c>, as <c>apidiscovery.k8s.io</c>; null where that version of it is not known.
    /// </summary>
    /// <param name="core">Whether it is of <c>/api</c>.</param>
    /// <param name="version"><c>v2</c> or <c>v2beta1</c>.</param>
    public JsonObject? Aggregated(bool core, string version) => version is not ("v2" or "v2beta1") ? null : new JsonObject
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
        ["metadata"] = new JsonObject(),
        ["items"] = new JsonArray([.. (core ? [""] : _groups).Select(group => (JsonNode)AggregatedGroup(group))]),
    };

    private JsonObject GroupEntry(string group)
    {
        var versions = Versions(group).Select(version => (JsonNode)new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version }).ToArray();
        return new JsonObject { ["name"] = group, ["versions"] = new JsonArray(versions), ["preferredVersion"] = versions[0].DeepClone() };
    }

    private static JsonObject ResourceEntry(ServedResource resource)
    {
        var isPart = resource.Subresource is not null;
        var entry = new JsonObject
        {
            ["name"] = resource.Name,
            ["singularName"] = isPart ? "" : Singular(resource),
            ["namespaced"] = resource.IsNamespaced,
        };
        if (resource.Kind.Version.Length > 0) (entry["group"], entry["version"]) = (resource.Kind.Group, resource.Kind.Version);
        entry["kind"] = resource.Kind.Kind;
        entry["verbs"] = Texts(resource.Verbs);
        if (!isPart) AddNames(entry, resource.Type);
        return entry;
    }

    private JsonObject AggregatedGroup(string group) => new()
    {
        ["metadata"] = group.Length == 0 ? [] : new JsonObject { ["name"] = group },
        ["versions"] = new JsonArray([.. Versions(group).Select(version => (JsonNode)new JsonObject
        {
            ["version"] = version,
            ["resources"] = new JsonArray([.. _all
                .Where(resource => resource.Group == group && resource.Version == version)
                .GroupBy(resource => resource.Plural)
                .Select(parts => (JsonNode)AggregatedResource([.. parts]))]),
            ["freshness"] = "Current",
        })]),
    };

    private static JsonObject AggregatedResource(ServedResource[] parts)
    {
        var resource = parts[0];
        var entry = new JsonObject
        {
            ["resource"] = resource.Plural,
            ["responseKind"] = ResponseKind(resource),
            ["scope"] = resource.IsNamespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = Singular(resource),
            ["verbs"] = Texts(resource.Verbs),
        };
        AddNames(entry, resource.Type);
        if (parts.Length > 1)
            entry["subresources"] = new JsonArray([.. parts.Skip(1).Select(part => (JsonNode)new JsonObject
            {
                ["subresource"] = part.Subresource,
                ["responseKind"] = ResponseKind(part),
                ["verbs"] = Texts(part.Verbs),
            })]);
        return entry;
    }

    private static JsonObject ResponseKind(ServedResource resource)
    {
        var (group, version, kind) = resource.Kind;
        if (version.Length == 0) (group, version) = (resource.Group, resource.Version);
        return new JsonObject { ["group"] = group, ["version"] = version, ["kind"] = kind };
    }

    private static string Singular(ServedResource resource) => resource.Type?.Singular ?? resource.Kind.Kind.ToLowerInvariant();

    private static void AddNames(JsonObject entry, ResourceType? type)
    {
        if (type is { ShortNames.Length: > 0 }) entry["shortNames"] = Texts(type.ShortNames);
        if (type is { Categories.Length: > 0 }) entry["categories"] = Texts(type.Categories);
    }

    private IEnumerable<string> Versions(string group) =>
        _all.Where(resource => resource.Group == group).Select(resource => resource.Version).Distinct();

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
