using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>
/// The compiled form of a cluster: pods fall into classes, peers into sets of classes, policies into shared rule sets. The relation "who
/// reaches whom" stays factored: a class has its rule set, whose entries point to sets of classes.
/// </summary>
/// <remarks>
/// What the input lacks is decided one way throughout: in an optimistic form whatever may match does, else it does not. As rules only ever
/// allow, the two forms are the bounds of the truth.
/// </remarks>
internal sealed partial class CompiledForm
{
    private readonly bool _optimistic;
    private readonly List<PodClass> _classes = [];
    private readonly List<Peer?> _peers = [];

    // By class: what a query touches, and no more.
    private Entry[]?[] _ingress = new Entry[]?[64];
    private Entry[]?[] _egress = new Entry[]?[64];
    private PortSignature[] _ports = new PortSignature[64];
    private bool[] _isHost = new bool[64];

    // Where the pods of each class begin, and the pods; null until asked for, and after changes.
    private Tuple<int[], int[]>? _podsByClass;

    // By pod: its class, or -1 for none.
    private int[] _classOf;

    /// <summary>Whether some answer may depend on what the input lacks.</summary>
    public bool HasUnknowns => _lacksLabels || (_lacksPodAddresses && _addresses.MayHoldPods) || (_lacksNodeAddresses && !_addresses.IsEmpty);

    /// <summary>Whether a pod is on its host's network.</summary>
    public bool IsHost(int pod) => _isHost[_classOf[pod]];

    public IReadOnlyList<PodClass> Classes => _classes;

    /// <summary>The peers in use.</summary>
    public IEnumerable<Peer> Peers => _peers.OfType<Peer>();

    /// <summary>What enforcement was told of this form.</summary>
    public Enforcement.Descriptions Descriptions { get; } = new();

    /// <summary>The class of a pod.</summary>
    public PodClass ClassOf(int pod) => _classes[_classOf[pod]];

    /// <summary>Whether policy lets a flow between two pods through. Allocates nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Allows(int source, int destination, Protocol protocol, int port)
    {
        var classes = _classOf;
        var from = classes[source];
        var to = classes[destination];
        var egress = _egress[from];
        if (egress is not null && !Admits(egress, to, protocol, port, to)) return false;
        var ingress = _ingress[to];
        return ingress is null || Admits(ingress, from, protocol, port, to);
    }

    /// <summary>What one direction admits between two pods: everything where the pod judged is not isolated.</summary>
    public ConnectionSet Admitted(Direction direction, int source, int destination)
    {
        var (from, to) = (_classOf[source], _classOf[destination]);
        return direction == Direction.Egress ? AdmittedByClass(_egress[from], to, _ports[to]) : AdmittedByClass(_ingress[to], from, _ports[to]);
    }

    /// <summary>What a pod's egress admits to an address that is no pod's.</summary>
    public ConnectionSet AdmittedTo(int source, Address destination) =>
        AdmittedByAddress(_egress[_classOf[source]], destination, PortSignature.Empty);

    /// <summary>What a pod's ingress admits from an address that is no pod's.</summary>
    public ConnectionSet AdmittedFrom(Address source, int destination)
    {
        var to = _classOf[destination];
        return AdmittedByAddress(_ingress[to], source, _ports[to]);
    }

    /// <summary>The pods of a class. Sorted by class once after each change.</summary>
    public ReadOnlySpan<int> PodsOf(int podClass)
    {
        var (starts, pods) = LazyInitializer.EnsureInitialized(ref _podsByClass, SortPods);
        return pods.AsSpan(starts[podClass]..starts[podClass + 1]);
    }

    /// <summary>The policies that select a pod, by number; none for a pod on the host's network.</summary>
    public CompiledPolicy[] PoliciesOf(int pod) => ClassOf(pod).Rules?.Policies ?? [];

    /// <summary>Whether a peer matches a pod.</summary>
    public bool Matches(Peer peer, int pod) => peer.Columns.Contains(_classOf[pod]);

    private bool Admits(Entry[] entries, int column, Protocol protocol, int port, int destination)
    {
        var ports = _ports[destination];
        for (var i = 0; i < entries.Length; i++)
            if (entries[i].Admits(column, protocol, port, ports)) return true;
        return false;
    }

    private static ConnectionSet AdmittedByClass(Entry[]? entries, int column, PortSignature destination)
    {
        if (entries is null) return ConnectionSet.All;
        var result = ConnectionSet.None;
        foreach (ref readonly var entry in entries.AsSpan())
            if (entry.Matches(column)) result = result.Union(entry.Ports.Resolve(destination));
        return result;
    }

    private static ConnectionSet AdmittedByAddress(Entry[]? entries, Address address, PortSignature destination)
    {
        if (entries is null) return ConnectionSet.All;
        var result = ConnectionSet.None;
        foreach (ref readonly var entry in entries.AsSpan())
            if (entry.Peer is null || entry.Peer.Holds(address)) result = result.Union(entry.Ports.Resolve(destination));
        return result;
    }

    private Tuple<int[], int[]> SortPods()
    {
        var starts = new int[_classes.Count + 1];
        foreach (var podClass in _classes) starts[podClass.Id + 1] = starts[podClass.Id] + podClass.Pods;
        var next = starts.AsSpan(0, _classes.Count).ToArray();
        var pods = new int[starts[^1]];
        for (var pod = 0; pod < _classOf.Length; pod++)
            if (_classOf[pod] >= 0) pods[next[_classOf[pod]]++] = pod;
        return Tuple.Create(starts, pods);
    }

    private void SetRules(PodClass podClass, RuleSet? rules)
    {
        if (rules is not null) rules.Uses++;
        if (podClass.Rules is { } old && --old.Uses == 0) _ruleSets.Remove(old.Policies);
        podClass.Rules = rules;
        _ingress[podClass.Id] = rules?.Ingress;
        _egress[podClass.Id] = rules?.Egress;
    }

    private RuleSet Intern(CompiledPolicy[] policies)
    {
        ref var rules = ref CollectionsMarshal.GetValueRefOrAddDefault(_ruleSets, policies, out _);
        return rules ??= new RuleSet(policies);
    }
}
