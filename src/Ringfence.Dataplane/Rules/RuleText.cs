using System.Globalization;
using System.Text;

namespace Ringfence.Dataplane.Rules;

/// <summary>Rules in nft's words.</summary>
internal static class RuleText
{
    private const int LongestPrefix = 127;

    /// <summary>A rule on one line: <c>ip saddr @sel1_4 tcp dport 80 return</c>.</summary>
    public static string Of(Rule rule) => string.Join(' ', rule.Parts.Select(Of));

    private static string Of(RulePart part) => part switch
    {
        MatchCtState match => $"ct state {States(match.States)}",
        MatchCtMark match => string.Create(CultureInfo.InvariantCulture, $"ct mark & 0x{match.Mask:x8} != 0x00000000"),
        MatchProtocol match => $"meta l4proto {ElementText.Protocol(match.Number)}",
        MatchPorts match => $"{DestinationPort(match.Protocol)} {match.Ports}",
        MatchPortSet match => $"{DestinationPort(match.Protocol)} @{match.Set}",
        MatchSet match => $"{string.Join(" . ", match.Fields.Select(Of))} {(match.Negated ? "!= " : "")}@{match.Set}",
        MatchHopLimit match => string.Create(CultureInfo.InvariantCulture, $"ip6 hoplimit {match.Value}"),
        Dispatch dispatch => $"{Of(dispatch.Field)} vmap @{dispatch.Map}",
        Count count => $"counter name \"{count.Counter}\"",
        Limit limit => string.Create(CultureInfo.InvariantCulture, $"limit rate {limit.PerSecond}/second burst {limit.Burst} packets"),
        Log log => string.Create(CultureInfo.InvariantCulture, $"log prefix \"{Prefix(log.Prefix)}\" group {log.Group} snaplen {log.CopyBytes}"),
        Decide { Chain: null } decide => Of(decide.Kind),
        Decide decide => $"{Of(decide.Kind)} {decide.Chain}",
        RejectWithReset => "reject with tcp reset",
        Unrecognised foreign => foreign.Expressions,
        _ => throw new ArgumentException($"no such part of a rule: {part}", nameof(part)),
    };

    private static string Of(PacketField field) => field switch
    {
        PacketField.Ipv4Source => "ip saddr",
        PacketField.Ipv4Destination => "ip daddr",
        PacketField.Ipv6Source => "ip6 saddr",
        PacketField.Ipv6Destination => "ip6 daddr",
        PacketField.InInterface => "iifname",
        PacketField.Protocol => "meta l4proto",
        PacketField.DestinationPort => "th dport",
        PacketField.Icmpv6Type => "icmpv6 type",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "no such field"),
    };

    private static string Of(VerdictKind kind) => kind switch
    {
        VerdictKind.Accept => "accept",
        VerdictKind.Drop => "drop",
        VerdictKind.Return => "return",
        VerdictKind.Jump => "jump",
        VerdictKind.Goto => "goto",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such verdict"),
    };

    private static string DestinationPort(byte protocol) => protocol switch
    {
        6 or 17 or 132 => $"{ElementText.Protocol(protocol)} dport",
        _ => $"meta l4proto {ElementText.Protocol(protocol)} th dport",
    };

    private static string States(CtStates states)
    {
        var text = new StringBuilder();
        Add(CtStates.Established, "established");
        Add(CtStates.Related, "related");
        Add(CtStates.New, "new");
        Add(CtStates.Invalid, "invalid");
        return text.ToString();

        void Add(CtStates state, string name)
        {
            if (!states.HasFlag(state)) return;
            if (text.Length > 0) text.Append(',');
            text.Append(name);
        }
    }

    // nft has no escape for a quote, and does not survive prefixes that are too long.
    private static string Prefix(string prefix) =>
        prefix.Length <= LongestPrefix && !prefix.AsSpan().ContainsAnyExceptInRange(' ', '~') && !prefix.AsSpan().ContainsAny('"', '\\', '$')
            ? prefix
            : throw new ArgumentException($"a log prefix has at most {LongestPrefix} printable characters of ASCII and no quotes, backslashes or dollars: {prefix}", nameof(prefix));
}
