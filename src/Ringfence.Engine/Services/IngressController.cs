using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>
/// An ingress controller of which is only known that it is a pod, in a namespace of its own: rules for everyone or for every pod of every
/// namespace admit it, those that ask for labels or addresses may.
/// </summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/ingress-controllers/</remarks>
internal static class IngressController
{
    /// <summary>What a pod's ingress admits from the controller.</summary>
    public static Reach Reach(Reachability reachability, int destination)
    {
        var form = reachability.Certain;
        if (form.EntriesOf(destination, Direction.Ingress) is not { } entries) return new Reach(ConnectionSet.All, ConnectionSet.All);
        var (certain, possible) = (ConnectionSet.None, ConnectionSet.None);
        foreach (var entry in entries)
        {
            // A bare podSelector stays in the namespace of its policy.
            if (entry.Peer is { Key.Namespace: not null }) continue;
            var ports = entry.Ports.Resolve(form.PortsOf(destination));
            possible = possible.Union(ports);
            if (entry.Peer is null || entry.Peer.Key is { NamespaceSelector.IsEverything: true, PodSelector.IsEverything: true })
                certain = certain.Union(ports);
        }

        return new Reach(certain, possible);
    }
}
