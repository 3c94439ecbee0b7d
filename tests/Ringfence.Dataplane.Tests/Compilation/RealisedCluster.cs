using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Dataplane.Tests.Compilation;

/// <summary>A random cluster as it runs: every pod has a node and its own addresses of both families, and each node its ranges.</summary>
internal sealed class RealisedCluster
{
    private const int NodeCount = 3;

    private RealisedCluster(ClusterObjects objects, ImmutableArray<NodeScope> scopes) => (Objects, Scopes) = (objects, scopes);

    public ClusterObjects Objects { get; }

    public ImmutableArray<NodeScope> Scopes { get; }

    public static RealisedCluster Create(ClusterObjects random, Dice dice)
    {
        var nodes = Enumerable.Range(1, NodeCount).Select(number => new Node
        {
            Name = $"node{number}",
            Addresses = [Address.Parse($"172.31.255.{number + 1}"), Address.Parse($"fd00:172:31:255::{number + 1}")],
            PodCidrs = [Prefix.Parse($"10.244.{number}.0/24"), Prefix.Parse($"fd00:10:244:{number}::/64")],
        }).ToImmutableArray();
        var next = new int[NodeCount];
        var pods = new List<Pod>();

        // Workloads without pods get none: only what runs sends packets.
        foreach (var pod in random.Pods.Where(pod => !pod.IsFinished))
        {
            var node = dice.UpTo(NodeCount - 1);
            var host = (++next[node] + 1).ToString("x", CultureInfo.InvariantCulture);
            ImmutableArray<Address> own =
                [Address.Parse($"10.244.{node + 1}.{next[node] + 1}"), Address.Parse($"fd00:10:244:{node + 1}::{host}")];
            pods.Add(pod with
            {
                NodeName = nodes[node].Name,
                Phase = PodPhase.Running,
                Addresses = pod.Network.HostNetwork ? nodes[node].Addresses : own,
                HostAddresses = nodes[node].Addresses,
            });
        }

        var objects = random with { Pods = [.. pods], Nodes = nodes, Workloads = [] };
        return new(objects, [.. nodes.Select(node => Scope(node, objects))]);
    }

    /// <summary>The name of a pod's interface on its node.</summary>
    public static string InterfaceOf(Pod pod) => Names.Of(pod.QualifiedName)[..12];

    /// <summary>The cluster as packets of one family see it.</summary>
    public ClusterObjects Of(IpFamily family)
    {
        return Objects with
        {
            Pods = [.. Objects.Pods.Select(pod => pod with { Addresses = Only(pod.Addresses), HostAddresses = Only(pod.HostAddresses) })],
            Nodes = [.. Objects.Nodes.Select(node => node with { Addresses = Only(node.Addresses) })],
        };

        ImmutableArray<Address> Only(ImmutableArray<Address> addresses) => [.. addresses.Where(address => address.Family == family)];
    }

    private static NodeScope Scope(Node node, ClusterObjects objects) => new(
        node.Name,
        node.PodCidrs,
        [.. from pod in objects.Pods where pod.NodeName == node.Name && !pod.Network.HostNetwork select new LocalPod(pod.Namespace, pod.Name, InterfaceOf(pod))]);
}
