using System.Collections.Immutable;
using Ringfence.Dataplane.Links;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Planning;
using Ringfence.Model;

namespace Ringfence.Lab.Network;

/// <summary>A pod's namespace: one interface, whose other end is on the node, and everything leads there.</summary>
internal sealed class PodNetwork : IDisposable
{
    private PodNetwork(NetworkNamespace network) => Namespace = network;

    public NetworkNamespace Namespace { get; }

    /// <summary>Makes the namespace, without a link.</summary>
    public static PodNetwork Create()
    {
        var network = new PodNetwork(NetworkNamespace.Create());
        try
        {
            Sysctl.Write(network.Namespace, Switches.Everywhere);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Switches the interface on, once it is there: from here on packets can leave.</summary>
    public void Connect(ImmutableArray<Address> addresses)
    {
        var batch = new RouteBatch();
        batch.SetUp(LinkNames.Loopback);
        batch.SetUp(LinkNames.First);
        foreach (var address in addresses)
        {
            var gateway = LabAddresses.Gateway(address.Family);
            batch.AddAddress(LinkNames.First, address, Address.Bits(address.Family));
            batch.SetNeighbour(LinkNames.First, gateway, LinkNames.Gateway);
            batch.SetRoute(new Route(new Prefix(Address.Min(address.Family), 0), LinkNames.First, gateway));
        }

        using var socket = RouteSocket.Open(Namespace);
        socket.Commit(batch);
    }

    /// <inheritdoc/>
    public void Dispose() => Namespace.Dispose();
}
