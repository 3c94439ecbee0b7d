using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Endpoints;

/// <summary>An end of a flow, found in the cluster.</summary>
/// <param name="Name">How answers call it: <c>ns/name</c>, an address, a CIDR, <c>external</c>.</param>
public abstract record Endpoint(string Name)
{
    /// <summary>What the user should know about how the name was understood; null where nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>A pod, or all pods of a workload.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pods">The numbers of the pods, at least one.</param>
/// <param name="AsWorkload">Whether the workload was named, so that its replicas count as different pods.</param>
public sealed record PodsEndpoint(string Name, ImmutableArray<int> Pods, bool AsWorkload) : Endpoint(Name);

/// <summary>One address that is no pod's.</summary>
public sealed record AddressEndpoint(string Name, Address Address) : Endpoint(Name);

/// <summary>Addresses outside the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Within">The range; null for all addresses.</param>
public sealed record OutsideEndpoint(string Name, AddressRange? Within) : Endpoint(Name);

/// <summary>All pods of a namespace, or of every namespace.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">The namespace; null for every one.</param>
/// <param name="Pods">The numbers of its pods; may be none.</param>
public sealed record NamespaceEndpoint(string Name, string? Namespace, ImmutableArray<int> Pods) : Endpoint(Name);

/// <summary>Every pod and every address.</summary>
public sealed record EveryoneEndpoint(string Name) : Endpoint(Name);

/// <summary>A Service.</summary>
public sealed record ServiceEndpoint(string Name, Service Service) : Endpoint(Name);
