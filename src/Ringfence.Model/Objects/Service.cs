using System.Collections.Immutable;

namespace Ringfence.Model;

/// <summary>A port by number or by name, as <c>targetPort</c> and Ingress backends have it.</summary>
/// <param name="Number">1–65535, or 0 where it is a name.</param>
/// <param name="Name">The name, or null where it is a number.</param>
public readonly record struct PortReference(int Number, string? Name)
{
    /// <summary>The number or the name.</summary>
    public override string ToString() => Name ?? Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A port of a Service.</summary>
/// <param name="Name">Its name; null where it has none.</param>
/// <param name="Port">The Service's own port.</param>
/// <param name="Protocol">The protocol, TCP by default.</param>
/// <param name="TargetPort">The pods' port; the Service's port where not given.</param>
/// <param name="NodePort">The port on every node; null where none is given.</param>
public sealed record ServicePort(string? Name, int Port, Protocol Protocol, PortReference TargetPort, int? NodePort);

/// <summary>A Service.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/service/</remarks>
public sealed record Service : KubernetesObject
{
    /// <inheritdoc/>
    public override string Kind => "Service";

    /// <summary>ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    public string Type { get; init; } = "ClusterIP";

    /// <summary>The labels that the pods behind it have; null where it has no selector (its EndpointSlices say what is behind it).</summary>
    public LabelSet? Selector { get; init; }

    /// <summary>Its ports.</summary>
    public ImmutableArray<ServicePort> Ports { get; init; } = [];

    /// <summary>Its cluster addresses; empty for a headless Service (<c>clusterIP: None</c>) or where not given.</summary>
    public ImmutableArray<Address> ClusterIPs { get; init; } = [];

    /// <summary>The name outside the cluster that it is an alias of; null unless its type is ExternalName.</summary>
    public string? ExternalName { get; init; }

    /// <summary>Whether it is to have no cluster address (<c>clusterIP: None</c>): its name stands for the pods' own addresses.</summary>
    public bool IsHeadless { get; init; }

    /// <summary>Whether a client stays with one endpoint (<c>sessionAffinity: ClientIP</c>).</summary>
    public bool HasClientAffinity { get; init; }

    /// <summary>
    /// Whether pods see the addresses of clients outside (<c>externalTrafficPolicy: Local</c>); else a node may put its own in their place.
    /// </summary>
    /// <remarks>https://kubernetes.io/docs/tutorials/services/source-ip/</remarks>
    public bool KeepsClientAddress { get; init; }
}

/// <summary>An EndpointSlice.</summary>
public sealed record EndpointSlice : KubernetesObject
{
    /// <inheritdoc/>
    public override string Kind => "EndpointSlice";

    /// <summary>The Service it belongs to (label <c>kubernetes.io/service-name</c>); null where it has none.</summary>
    public string? ServiceName { get; init; }

    /// <summary>The addresses of its endpoints that are ready (or do not say), each with the pod that has it (<c>targetRef</c>), if any.</summary>
    public ImmutableArray<(Address Address, string? PodName)> Endpoints { get; init; } = [];

    /// <summary>Its ports: name, number, protocol.</summary>
    public ImmutableArray<ContainerPort> Ports { get; init; } = [];
}

/// <summary>One backend of an Ingress.</summary>
/// <param name="Host">The host; null for any.</param>
/// <param name="Path">The path; null for any.</param>
/// <param name="ServiceName">The Service in the Ingress's namespace.</param>
/// <param name="Port">The Service's port, by number or name.</param>
/// <param name="Location">Where the backend stands.</param>
public sealed record IngressBackend(string? Host, string? Path, string ServiceName, PortReference Port, Location Location);

/// <summary>An Ingress.</summary>
public sealed record Ingress : KubernetesObject
{
    /// <inheritdoc/>
    public override string Kind => "Ingress";

    /// <summary>Its backends, the default backend first; resource backends are left out.</summary>
    public ImmutableArray<IngressBackend> Backends { get; init; } = [];
}
