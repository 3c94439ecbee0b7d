using System.Runtime.InteropServices;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine.Comparison;

/// <summary>
/// Numbers for what rules mean, the same for every compiled form over the same workloads: a set of peers by the workloads and addresses that it
/// holds, a rule by peers and ports, a list of rules by its rules. Equal numbers admit the same.
/// </summary>
internal sealed class RuleBook
{
    /// <summary>The peers of a rule without peers.</summary>
    public const int Everyone = -1;

    private readonly Dictionary<PeerMeaning, int> _peerIds = [];
    private readonly Dictionary<(int Peers, PortSpec Ports), int> _ruleIds = [];
    private readonly Dictionary<RuleList, int> _listIds = [];
    private readonly List<int[]> _members = [];
    private readonly List<(int Peers, PortSpec Ports)> _rules = [];
    private readonly List<int[]> _lists = [];

    /// <summary>The number of peers that hold these workloads, in rising order, and these addresses.</summary>
    public int Peers(int[] workloads, IpBlock? block) => Number(_peerIds, _members, new PeerMeaning(workloads, block), workloads);

    /// <summary>The number of a rule.</summary>
    public int Rule(int peers, PortSpec ports) => Number(_ruleIds, _rules, (peers, ports), (peers, ports));

    /// <summary>The number of a list of rules, by their numbers.</summary>
    public int List(IEnumerable<int> rules)
    {
        int[] sorted = [.. rules.Distinct().Order()];
        return Number(_listIds, _lists, new RuleList(sorted), sorted);
    }

    /// <summary>The rules of a list.</summary>
    public int[] Rules(int list) => _lists[list];

    /// <summary>The peers of a rule.</summary>
    public int PeersOf(int rule) => _rules[rule].Peers;

    /// <summary>Whether a rule asks the destination what port a name means.</summary>
    public bool HasNames(int rule) => _rules[rule].Ports.HasNames;

    /// <summary>The workloads that peers hold, in rising order; not for <see cref="Everyone"/>.</summary>
    public int[] Members(int peers) => _members[peers];

    private static int Number<TKey, TValue>(Dictionary<TKey, int> known, List<TValue> values, TKey key, TValue value)
        where TKey : notnull
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(known, key, out var exists);
        if (exists) return id;
        values.Add(value);
        return id = values.Count - 1;
    }

    private static int Hash(ReadOnlySpan<int> numbers)
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(numbers));
        return hash.ToHashCode();
    }

    private readonly struct PeerMeaning(int[] workloads, IpBlock? block) : IEquatable<PeerMeaning>
    {
        private readonly int[] _workloads = workloads;
        private readonly IpBlock? _block = block;

        public bool Equals(PeerMeaning other) => _workloads.AsSpan().SequenceEqual(other._workloads) && Equals(_block, other._block);

        public override bool Equals(object? obj) => obj is PeerMeaning other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(Hash(_workloads), _block);
    }

    private readonly struct RuleList(int[] rules) : IEquatable<RuleList>
    {
        private readonly int[] _rules = rules;

        public bool Equals(RuleList other) => _rules.AsSpan().SequenceEqual(other._rules);

        public override bool Equals(object? obj) => obj is RuleList other && Equals(other);

        public override int GetHashCode() => Hash(_rules);
    }
}
