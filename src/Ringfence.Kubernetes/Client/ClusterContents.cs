using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Client;

/// <summary>How a cluster is read.</summary>
public sealed record ClusterReadOptions
{
    /// <summary>The namespace that is read alone where the user may not read all.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Whether all namespaces are wanted, or nothing.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>Whether CIDRs are checked as from Kubernetes 1.36, and not as those that the server has taken.</summary>
    public bool StrictCidr { get; init; }

    /// <summary>Gets what the server said of each kind, every object on a line; null where nobody needs that.</summary>
    public Action<ResourceType, ReadOnlyMemory<byte>>? Keep { get; init; }

    /// <summary>Told now and then how many objects have been read.</summary>
    public Action<int>? Progress { get; init; }
}

/// <summary>What a cluster has that is read.</summary>
/// <param name="Objects">The objects, in the order of the server.</param>
/// <param name="Diagnostics">What is wrong with them, and what could not be read.</param>
/// <param name="OnlyNamespace">The namespace that was read alone; null where all were.</param>
public sealed record ClusterContents(ClusterObjects Objects, ImmutableArray<Diagnostic> Diagnostics, string? OnlyNamespace);
