using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>What all nodes have alike: the chain on the forward hook, and those for revoked flows and spoofed sources.</summary>
/// <remarks>
/// Traffic of the node itself does not pass the forward hook, and is thereby exempt:
/// https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
/// </remarks>
internal static class BaseChain
{
    public const string NeighbourDiscovery = "nd";
    public const string ListenerDiscovery = "mld";
    public const string Multicast = "multicast6";
    public const string GuardCounter = "d_guard";
    public const string SpoofCounter = "d_spoof";
    public const string RevokedCounter = "d_revoked";
    public const int LogBytes = 128;

    private const byte Tcp = 6;

    // Router and neighbour discovery with redirects, and listener discovery: conntrack does not follow them, and no pod's IPv6 works without.
    private static readonly ImmutableArray<byte> NeighbourTypes = [133, 134, 135, 136, 137];
    private static readonly ImmutableArray<byte> ListenerTypes = [130, 131, 132, 143];
    private static readonly Prefix AllMulticast = Prefix.Parse("ff00::/8");

    // RFC 4861, section 7.1: what has this has passed no router. Here it is seen on bridges alone, so nobody sends other things far under its types.
    private const byte OnLink = 255;

    private static readonly ImmutableArray<PacketField> AddressFields =
        [PacketField.Ipv4Source, PacketField.Ipv4Destination, PacketField.Ipv6Source, PacketField.Ipv6Destination];

    public static void AddSets(SetTable sets)
    {
        sets.Hash(NeighbourDiscovery, SetKind.Icmpv6Type, () => NeighbourTypes.Select(type => new ElementKey([type])));
        sets.Hash(ListenerDiscovery, SetKind.Icmpv6Type, () => ListenerTypes.Select(type => new ElementKey([type])));
        sets.Add(SetTable.Intervals(Multicast, IpFamily.V6, [new AddressRange(AllMulticast.First, AllMulticast.Last)]));
    }

    public static IEnumerable<string> Counters => [GuardCounter, SpoofCounter, RevokedCounter];

    public static IEnumerable<Chain> Chains(RuleOptions options)
    {
        yield return new Chain("forward", IsBase: true, [.. Forward(options)]);
        yield return new Chain("revoked", IsBase: false, [Rule.Of(new MatchProtocol(Tcp), new RejectWithReset()), Rule.Of(new Decide(VerdictKind.Drop))]);
        yield return new Chain("spoof", IsBase: false,
        [
            Rule.Of(new MatchSet([PacketField.InInterface, PacketField.Ipv4Source], "own4"), new Decide(VerdictKind.Return)),
            Rule.Of(new MatchSet([PacketField.InInterface, PacketField.Ipv6Source], "own6"), new Decide(VerdictKind.Return)),
            Rule.Of(new Count(SpoofCounter), new Decide(VerdictKind.Drop)),
        ]);
    }

    private static IEnumerable<Rule> Forward(RuleOptions options)
    {
        yield return Rule.Of(new MatchSet([PacketField.Icmpv6Type], NeighbourDiscovery), new MatchHopLimit(OnLink), new Decide(VerdictKind.Accept));
        yield return Rule.Of(
            new MatchSet([PacketField.Icmpv6Type], ListenerDiscovery), new MatchSet([PacketField.Ipv6Destination], Multicast), new Decide(VerdictKind.Accept));

        // Before what is established: a pod that speaks with another's address speaks in the other's flows.
        yield return Rule.Of(new MatchSet([PacketField.InInterface], "veth"), new Decide(VerdictKind.Jump, "spoof"));
        yield return Rule.Of(new MatchCtMark(options.RevokedMark), new Count(RevokedCounter), new Decide(VerdictKind.Goto, "revoked"));
        yield return Rule.Of(new MatchCtState(CtStates.Established | CtStates.Related), new Decide(VerdictKind.Accept));
        foreach (var field in AddressFields)
        {
            var suffix = field is PacketField.Ipv4Source or PacketField.Ipv4Destination ? "4" : "6";

            // A pod's address comes in by the pod's own interface and by no other way.
            yield return Rule.Of(
                new MatchSet([field], $"local{suffix}"),
                field is PacketField.Ipv4Source or PacketField.Ipv6Source
                    ? new MatchSet([PacketField.InInterface, field], $"own{suffix}", Negated: true)
                    : new MatchSet([field], $"known{suffix}", Negated: true),
                new Count(GuardCounter), new Decide(VerdictKind.Drop));
        }

        yield return Rule.Of(new MatchSet([PacketField.Ipv4Source, PacketField.Ipv4Destination], "self4"), new Decide(VerdictKind.Accept));
        yield return Rule.Of(new MatchSet([PacketField.Ipv6Source, PacketField.Ipv6Destination], "self6"), new Decide(VerdictKind.Accept));
        yield return Rule.Of(new Dispatch(PacketField.Ipv4Source, MapName(Direction.Egress, IpFamily.V4)));
        yield return Rule.Of(new Dispatch(PacketField.Ipv6Source, MapName(Direction.Egress, IpFamily.V6)));
        yield return Rule.Of(new Dispatch(PacketField.Ipv4Destination, MapName(Direction.Ingress, IpFamily.V4)));
        yield return Rule.Of(new Dispatch(PacketField.Ipv6Destination, MapName(Direction.Ingress, IpFamily.V6)));
        if (options.LogAllowed)
            yield return Rule.Of(
                new MatchCtState(CtStates.New), new Limit(options.LogsPerSecond, options.LogsPerSecond),
                new Log("ringfence A - 0", NodeRules.AllowedGroup, LogBytes));
    }

    /// <summary>The verdict map of a direction and family.</summary>
    public static string MapName(Direction direction, IpFamily family) => Short(direction) + SetTable.Suffix(family);

    /// <summary>How names of kernel objects call a direction.</summary>
    public static string Short(Direction direction) => direction == Direction.Egress ? "eg" : "in";
}
