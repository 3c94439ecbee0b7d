using System.Runtime.InteropServices;
using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>One peer of one rule with the rule's ports: the unit that a query looks at.</summary>
/// <remarks>The common port lists (everything, or one range of one protocol) lie in the entry itself: a query then touches no other object.</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Entry
{
    private readonly PortSpec _ports;

    // The peer's classes; null for everyone.
    private readonly ColumnSet? _columns;
    private readonly ushort _first;
    private readonly ushort _last;

    // Bit per protocol; 0 where the port list is not simple.
    private readonly byte _protocols;

    public Entry(PortSpec ports, Peer? peer)
    {
        (_ports, Peer, _columns) = (ports, peer, peer?.Columns);
        if (ports.HasNames) return;
        var numbers = ports.Numbers;
        PortRange? range = null;
        byte protocols = 0;
        foreach (var protocol in (ReadOnlySpan<Protocol>)[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
        {
            var ranges = numbers.Ports(protocol);
            if (ranges.IsEmpty) continue;
            if (ranges.Length > 1 || (range is not null && range != ranges[0])) return;
            range = ranges[0];
            protocols |= (byte)(1 << (int)protocol);
        }

        if (range is null) return;
        (_first, _last, _protocols) = ((ushort)range.Value.First, (ushort)range.Value.Last, protocols);
    }

    /// <summary>The peer; null for everyone.</summary>
    public Peer? Peer { get; }

    public PortSpec Ports => _ports;

    /// <summary>Whether the peer matches a class.</summary>
    public bool Matches(int column) => _columns is null || _columns.Contains(column);

    /// <summary>Whether peer and ports admit a connection to a destination with these named ports. The cheaper test comes first.</summary>
    public bool Admits(int column, Protocol protocol, int port, PortSignature destination)
    {
        if (_protocols != 0)
            return (_protocols >> (int)protocol & 1) != 0 && (uint)(port - _first) <= (uint)(_last - _first) && Matches(column);
        return Matches(column) && _ports.Resolve(destination).Contains(protocol, port);
    }
}

/// <summary>A rule with its peers looked up.</summary>
/// <param name="Rule">The rule as written.</param>
/// <param name="Ports">Its ports.</param>
/// <param name="Peers">Its peers in the order written; empty for everyone.</param>
internal sealed record CompiledRule(PolicyRule Rule, PortSpec Ports, Peer[] Peers);

/// <summary>A policy with its rules looked up. Rules of a direction that it does not affect are inert and left out.</summary>
internal sealed class CompiledPolicy(int id, NetworkPolicy policy, CompiledRule[] ingress, CompiledRule[] egress)
{
    public int Id { get; } = id;

    public NetworkPolicy Policy { get; } = policy;

    public Entry[] IngressEntries { get; } = Flatten(ingress, Direction.Ingress);

    public Entry[] EgressEntries { get; } = Flatten(egress, Direction.Egress);

    /// <summary>The classes that it selects.</summary>
    public List<int> Selected { get; } = [];

    public CompiledRule[] Rules(Direction direction) => direction == Direction.Ingress ? ingress : egress;

    public Entry[] Entries(Direction direction) => direction == Direction.Ingress ? IngressEntries : EgressEntries;

    private static Entry[] Flatten(CompiledRule[] rules, Direction direction)
    {
        var entries = new List<Entry>(rules.Length);
        foreach (var rule in rules)
        {
            if (rule.Peers.Length == 0) entries.Add(new Entry(rule.Ports, null));
            foreach (var peer in rule.Peers)
                if (PortsFor(rule.Ports, peer, direction) is { } ports) entries.Add(new Entry(ports, peer));
        }

        return [.. entries];
    }

    /// <summary>The ports of a rule for one peer: a name means nothing at an address. Null where nothing is left.</summary>
    private static PortSpec? PortsFor(PortSpec ports, Peer peer, Direction direction) =>
        direction == Direction.Ingress || peer.Key.Block is null || !ports.HasNames ? ports
        : ports.Numbers.IsEmpty ? null
        : ports.WithoutNames();
}

/// <summary>The policies that select a class, by number in rising order, and what they admit together. Shared by all classes that they select alike.</summary>
internal sealed class RuleSet
{
    public RuleSet(CompiledPolicy[] policies)
    {
        Policies = policies;
        Ingress = Join(policies, Direction.Ingress);
        Egress = Join(policies, Direction.Egress);
    }

    public CompiledPolicy[] Policies { get; }

    /// <summary>What may come in; null where no policy isolates for ingress.</summary>
    public Entry[]? Ingress { get; }

    /// <summary>What may go out; null where no policy isolates for egress.</summary>
    public Entry[]? Egress { get; }

    /// <summary>How many classes have it.</summary>
    public int Uses { get; set; }

    public Entry[]? Entries(Direction direction) => direction == Direction.Ingress ? Ingress : Egress;

    private static Entry[]? Join(CompiledPolicy[] policies, Direction direction)
    {
        var affecting = 0;
        Entry[]? only = null;
        foreach (var policy in policies)
            if (policy.Policy.Affects(direction))
            {
                affecting++;
                only = policy.Entries(direction);
            }

        if (affecting <= 1) return only;
        var all = new List<Entry>();
        foreach (var policy in policies)
            if (policy.Policy.Affects(direction)) all.AddRange(policy.Entries(direction));
        return [.. all];
    }
}

/// <summary>Compares lists of policies by their members.</summary>
internal sealed class PolicyListComparer : IEqualityComparer<CompiledPolicy[]>
{
    public static readonly PolicyListComparer Instance = new();

    public bool Equals(CompiledPolicy[]? x, CompiledPolicy[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(CompiledPolicy[] obj)
    {
        var hash = 17;
        foreach (var policy in obj) hash = unchecked((hash * 0x01000193) ^ policy.Id);
        return hash;
    }
}
