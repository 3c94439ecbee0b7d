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

    // By pod: its class, or -1 for none.
    private int[] _classOf;

    /// <summary>Whether some answer may depend on what the input lacks.</summary>
    public bool HasUnknowns => _lacksLabels || (_lacksAddresses && !_addresses.IsEmpty);

    public IReadOnlyList<PodClass> Classes => _classes;

    /// <summary>The peers in use.</summary>
    public IEnumerable<Peer> Peers => _peers.OfType<Peer>();

    /// <summary>The class of a pod.</summary>
    public PodClass ClassOf(int pod) => _classes[_classOf[pod]];

    /// <summary>Whether a pod is on its host's network.</summary>
    public bool IsOnHost(int pod) => _isHost[_classOf[pod]];

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

    /// <summary>The policies that select a pod, by number; none for a pod on the host's network.</summary>
    public CompiledPolicy[] PoliciesOf(int pod) => ClassOf(pod).Rules?.Policies ?? [];

    /// <summary>Whether a peer matches a pod.</summary>
    public bool Matches(Peer peer, int pod) => peer.Columns.Contains(_classOf[pod]);

    private bool Admits(Entry[] entries, int column, Protocol protocol, int port, int destination)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            // The ports first: they mostly lie in the entry, while the columns are two objects away.
            ref readonly var entry = ref entries[i];
            if (entry.MayAdmit(protocol, port) && entry.HasColumn(column) && entry.Admits(protocol, port, _ports[destination])) return true;
        }

        return false;
    }

    private static ConnectionSet AdmittedByClass(Entry[]? entries, int column, PortSignature destination)
    {
        if (entries is null) return ConnectionSet.All;
        var result = ConnectionSet.None;
        foreach (ref readonly var entry in entries.AsSpan())
            if (entry.HasColumn(column)) result = result.Union(entry.Ports.Resolve(destination));
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
