using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>What the server tells about the kinds that it serves.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api</remarks>
public static class DiscoveryDocuments
{
    private static readonly string[] s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] s_subresourceVerbs = ["get", "patch", "update"];

    /// <summary><c>/api</c>: the versions of the core group.</summary>
    /// <param name="serverAddress">Host and port that clients are to use.</param>
    public static JsonObject CoreVersions(string serverAddress) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = serverAddress }),
    };

    /// <summary><c>/apis</c>: the groups.</summary>
    public static JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. GroupNames().Select(group => (JsonNode)GroupEntry(group))]),
    };

    /// <summary><c>/apis/GROUP</c>: the versions of a group; null where it is not served.</summary>
    public static JsonObject? Group(string group)
    {
        if (!GroupNames().Contains(group)) return null;
        var entry = GroupEntry(group);
        entry.Insert(0, "kind", "APIGroup");
        entry.Insert(1, "apiVersion", "v1");
        return entry;
    }

    /// <summary><c>/api/v1</c> or <c>/apis/GROUP/VERSION</c>: the kinds of a version; null where it is not served.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    public static JsonObject? Resources(string group, string version)
    {
        var types = ResourceCatalog.All.Where(type => type.Group == group && type.Version == version).ToArray();
        if (types.Length == 0) return null;
        var resources = new JsonArray();
        foreach (var type in types)
        {
            var entry = new JsonObject
            {
                ["name"] = type.Plural,
                ["singularName"] = type.Singular,
                ["namespaced"] = type.IsNamespaced,
                ["kind"] = type.Kind,
                ["verbs"] = new JsonArray([.. s_verbs.Select(verb => (JsonNode)verb)]),
            };
            if (type.ShortNames.Length > 0) entry["shortNames"] = new JsonArray([.. type.ShortNames.Select(name => (JsonNode)name)]);
            if (type.Categories.Length > 0) entry["categories"] = new JsonArray([.. type.Categories.Select(name => (JsonNode)name)]);
            resources.Add((JsonNode)entry);
            foreach (var subresource in type.Subresources)
                resources.Add((JsonNode)new JsonObject
                {
                    ["name"] = $"{type.Plural}/{subresource}",
                    ["singularName"] = "",
                    ["namespaced"] = type.IsNamespaced,
                    ["kind"] = type.Kind,
                    ["verbs"] = new JsonArray([.. s_subresourceVerbs.Select(verb => (JsonNode)verb)]),
                });
        }

        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = types[0].ApiVersion,
            ["resources"] = resources,
        };
    }

    /// <summary>
    /// Aggregated discovery, of <c>/api</c> or <c>/apis</c>, as <c>apidiscovery.k8s.io</c>; null where that version of it is not known.
    /// </summary>
    /// <param name="core">Whether it is of <c>/api</c>.</param>
    /// <param name="version"><c>v2</c> or <c>v2beta1</c>.</param>
    public static JsonObject? Aggregated(bool core, string version) => null;

    private static IEnumerable<string> GroupNames() =>
        ResourceCatalog.All.Select(type => type.Group).Where(group => group.Length > 0).Distinct();

    private static JsonObject GroupEntry(string group)
    {
        var versions = ResourceCatalog.All.Where(type => type.Group == group).Select(type => type.Version).Distinct()
            .Select(version => (JsonNode)new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version }).ToArray();
        return new JsonObject { ["name"] = group, ["versions"] = new JsonArray(versions), ["preferredVersion"] = versions[0].DeepClone() };
    }
}
