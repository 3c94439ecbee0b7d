using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>What an Ingress or a LoadBalancer or NodePort Service opens to the outside.</summary>
/// <param name="Via">The object: <c>Ingress ns/name</c>, <c>Service ns/name</c>.</param>
/// <param name="Type">Ingress, LoadBalancer or NodePort.</param>
/// <param name="Entrance">What a client outside asks for: host and path, or the Service's port.</param>
/// <param name="Destination">The workload behind it; null where nothing is.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The pods' port; 0 where nothing is behind it.</param>
/// <param name="Outcome">
/// Whether policy lets it through. For an Ingress: whether it admits a controller of which is only known that it is a pod of some other
/// namespace. For a Service: whether it admits some address outside; the reason says which.
/// </param>
/// <param name="Reason">One sentence.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record Opening(
    string Via, string Type, string Entrance, ViewEntry? Destination, Protocol Protocol, int Port, Outcome Outcome, string Reason, Location Location);
