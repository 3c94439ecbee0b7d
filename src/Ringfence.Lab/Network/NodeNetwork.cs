using System.Collections.Immutable;
using Ringfence.Dataplane.Links;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Planning;
using Ringfence.Model;

namespace Ringfence.Lab.Network;

/// <summary>A namespace on the underlay that sends packets on: a node, or the outside.</summary>
internal sealed class NodeNetwork : IDisposable
{
    private readonly RouteSocket _socket;

    // Loopback and the way out have the first numbers.
    private int _lastLink = LinkNames.First;

    private NodeNetwork(NetworkNamespace network)
    {
        Namespace = network;
        _socket = RouteSocket.Open(network);
    }

    public NetworkNamespace Namespace { get; }

    /// <summary>Makes the namespace, without links.</summary>
    public static NodeNetwork Create()
    {
        var network = NetworkNamespace.Create();
        try
        {
            Sysctl.Write(network, Switches.Router);
            return new NodeNetwork(network);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Makes changes of one's own.</summary>
    public void Commit(RouteBatch batch) => _socket.Commit(batch);

    /// <summary>Lays the links of pods, this side of them up: what a pod sends is judged by rules that are there already.</summary>
    public void AddPods(IReadOnlyList<(PlannedPod Pod, PodNetwork Network)> pods)
    {
        var batch = new RouteBatch();
        foreach (var (pod, network) in pods)
        {
            var link = ++_lastLink;
            batch.AddVeth(new NewLink(pod.Interface!, link, LinkNames.Gateway), network.Namespace, LinkNames.PodLink);
            batch.SetUp(link);
            foreach (var address in pod.Pod.Addresses)
            {
                batch.SetNeighbour(link, address, LinkNames.Pod);
                batch.SetRoute(new Route(new Prefix(address, Address.Bits(address.Family)), link));
            }
        }

        _socket.Commit(batch);
    }

    /// <summary>Cuts the links of pods.</summary>
    public void RemovePods(IEnumerable<PlannedPod> pods)
    {
        var batch = new RouteBatch();
        foreach (var pod in pods) batch.RemoveLink(pod.Interface!);
        _socket.Commit(batch);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        Namespace.Dispose();
    }
}
