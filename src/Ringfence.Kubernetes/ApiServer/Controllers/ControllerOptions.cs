using System.Collections.Immutable;
using System.Net;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>How the controllers of a server run.</summary>
public sealed record ControllerOptions
{
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
