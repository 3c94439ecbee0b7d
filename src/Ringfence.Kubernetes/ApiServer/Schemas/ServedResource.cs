using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.CustomResources;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>A path that the server answers: a kind's objects, one of their subresources, or a question such as <c>selfsubjectaccessreviews</c>.</summary>
/// <param name="Group">The group of the path; empty for the core group.</param>
/// <param name="Version">The version of the path.</param>
/// <param name="Name">The name in the path, with the subresource after a slash.</param>
/// <param name="Kind">The kind of its bodies, with group and version where they are not those of the path.</param>
/// <param name="IsNamespaced">Whether it is in namespaces.</param>
/// <param name="Verbs">What it allows.</param>
internal sealed record ServedResource(
    string Group, string Version, string Name, (string Group, string Version, string Kind) Kind, bool IsNamespaced, ImmutableArray<string> Verbs)
{
    private static readonly ImmutableArray<string> s_verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly ImmutableArray<string> s_partVerbs = ["get", "patch", "update"];

    /// <summary>Everything that a server answers that serves some kinds, by group, version (the best first) and name.</summary>
    public static ImmutableArray<ServedResource> All(ServedKinds kinds) =>
    [
        .. kinds.All.SelectMany(Of)
            .Concat(ReviewKinds.All.Select(type => new ServedResource(type.Group, type.Version, type.Plural, ("", "", type.Kind), type.IsNamespaced, ["create"])))
            .OrderBy(resource => resource.Group, StringComparer.Ordinal)
            .ThenBy(resource => resource.Version, VersionOrder.Best)
            .ThenBy(resource => resource.Name, StringComparer.Ordinal),
    ];

    /// <summary>The kind; null for a question.</summary>
    public ResourceType? Type { get; init; }

    /// <summary>Group and version of the path.</summary>
    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The name without the subresource.</summary>
    public string Plural => Name.Split('/')[0];

    /// <summary>The subresource; null for the objects themselves.</summary>
    public string? Subresource => Name.Contains('/', StringComparison.Ordinal) ? Name.Split('/')[1] : null;

    /// <summary>Whether all objects of a kind can be deleted in one request. Namespaces cannot, as on any cluster: too much would go at once.</summary>
    public static bool CanDeleteAll(ResourceType type) => type is not { Group: "", Kind: "Namespace" };

    private static IEnumerable<ServedResource> Of(ResourceType type)
    {
        ServedResource Part(string name, (string, string, string) kind, ImmutableArray<string> verbs) =>
            new(type.Group, type.Version, $"{type.Plural}/{name}", kind, type.IsNamespaced, verbs) { Type = type };

        yield return new ServedResource(type.Group, type.Version, type.Plural, ("", "", type.Kind), type.IsNamespaced, CanDeleteAll(type) ? s_verbs : s_verbs.Remove("deletecollection")) { Type = type };
        foreach (var name in type.Subresources)
            yield return Part(name, name == "scale" ? ("autoscaling", "v1", "Scale") : ("", "", type.Kind), name == "finalize" ? ["update"] : s_partVerbs);
        if (type is { Group: "", Kind: "ServiceAccount" }) yield return Part("token", ("authentication.k8s.io", "v1", "TokenRequest"), ["create"]);
        if (type is not { Group: "", Kind: "Pod" }) yield break;
        yield return Part("attach", ("", "", "PodAttachOptions"), ["create", "get"]);
        yield return Part("binding", ("", "", "Binding"), ["create"]);
        yield return Part("ephemeralcontainers", ("", "", "Pod"), s_partVerbs);
        yield return Part("eviction", ("policy", "v1", "Eviction"), ["create"]);
        yield return Part("exec", ("", "", "PodExecOptions"), ["create", "get"]);
        yield return Part("log", ("", "", "Pod"), ["get"]);
    }
}
