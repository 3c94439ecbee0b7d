using System.Collections.Immutable;
using Ringfence.Agent;
using Ringfence.Dataplane;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Engine;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Lab;

/// <summary>A node of a lab.</summary>
/// <param name="Node">The node as an object, with its addresses and pod ranges.</param>
/// <param name="Network">Its network namespace.</param>
/// <param name="Agent">What enforces there; null where the lab does not enforce.</param>
public sealed record LabNode(Node Node, NetworkNamespace Network, NodeAgent? Agent);

/// <summary>A running pod of a lab.</summary>
/// <param name="Pod">The pod as an object: Running, with addresses and node.</param>
/// <param name="Network">Its network namespace; its node's for a pod on the host's network.</param>
/// <param name="Interface">The name of its interface on the node; null for a pod on the host's network.</param>
public sealed record LabPod(Pod Pod, NetworkNamespace Network, string? Interface);

/// <summary>
/// One machine as a cluster: nodes and pods are network namespaces, an outside namespace stands for the internet. Everything hangs off handles
/// of this process and ends with it.
/// </summary>
public sealed class LabCluster : IAsyncDisposable
{
    /// <summary>How it was asked for.</summary>
    public LabOptions Options { get; }

    /// <summary>What the user asked for, last.</summary>
    public ClusterObjects Input { get; private set; }

    /// <summary>What is there: the input with running pods that have addresses and nodes, Services with cluster addresses, nodes, DNS.</summary>
    public ClusterObjects State { get; private set; }

    /// <summary>The state compiled: what is enforced.</summary>
    public Reachability Reachability { get; private set; }

    /// <summary>The nodes.</summary>
    public ImmutableArray<LabNode> Nodes { get; private set; } = [];

    /// <summary>The pods by namespace and name.</summary>
    public ImmutableSortedDictionary<string, LabPod> Pods { get; private set; } = ImmutableSortedDictionary<string, LabPod>.Empty;

    /// <summary>The addresses of the outside world, where every TCP and UDP port answers.</summary>
    public ImmutableArray<Address> OutsideAddresses { get; private set; } = [];

    /// <summary>The outside world.</summary>
    public NetworkNamespace Outside { get; private set; } = null!;

    /// <summary>Makes probes from its pods and from outside.</summary>
    public IProber Prober { get; private set; } = null!;

    private LabCluster(LabOptions options, ClusterObjects input) =>
        (Options, Input, State, Reachability) = (options, input, input, Reachability.Compile(Snapshot.Create(input)));

    /// <summary>Builds a lab and waits until its pods listen and its policies are in force.</summary>
    /// <param name="options">What it is like.</param>
    /// <param name="input">The objects that it runs.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Gives up; nothing is left.</param>
    /// <exception cref="MachineException">The machine lacks something.</exception>
    public static Task<LabCluster> StartAsync(LabOptions options, ClusterObjects input, IProgress<string>? progress, CancellationToken cancellation) =>
        throw new NotSupportedException(new LabCluster(options, input).ToString());

    /// <summary>Makes the lab run other objects: pods, Services and policies that are new come, those that are gone go, others stay as they are.</summary>
    public Task ApplyAsync(ClusterObjects input, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Takes everything down.</summary>
    public ValueTask DisposeAsync() => default;
}
