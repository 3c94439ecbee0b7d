using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;
using static Ringfence.Dataplane.Rules.PacketField;

namespace Ringfence.Dataplane.Tests.Nftables;

/// <summary>Random states of a table that have much in common with each other: the same few names, keys and rules come and go.</summary>
internal sealed class RandomRules(int seed)
{
    private static readonly (string Name, SetKind Kind, bool IsInterval, PacketField[] Fields)[] Sets =
    [
        ("a4", SetKind.Ipv4, false, [Ipv4Source]),
        ("b4", SetKind.Ipv4, false, [Ipv4Destination]),
        ("a6", SetKind.Ipv6, false, [Ipv6Source]),
        ("range4", SetKind.Ipv4, true, [Ipv4Source]),
        ("block4", SetKind.Ipv4, true, [Ipv4Destination]),
        ("range6", SetKind.Ipv6, true, [Ipv6Destination]),
        ("port", SetKind.Port, true, [DestinationPort]),
        ("pair4", SetKind.Ipv4Pair, false, [Ipv4Source, Ipv4Destination]),
        ("named4", SetKind.Ipv4Port, false, [Ipv4Destination, Protocol, DestinationPort]),
        ("named6", SetKind.Ipv6Port, false, [Ipv6Destination, Protocol, DestinationPort]),
        ("veth", SetKind.Interface, false, [InInterface]),
        ("own6", SetKind.InterfaceIpv6, false, [InInterface, Ipv6Source]),
        ("nd", SetKind.Icmpv6Type, false, [Icmpv6Type]),
    ];

    private readonly Random _random = new(seed);

    public NodeRules Next()
    {
        var sets = Sets.Where(_ => _random.Next(8) > 0).ToList();
        var counters = Enumerable.Range(0, 4).Where(_ => Coin()).Select(i => $"count{i}").ToList();
        var chains = Enumerable.Range(0, 6).Where(_ => Coin()).Select(i => $"chain{i}").ToList();
        var maps = new[] { ("eg4", SetKind.Ipv4, Ipv4Source), ("in6", SetKind.Ipv6, Ipv6Destination) }.Where(_ => Coin()).ToList();

        // A chain jumps to those behind it only, so there are no loops.
        var made = chains.Select((name, at) => new Chain(name, false, Rules(sets, counters, chains[(at + 1)..]))).ToList();
        var dispatch = maps.Select(m => Rule.Of(new Dispatch(m.Item3, m.Item1)));
        made.Add(new Chain("forward", true, [.. Rules(sets, counters, chains), .. dispatch]));
        return Build.RulesOf(
            [
                .. sets.Select(s => new KernelSet(s.Name, s.Kind, s.IsInterval, false, [.. s.IsInterval ? Ranges(s.Kind) : Keys(s.Kind)])),
                .. maps.Select(m => new KernelSet(m.Item1, m.Item2, false, true, chains.Count == 0 ? [] : [.. Keys(m.Item2).Select(e => e with { Chain = Pick(chains) })])),
            ],
            made,
            counters);
    }

    private bool Coin() => _random.Next(3) > 0;

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private ImmutableArray<SetElement> Keys(SetKind kind) =>
        [.. Enumerable.Range(0, _random.Next(12)).Select(_ => Key(kind, (byte)_random.Next(1, 10))).Distinct().Order().Select(k => new SetElement(k))];

    private static ElementKey Key(SetKind kind, byte number) => kind switch
    {
        SetKind.Ipv4 => Build.Key($"10.0.0.{number}"),
        SetKind.Ipv6 => Build.Key($"fd00::{number}"),
        SetKind.Ipv4Pair => Build.Key($"10.0.0.{number}", "10.0.0.7"),
        SetKind.Ipv4Port => Build.Key($"10.0.0.{number % 4}", number % 2 == 0 ? (byte)6 : (byte)17, 80 + number),
        SetKind.Ipv6Port => Build.Key($"fd00::{number % 4}", number % 2 == 0 ? (byte)6 : (byte)132, 80 + number),
        SetKind.Interface => Build.Key($"=veth{number}"),
        SetKind.InterfaceIpv6 => Build.Key($"=veth{number}", $"fd00::{number}"),
        _ => Build.Key((byte)(130 + number)),
    };

    // Borders are drawn from a few, the first and last key among them, each in two places side by side: ranges of one state do not touch, ranges of two may.
    private ImmutableArray<SetElement> Ranges(SetKind kind)
    {
        var borders = Enumerable.Range(0, 24).Where(_ => _random.Next(3) == 0).ToList();
        if (borders.Count % 2 == 1) borders.RemoveAt(_random.Next(borders.Count));
        return [.. borders.Chunk(2).Select(b => Range(Border(kind, b[0]), b[1] < 23 && _random.Next(4) == 0 ? null : Border(kind, b[1])))];
    }

    private static SetElement Range(ElementKey first, ElementKey? last) => new(first, last ?? first, null);

    private ElementKey Border(SetKind kind, int number)
    {
        var beside = _random.Next(2);
        return kind switch
        {
            SetKind.Port => Build.Key(number == 23 ? 65535 : (number * 256) + beside),
            SetKind.Ipv4 => Build.Key(number == 23 ? "255.255.255.255" : $"{number * 8}.0.{number % 3}.{254 * (number % 2) + beside}"),
            _ => Build.Key(number == 23 ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : $"{number * 16:x}::ffff:{beside}"),
        };
    }

    private ImmutableArray<Rule> Rules(List<(string Name, SetKind Kind, bool IsInterval, PacketField[] Fields)> sets, List<string> counters, List<string> targets) =>
        [.. Enumerable.Range(0, _random.Next(5)).Select(_ => OneRule(sets, counters, targets))];

    private Rule OneRule(List<(string Name, SetKind Kind, bool IsInterval, PacketField[] Fields)> sets, List<string> counters, List<string> targets)
    {
        var parts = ImmutableArray.CreateBuilder<RulePart>();
        if (_random.Next(4) == 0) parts.Add(new MatchCtState(Pick([CtStates.Invalid, CtStates.New | CtStates.Established, CtStates.Related])));
        if (_random.Next(6) == 0) parts.Add(new MatchCtMark(1u << _random.Next(32)));
        if (sets.Count > 0 && Coin())
        {
            var set = Pick(sets);
            if (set.Kind == SetKind.Port) parts.Add(new MatchPortSet(Pick<byte>([6, 17, 132]), set.Name));
            else parts.Add(new MatchSet([.. set.Fields], set.Name, _random.Next(4) == 0));
            if (set.Kind is not (SetKind.Port or SetKind.Icmpv6Type) && _random.Next(3) == 0) parts.Add(Build.Ports(Pick<byte>([6, 17, 132]), 80, 80 + _random.Next(3)));
        }

        if (counters.Count > 0 && Coin()) parts.Add(new Count(Pick(counters)));
        if (_random.Next(4) == 0)
        {
            parts.Add(new Limit(_random.Next(1, 100), _random.Next(1, 50)));
            parts.Add(new Log($"ringfence {_random.Next(4)}", 10, 128));
        }

        if (targets.Count > 0 && Coin()) parts.Add(Coin() ? Build.Jump(Pick(targets)) : Build.Goto(Pick(targets)));
        else if (Coin() || parts.Count == 0) parts.Add(Pick([Build.Drop, Build.Accept, Build.Return]));
        return new Rule(parts.ToImmutable());
    }
}
