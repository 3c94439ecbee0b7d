using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>
/// A cluster compiled to answer questions about reach. Reading is thread-safe; <see cref="Apply"/> is not, and has one caller at a time.
/// </summary>
public sealed partial class Reachability
{
    private readonly List<Pod?> _pods;
    private readonly Lock _building = new();
    private Snapshot _snapshot;
    private CompiledForm _certain;

    // Built when first asked for; never where the input lacks nothing.
    private CompiledForm? _possible;

    private Reachability(Snapshot snapshot)
    {
        _snapshot = snapshot;
        _pods = new List<Pod?>(snapshot.Pods.Length);
        foreach (var pod in snapshot.Pods) _pods.Add(pod.Pod);
        _certain = Build(optimistic: false);
    }

    /// <summary>
    /// The state that the answers are about. After <see cref="Apply"/> it is made anew when it is next asked for, and pods get new numbers then.
    /// </summary>
    public Snapshot Snapshot
    {
        get
        {
            if (_changed) Renumber();
            return _snapshot;
        }
    }

    /// <summary>The pods by number, right after <see cref="Apply"/> too; null where a number is free.</summary>
    internal IReadOnlyList<Pod?> CurrentPods => _pods;

    /// <summary>The lower bound: nothing that the input cannot decide is open.</summary>
    internal CompiledForm Certain => _certain;

    /// <summary>The upper bound: everything that the input cannot decide is open.</summary>
    internal CompiledForm Possible
    {
        get
        {
            if (!_certain.HasUnknowns) return _certain;
            lock (_building) return _possible ??= Build(optimistic: true);
        }
    }

    /// <summary>Compiles a snapshot.</summary>
    public static Reachability Compile(Snapshot snapshot) => new(snapshot);

    /// <summary>Whether a flow between two pods is certainly allowed. Allocates nothing.</summary>
    /// <param name="source">The source's number in the snapshot.</param>
    /// <param name="destination">The destination's number in the snapshot.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="port">The destination's port, 1–65535.</param>
    public bool IsAllowed(int source, int destination, Protocol protocol, int port) =>
        _certain.Allows(source, destination, protocol, port)
        || source == destination
        || ((_certain.IsHost(source) || _certain.IsHost(destination)) && Exemption(Party.OfPod(source), Party.OfPod(destination)) is not null);

    /// <summary>Every connection that one party can open to another; a pod reaches itself, and a pod and its own node each other.</summary>
    public Reach Between(Party source, Party destination) => Exemption(source, destination) is null
        ? BetweenByPolicy(source, destination)
        : new Reach(ConnectionSet.All, ConnectionSet.All);

    /// <summary>
    /// Like <see cref="Between"/>, but by policy alone: without the exemptions for a pod itself and its own node. For a pod on both
    /// sides this is what its replicas can open to each other.
    /// </summary>
    public Reach BetweenByPolicy(Party source, Party destination)
    {
        var certain = Bound(_certain, source, destination);
        return new Reach(certain, certain.IsAll || !_certain.HasUnknowns ? certain : Bound(Possible, source, destination));
    }

    /// <summary>Judges one flow, with reasons.</summary>
    /// <param name="source">Where it starts.</param>
    /// <param name="destination">Where it ends.</param>
    /// <param name="protocol">The protocol; null for one beside TCP, UDP and SCTP.</param>
    /// <param name="port">The destination's port, 1–65535; 0 without a protocol.</param>
    public Verdict Judge(Party source, Party destination, Protocol? protocol, int port) =>
        new Judgement(this, source, destination, protocol, port).Decide();

    /// <summary>The pod with a number, right after <see cref="Apply"/> too.</summary>
    internal Pod PodAt(int number) => _pods[number]!;

    /// <summary>A namespace that is declared or used, right after <see cref="Apply"/> too.</summary>
    internal SnapshotNamespace NamespaceAt(string name) => !_changed ? _snapshot.FindNamespace(name)! : Describe(name);

    /// <summary>Why policy does not concern a flow at all; null where it does.</summary>
    /// <remarks>https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation</remarks>
    public string? Exemption(Party source, Party destination)
    {
        if (source == destination && source.IsPod) return "a pod always reaches itself";
        if (IsOwnNode(source, destination) || IsOwnNode(destination, source)) return "traffic between a pod and its own node is always allowed";
        return null;
    }

    /// <summary>Whether a party is the node that a pod runs on, or is on that node's network.</summary>
    private bool IsOwnNode(Party pod, Party node)
    {
        if (!pod.IsPod || _pods[pod.Pod] is not { } own) return false;
        if (!node.IsPod) return IsNodeAddress(own, node.Address);
        var other = _pods[node.Pod]!;
        if (!other.Network.HostNetwork) return false;
        if (other.NodeName is not null && other.NodeName == own.NodeName) return true;
        foreach (var address in CompiledForm.AddressesOf(other))
            if (IsNodeAddress(own, address)) return true;
        return false;
    }

    private bool IsNodeAddress(Pod pod, Address address) => pod.HostAddresses.Contains(address) || NodeAddresses(pod.NodeName).Contains(address);

    private ImmutableArray<Address> NodeAddresses(string? name)
    {
        if (name is null) return [];
        foreach (var node in _snapshot.Objects.Nodes)
            if (node.Name == name) return node.Addresses;
        return [];
    }

    private static ConnectionSet Bound(CompiledForm form, Party source, Party destination)
    {
        if (!source.IsPod) return destination.IsPod ? form.AdmittedFrom(source.Address, destination.Pod) : ConnectionSet.All;
        if (!destination.IsPod) return form.AdmittedTo(source.Pod, destination.Address);
        var egress = form.Admitted(Direction.Egress, source.Pod, destination.Pod);
        return egress.IsEmpty ? egress : egress.Intersect(form.Admitted(Direction.Ingress, source.Pod, destination.Pod));
    }
}
