using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Engine.Enforcement;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>Compiles what one direction admits at some pods to a chain. Entries admit, so their order means nothing: they are sorted. For one ruleset.</summary>
internal sealed class RulesetCompiler(ImmutableArray<IpFamily> families, RuleOptions options)
{
    private static readonly ImmutableArray<Protocol> Protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    private readonly Dictionary<string, KernelSet> _fixed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PodSet> _ofPods = new(StringComparer.Ordinal);

    /// <summary>Compiles the ruleset.</summary>
    public CompiledRuleset Compile(Direction direction, ImmutableArray<EnforcedEntry> entries)
    {
        // The text says all that the chain does, in the names of sets that say what they hold: two chains with one name are one chain.
        var rules = new SortedDictionary<string, Rule>(StringComparer.Ordinal);
        foreach (var group in entries.Where(entry => entry.Peer?.Block is not null).GroupBy(entry => (entry.Numbers, Names: NamesOf(entry))))
            AddBlocks(rules, direction, [.. group.Select(entry => entry.Peer!.Block!)], group.First());
        foreach (var entry in entries.Where(entry => entry.Peer is null)) AddEntry(rules, direction, entry, null, null);
        foreach (var group in entries.Where(entry => entry.Peer is { Block: null }).GroupBy(entry => (entry.Numbers, Names: NamesOf(entry))))
            foreach (var entry in Joined([.. group])) AddPods(rules, direction, entry);

        var text = string.Join('\n', rules.Keys);
        var id = Names.Of($"{direction} {options.LogsPerSecond} {text}");
        var name = $"{BaseChain.Short(direction)}_{id}";
        var deny = Deny(direction, id);
        if (rules.Count == 0) return new CompiledRuleset(id, new Chain(name, IsBase: false, deny), null, [], []);
        var denied = $"{name}_d";
        Rule[] frame = [Rule.Of(new MatchCtState(CtStates.Invalid), new Decide(VerdictKind.Goto, denied)), Rule.Of(new Decide(VerdictKind.Goto, denied))];
        var main = new Chain(name, IsBase: false, [frame[0], .. rules.Values, frame[1]]);
        return new CompiledRuleset(id, main, new Chain(denied, IsBase: false, deny), [.. _fixed.Values], [.. _ofPods.Values]);
    }

    /// <summary>The counter of a ruleset's denied packets.</summary>
    public static string Counter(Direction direction, string id) => $"d_{BaseChain.Short(direction)}_{id}";

    // Behind the limit only what the limit lets through is logged; the drop stands in a rule of its own.
    private ImmutableArray<Rule> Deny(Direction direction, string id) =>
    [
        Rule.Of(new Count(Counter(direction, id))),
        Rule.Of(
            new Limit(options.LogsPerSecond, options.LogsPerSecond),
            new Log($"ringfence {(direction == Direction.Egress ? "E" : "I")} {id} 0", NodeRules.DeniedGroup, BaseChain.LogBytes)),
        Rule.Of(new Decide(VerdictKind.Drop)),
    ];

    private void AddBlocks(SortedDictionary<string, Rule> rules, Direction direction, ImmutableArray<IpBlock> blocks, EnforcedEntry entry)
    {
        foreach (var family in families)
        {
            var ranges = Ranges.Of(blocks, family);
            if (ranges.Count == 0) continue;
            var set = $"b_{Names.Of(string.Join(',', ranges))}_{SetTable.Suffix(family)}";
            if (!_fixed.ContainsKey(set)) _fixed.Add(set, SetTable.Intervals(set, family, ranges));
            AddEntry(rules, direction, entry, family, new MatchSet([PeerField(direction, family)], set));
        }
    }

    /// <summary>
    /// A few peers have a set each, which other rulesets share. Many with the same ports become one, so that a packet meets one rule and not one
    /// for each of them.
    /// </summary>
    private ImmutableArray<EnforcedEntry> Joined(ImmutableArray<EnforcedEntry> entries) => entries.Length <= options.MostSharedSets
        ? entries
        : [entries[0] with { Peer = EnforcedPeer.Union([.. entries.Select(entry => entry.Peer!)]) }];

    private void AddPods(SortedDictionary<string, Rule> rules, Direction direction, EnforcedEntry entry)
    {
        foreach (var family in families)
        {
            var set = $"s_{Names.Of(entry.Peer!.Text)}_{SetTable.Suffix(family)}";
            _ofPods.TryAdd(set, new PodSet(set, family, PodsOfSet.OfPeer, entry.Peer, null));
            AddEntry(rules, direction, entry, family, new MatchSet([PeerField(direction, family)], set));
        }
    }

    /// <summary>Adds the rules of an entry whose peer is matched already; for one family, or for both where there is no peer.</summary>
    private void AddEntry(SortedDictionary<string, Rule> rules, Direction direction, EnforcedEntry entry, IpFamily? family, MatchSet? peer)
    {
        foreach (var (text, ports) in PortParts(entry.Numbers)) Add(rules, peer, text, ports);
        if (entry.Names.IsEmpty) return;
        foreach (var each in family is { } one ? [one] : families)
        {
            var (set, isPeer) = direction == Direction.Ingress ? (NamedPortsHere(entry.Names, each), false) : NamedPortsThere(entry, each);
            var fields = each == IpFamily.V4
                ? ImmutableArray.Create(PacketField.Ipv4Destination, PacketField.Protocol, PacketField.DestinationPort)
                : [PacketField.Ipv6Destination, PacketField.Protocol, PacketField.DestinationPort];
            Add(rules, isPeer ? null : peer, set, new MatchSet(fields, set));
        }
    }

    private static void Add(SortedDictionary<string, Rule> rules, MatchSet? peer, string text, RulePart? ports)
    {
        var parts = new List<RulePart>(3);
        if (peer is not null) parts.Add(peer);
        if (ports is not null) parts.Add(ports);
        parts.Add(new Decide(VerdictKind.Return));
        rules.TryAdd($"{peer?.Set} {text}", new Rule([.. parts]));
    }

    private IEnumerable<(string Text, RulePart? Part)> PortParts(ConnectionSet numbers)
    {
        if (numbers.IsAll)
        {
            // No match at all: it is for ICMP and every other protocol too.
            yield return ("all", null);
            yield break;
        }

        foreach (var protocol in Protocols)
        {
            var ranges = numbers.Ports(protocol);
            if (ranges.IsEmpty) continue;
            var number = Keys.Number(protocol);
            yield return ranges.Length > 1 ? Several(number, PortSet(ranges))
                : ranges[0] == PortRange.All ? ($"{number}", new MatchProtocol(number))
                : ($"{number} {ranges[0]}", new MatchPorts(number, ranges[0]));
        }

        static (string, RulePart?) Several(byte number, string set) => ($"{number} {set}", new MatchPortSet(number, set));
    }

    private string PortSet(ImmutableArray<PortRange> ranges)
    {
        var set = SetTable.Ports(ranges);
        _fixed.TryAdd(set.Name, set);
        return set.Name;
    }

    /// <summary>The named ports of this node's pods: for ingress the destination is one of them.</summary>
    private string NamedPortsHere(ImmutableArray<(Protocol Protocol, string Name)> names, IpFamily family) =>
        NamedPorts($"here {Text(names)}", names, family, PodsOfSet.OfNode, null);

    /// <summary>The named ports of a peer's pods, or of every pod; the set says the peer too.</summary>
    private (string Set, bool IsPeer) NamedPortsThere(EnforcedEntry entry, IpFamily family) => entry.Peer is null
        ? (NamedPorts($"all {Text(entry.Names)}", entry.Names, family, PodsOfSet.All, null), true)
        : (NamedPorts($"{entry.Peer.Text} {Text(entry.Names)}", entry.Names, family, PodsOfSet.OfPeer, entry.Peer), true);

    private string NamedPorts(string meaning, ImmutableArray<(Protocol Protocol, string Name)> names, IpFamily family, PodsOfSet pods, EnforcedPeer? peer)
    {
        var set = $"n_{Names.Of(meaning)}_{SetTable.Suffix(family)}";
        _ofPods.TryAdd(set, new PodSet(set, family, pods, peer, names));
        return set;
    }

    private static string NamesOf(EnforcedEntry entry) => Text(entry.Names);

    private static string Text(ImmutableArray<(Protocol Protocol, string Name)> names) => string.Join(',', names);

    private static PacketField PeerField(Direction direction, IpFamily family) => (direction, family) switch
    {
        (Direction.Ingress, IpFamily.V4) => PacketField.Ipv4Source,
        (Direction.Ingress, _) => PacketField.Ipv6Source,
        (_, IpFamily.V4) => PacketField.Ipv4Destination,
        _ => PacketField.Ipv6Destination,
    };
}
