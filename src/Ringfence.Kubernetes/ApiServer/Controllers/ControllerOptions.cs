using System.Collections.Immutable;
using System.Net;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>How the controllers of a server run.</summary>
public sealed record ControllerOptions
{
    /// <summary>The kinds that the server serves: what is watched, deleted with its namespace, and known as an owner.</summary>
    public ImmutableArray<ResourceType> Types { get; init; } = [.. ResourceCatalog.All.Where(type => type.Group != "events.k8s.io")];

    /// <summary>Where the API server itself is reached: the endpoints of the Service <c>default/kubernetes</c>. Empty: there is no such Service.</summary>
    public ImmutableArray<IPEndPoint> ApiEndpoints { get; init; } = [];

    /// <summary>The certificates, in PEM, that clients in pods are to trust; null: namespaces get no <c>kube-root-ca.crt</c>.</summary>
    public string? RootCertificates { get; init; }

    /// <summary>The ranges that cluster addresses of Services are from, the preferred family first.</summary>
    public ServiceRanges Services { get; init; } = ServiceRanges.Default;

    /// <summary>How long events are kept.</summary>
    public TimeSpan EventsKept { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Names of controllers that do not run, such as <c>default-scheduler</c>.</summary>
    public ImmutableArray<string> Disabled { get; init; } = [];
}
