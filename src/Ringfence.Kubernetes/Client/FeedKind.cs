using Ringfence.Kubernetes.ApiServer;

namespace Ringfence.Kubernetes.Client;

/// <summary>A kind that a feed follows.</summary>
/// <param name="Type">The kind.</param>
public sealed record FeedKind(ResourceType Type)
{
    /// <summary>Which of its objects.</summary>
    public ObjectSelection Selection { get; init; } = ObjectSelection.All;

    /// <summary>Whether a cluster may not serve it: then it has none of it, and is asked again now and then.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether its objects know their place, which is their name; a hundred thousand pods save ten megabytes without.</summary>
    public bool KeepsPlaces { get; init; } = true;

    /// <summary>What an agent needs: pods that have not finished, their namespaces, the policies and the nodes.</summary>
    public static IReadOnlyList<FeedKind> OfAgent { get; } =
    [
        new(ReadTypes.Namespaces) { KeepsPlaces = false },
        new(ReadTypes.Nodes) { KeepsPlaces = false },
        new(ReadTypes.NetworkPolicies),
        new(ReadTypes.Pods) { KeepsPlaces = false, Selection = new ObjectSelection { FieldSelector = "status.phase!=Succeeded,status.phase!=Failed" } },
    ];
}
