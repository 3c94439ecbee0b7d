using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>A custom resource definition, read for use.</summary>
/// <param name="Group">The group of its kind.</param>
/// <param name="Plural">The kind's name in paths.</param>
/// <param name="Names">The names that it asks for.</param>
/// <param name="Accepted">The names that it was given.</param>
/// <param name="Types">Its versions that are served; none while its names are not accepted.</param>
/// <param name="Stored">The version in which objects are kept.</param>
internal sealed record Definition(string Group, string Plural, DefinitionNames Names, DefinitionNames Accepted, ImmutableArray<ResourceType> Types, ResourceType Stored)
{
    /// <summary>The kind of definitions themselves.</summary>
    public static ResourceType Kind { get; } = ResourceCatalog.OfKind("apiextensions.k8s.io/v1", "CustomResourceDefinition")!;

    /// <summary>What holds a definition that is being deleted until its objects are gone.</summary>
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    /// <summary>Gives a definition the names that follow from its kind's, where it says nothing else.</summary>
    public static void NameFully(JsonObject value)
    {
        if ((value["spec"] as JsonObject)?["names"] is not JsonObject names || names.Text("kind") is not { Length: > 0 } kind) return;
        if (names.Text("singular").Length == 0) names["singular"] = kind.ToLowerInvariant();
        if (names.Text("listKind").Length == 0) names["listKind"] = kind + "List";
    }

    /// <summary>Reads a definition; null where it has no version, which the server does not take.</summary>
    public static Definition? Read(JsonObject value)
    {
        if (value["spec"] is not JsonObject spec) return null;
        var versions = (spec["versions"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        if (versions.Find(version => IsTrue(version, "storage")) is not { } storage) return null;
        var (group, names, accepted) = (spec.Text("group"), DefinitionNames.Read(spec["names"]), DefinitionNames.Read(value["status"]?["acceptedNames"]));
        var isTerminating = Meta.IsDeleting(value);
        ResourceType TypeOf(JsonObject version) => new(group, version.Text("name"), names.Kind, names.Plural, spec.Text("scope") == "Namespaced")
        {
            Singular = names.Singular,
            ListKind = names.ListKind,
            ShortNames = accepted.ShortNames,
            Categories = names.Categories,
            Subresources = [.. ((string[])["scale", "status"]).Where(part => version["subresources"] is JsonObject parts && parts[part] is JsonObject)],
            Custom = CustomVersion.Read(version, $"{group}/{storage.Text("name")}", isTerminating),
        };

        var types = versions.Select(TypeOf).OrderBy(type => type.Version, VersionOrder.Best).ToList();
        var served = versions.Where(version => IsTrue(version, "served")).Select(version => version.Text("name")).ToHashSet();
        return new Definition(
            group, names.Plural, names, accepted,
            DefinitionStatus.IsTrue(value, "Established") ? [.. types.Where(type => served.Contains(type.Version))] : [],
            types.Find(type => type.Version == storage.Text("name"))!);
    }

    private static bool IsTrue(JsonObject value, string field) => value[field] is JsonValue flag && flag.TryGetValue(out bool isTrue) && isTrue;
}

/// <summary>The names of a kind.</summary>
internal sealed record DefinitionNames(string Plural, string Singular, string Kind, string ListKind, ImmutableArray<string> ShortNames, ImmutableArray<string> Categories)
{
    /// <summary>Reads names.</summary>
    public static DefinitionNames Read(JsonNode? node)
    {
        var names = node as JsonObject;
        return new DefinitionNames(
            names.Text("plural"), names.Text("singular"), names.Text("kind"), names.Text("listKind"), [.. names.Texts("shortNames")], [.. names.Texts("categories")]);
    }
}

/// <summary>Versions by how good they are: <c>v2</c>, <c>v1</c>, <c>v1beta2</c>, <c>v1alpha1</c>, and then others by name.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority</remarks>
internal sealed class VersionOrder : IComparer<string>
{
    /// <summary>The best first.</summary>
    public static VersionOrder Best { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (left, right) = (Read(x ?? ""), Read(y ?? ""));
        if (left is null || right is null) return left is null && right is null ? string.CompareOrdinal(x, y) : left is null ? 1 : -1;
        return right.Value.CompareTo(left.Value);
    }

    private static (int Stage, int Major, int Minor)? Read(string version)
    {
        if (version is not ['v', >= '1' and <= '9', ..]) return null;
        var digits = version[1..].TakeWhile(char.IsAsciiDigit).Count();
        if (!int.TryParse(version.AsSpan(1, digits), out var major)) return null;
        var rest = version[(1 + digits)..];
        if (rest.Length == 0) return (2, major, 0);
        foreach (var (word, stage) in ((string, int)[])[("alpha", 0), ("beta", 1)])
            if (rest.StartsWith(word, StringComparison.Ordinal) && rest.AsSpan(word.Length) is var number && number is [>= '1' and <= '9', ..] && int.TryParse(number, out var minor))
                return (stage, major, minor);
        return null;
    }
}
