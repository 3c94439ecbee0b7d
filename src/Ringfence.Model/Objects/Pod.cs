using System.Collections.Immutable;

namespace Ringfence.Model;

/// <summary>A declared container port.</summary>
/// <param name="Name">The port's name; null where it has none.</param>
/// <param name="Port">1–65535.</param>
/// <param name="Protocol">The protocol, TCP by default.</param>
public sealed record ContainerPort(string? Name, int Port, Protocol Protocol);

/// <summary>Where a pod is in its life (<c>status.phase</c>).</summary>
public enum PodPhase : byte
{
    /// <summary>No status in the input: the pod is planned, and taken as running.</summary>
    Planned,

    /// <summary>Accepted, not yet running.</summary>
    Pending,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Finished well; takes no part.</summary>
    Succeeded,

    /// <summary>Finished badly; takes no part.</summary>
    Failed,

    /// <summary>The node does not answer.</summary>
    Unknown,
}

/// <summary>What a policy can see of a pod's spec; shared by pods and workload templates. Equal by content; the hash is computed once.</summary>
public sealed record PodNetworkSpec
{
    /// <summary>No ports, own network.</summary>
    public static readonly PodNetworkSpec Empty = new([], HostNetwork: false);

    // 0 until asked for.
    private int _hash;

    /// <summary>A spec.</summary>
    /// <param name="Ports">The ports of all containers, init containers included, in order.</param>
    /// <param name="HostNetwork">Whether the pod shares its node's network.</param>
    public PodNetworkSpec(ImmutableArray<ContainerPort> Ports, bool HostNetwork) => (this.Ports, this.HostNetwork) = (Ports, HostNetwork);

    /// <summary>The ports of all containers, init containers included, in order.</summary>
    public ImmutableArray<ContainerPort> Ports
    {
        get;
        init
        {
            field = value;
            _hash = 0;
        }
    }

    /// <summary>Whether the pod shares its node's network.</summary>
    public bool HostNetwork
    {
        get;
        init
        {
            field = value;
            _hash = 0;
        }
    }

    /// <summary>
    /// Whether it looks names up elsewhere than at the cluster's name servers: <c>dnsPolicy</c> is <c>None</c>, with servers of its own in <c>dnsConfig</c>, or
    /// <c>Default</c>, with those of its node.
    /// </summary>
    public bool HasOwnDns
    {
        get;
        init
        {
            field = value;
            _hash = 0;
        }
    }

    /// <inheritdoc/>
    public bool Equals(PodNetworkSpec? other) =>
        ReferenceEquals(this, other)
        || (other is not null && HostNetwork == other.HostNetwork && HasOwnDns == other.HasOwnDns && Ports.AsSpan().SequenceEqual(other.Ports.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_hash != 0) return _hash;
        var hash = new HashCode();
        hash.Add(HostNetwork);
        hash.Add(HasOwnDns);
        foreach (var port in Ports) hash.Add(port);
        var result = hash.ToHashCode();
        return _hash = result == 0 ? 1 : result;
    }
}

/// <summary>A pod.</summary>
public sealed record Pod : KubernetesObject
{
    /// <inheritdoc/>
    public override string Kind => "Pod";

    /// <summary>Ports and network mode.</summary>
    public PodNetworkSpec Network { get; init; } = PodNetworkSpec.Empty;

    /// <summary>The images of its containers, init containers left out, in order. Says nothing about reach.</summary>
    public ImmutableArray<string> Images { get; init; } = [];

    /// <summary>The node it runs on; null where not scheduled.</summary>
    public string? NodeName { get; init; }

    /// <summary>The phase.</summary>
    public PodPhase Phase { get; init; }

    /// <summary>Every address of <c>status.podIPs</c> (or <c>podIP</c>), one a family at most on a real cluster.</summary>
    public ImmutableArray<Address> Addresses { get; init; } = [];

    /// <summary>The addresses of its node (<c>status.hostIPs</c> or <c>hostIP</c>).</summary>
    public ImmutableArray<Address> HostAddresses { get; init; } = [];

    /// <summary>True in phase Succeeded or Failed: the pod takes no part, and its address may be used again.</summary>
    public bool IsFinished => Phase is PodPhase.Succeeded or PodPhase.Failed;
}

/// <summary>A Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController, Job or CronJob.</summary>
public sealed record Workload : KubernetesObject
{
    /// <inheritdoc/>
    public override string Kind => WorkloadKind;

    /// <summary>The kind as written.</summary>
    public required string WorkloadKind { get; init; }

    /// <summary>The labels of the pod template.</summary>
    public LabelSet PodLabels { get; init; } = LabelSet.Empty;

    /// <summary>Ports and network mode of the pod template.</summary>
    public PodNetworkSpec Network { get; init; } = PodNetworkSpec.Empty;

    /// <summary>The images of the pod template's containers, init containers left out, in order.</summary>
    public ImmutableArray<string> Images { get; init; } = [];

    /// <summary>The wanted number of pods; null where not given (DaemonSet, Job, CronJob, or defaulted to 1).</summary>
    public int? Replicas { get; init; }
}
