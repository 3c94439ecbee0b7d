using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;

namespace Ringfence.Dataplane.Tests.Nftables;

/// <summary>Short ways to write rules in tests.</summary>
internal static class Build
{
    public static NodeRules RulesOf(IEnumerable<KernelSet> sets, IEnumerable<Chain> chains, params IEnumerable<string> counters) => new(
        sets.ToImmutableSortedDictionary(s => s.Name, s => s, StringComparer.Ordinal),
        chains.ToImmutableSortedDictionary(c => c.Name, c => c, StringComparer.Ordinal),
        counters.ToImmutableSortedSet(StringComparer.Ordinal));

    public static KernelSet Set(string name, SetKind kind, params IEnumerable<ElementKey> keys) =>
        new(name, kind, false, false, [.. keys.Order().Select(k => new SetElement(k))]);

    public static KernelSet Intervals(string name, SetKind kind, params IEnumerable<(ElementKey First, ElementKey Last)> ranges) =>
        new(name, kind, true, false, [.. ranges.OrderBy(r => r.First).Select(r => new SetElement(r.First, r.Last, null))]);

    public static KernelSet Map(string name, SetKind kind, params IEnumerable<(ElementKey Key, string Chain)> entries) =>
        new(name, kind, false, true, [.. entries.OrderBy(e => e.Key).Select(e => new SetElement(e.Key, e.Key, e.Chain))]);

    public static Chain Chain(string name, params ReadOnlySpan<Rule> rules) => new(name, false, [.. rules]);

    public static Chain Base(params ReadOnlySpan<Rule> rules) => new("forward", true, [.. rules]);

    public static RulePart In(string set, params ReadOnlySpan<PacketField> fields) => new MatchSet([.. fields], set);

    public static RulePart NotIn(string set, params ReadOnlySpan<PacketField> fields) => new MatchSet([.. fields], set, Negated: true);

    public static RulePart Ports(byte protocol, int first, int last) => new MatchPorts(protocol, new PortRange(first, last));

    public static readonly RulePart Drop = new Decide(VerdictKind.Drop);

    public static readonly RulePart Accept = new Decide(VerdictKind.Accept);

    public static readonly RulePart Return = new Decide(VerdictKind.Return);

    public static RulePart Goto(string chain) => new Decide(VerdictKind.Goto, chain);

    public static RulePart Jump(string chain) => new Decide(VerdictKind.Jump, chain);

    /// <summary>A key of these fields: an address as text, an interface as text after "=", a protocol or ICMPv6 type as byte, a port as int.</summary>
    public static ElementKey Key(params ReadOnlySpan<object> fields)
    {
        var bytes = new List<byte>();
        foreach (var field in fields)
            bytes.AddRange(field switch
            {
                string name when name.StartsWith('=') => Encoding.ASCII.GetBytes(name[1..].PadRight(16, '\0')),
                string address => IPAddress.Parse(address).GetAddressBytes(),
                byte number => [number, 0, 0, 0],
                int port => Port(port),
                _ => throw new ArgumentException($"no field: {field}", nameof(fields)),
            });
        return new ElementKey([.. bytes]);
    }

    private static byte[] Port(int port)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)port));
        return bytes;
    }
}
