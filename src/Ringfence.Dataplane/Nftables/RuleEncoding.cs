using System.Buffers.Binary;
using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>
/// Turns a rule into the kernel's instructions, as nft itself does, so that <c>nft list</c> shows what was meant. A field of one family or protocol is
/// looked at only after a check of that family or protocol, once a rule.
/// </summary>
internal sealed class RuleEncoding
{
    private const uint FirstRegister = 1;
    private const uint FirstSmallRegister = 8;
    private const byte Ipv4 = 2;
    private const byte Ipv6 = 10;
    private const byte Tcp = 6;
    private const byte Icmpv6 = 58;

    private readonly ImmutableArray<Expression>.Builder _expressions = ImmutableArray.CreateBuilder<Expression>();
    private byte? _family;
    private byte? _protocol;

    private RuleEncoding()
    {
    }

    /// <summary>The instructions of a rule.</summary>
    /// <exception cref="ArgumentException">The rule cannot be written.</exception>
    public static ImmutableArray<Expression> Of(Rule rule)
    {
        var encoding = new RuleEncoding();
        foreach (var part in rule.Parts) encoding.Add(part);
        return encoding._expressions.DrainToImmutable();
    }

    private void Add(RulePart part)
    {
        switch (part)
        {
            case MatchCtState match:
                MatchBits(CtLoad.State, (uint)match.States);
                break;
            case MatchCtMark match:
                MatchBits(CtLoad.Mark, match.Mask);
                break;
            case MatchProtocol match:
                MatchMeta(MetaLoad.Protocol, match.Number);
                _protocol = match.Number;
                break;
            case MatchPorts match:
                MatchPorts(match);
                break;
            case MatchPortSet match:
                NeedProtocol(match.Protocol);
                Load(PacketField.DestinationPort, FirstRegister);
                Add(new Lookup(match.Set, FirstRegister, IsMap: false, Inverted: false));
                break;
            case MatchSet match:
                LoadAll(match.Fields);
                Add(new Lookup(match.Set, FirstRegister, IsMap: false, match.Negated));
                break;
            case MatchHopLimit match:
                NeedFamily(Ipv6);
                Add(new PayloadLoad(PayloadLoad.NetworkHeader, 7, 1, FirstRegister));
                Add(new Compare(FirstRegister, Compare.Equal, Convert.ToHexStringLower([match.Value])));
                break;
            case Dispatch dispatch:
                LoadAll([dispatch.Field]);
                Add(new Lookup(dispatch.Map, FirstRegister, IsMap: true, Inverted: false));
                break;
            case Count count:
                Add(new CountWith(count.Counter));
                break;
            case Limit limit:
                Add(new LimitRate((ulong)limit.PerSecond, 1, (uint)limit.Burst));
                break;
            case Log log:
                Add(new LogTo(log.Group, log.Prefix, (uint)log.CopyBytes));
                break;
            case Decide decide:
                Add(new Verdict(Code(decide.Kind), decide.Chain));
                break;
            case RejectWithReset:
                NeedProtocol(Tcp);
                Add(new Reject(Reject.TcpReset));
                break;
            default:
                throw new ArgumentException($"cannot be written to the kernel: {part}", nameof(part));
        }
    }

    private void Add(Expression expression) => _expressions.Add(expression);

    // Marks and states are numbers of the machine's own byte order, unlike everything that comes from a packet.
    private void MatchBits(uint key, uint bits)
    {
        Add(new CtLoad(key, FirstRegister));
        Add(new Mask(FirstRegister, FirstRegister, Convert.ToHexStringLower(BitConverter.GetBytes(bits)), "00000000"));
        Add(new Compare(FirstRegister, Compare.NotEqual, "00000000"));
    }

    private void MatchMeta(uint key, byte value)
    {
        Add(new MetaLoad(key, FirstRegister));
        Add(new Compare(FirstRegister, Compare.Equal, Convert.ToHexStringLower([value])));
    }

    private void MatchPorts(MatchPorts match)
    {
        NeedProtocol(match.Protocol);
        Load(PacketField.DestinationPort, FirstRegister);
        if (match.Ports.First == match.Ports.Last)
        {
            Add(new Compare(FirstRegister, Compare.Equal, Port(match.Ports.First)));
            return;
        }

        Add(new Compare(FirstRegister, Compare.AtLeast, Port(match.Ports.First)));
        Add(new Compare(FirstRegister, Compare.AtMost, Port(match.Ports.Last)));
    }

    // The fields of a concatenation lie in registers one behind the other, each from a new register of 32 bits.
    private void LoadAll(ImmutableArray<PacketField> fields)
    {
        foreach (var field in fields) Need(field);
        var words = 0u;
        foreach (var field in fields)
        {
            Load(field, words % 4 == 0 ? FirstRegister + (words / 4) : FirstSmallRegister + words);
            words += (Length(field) + 3) / 4;
        }
    }

    private void Load(PacketField field, uint register) => Add(field switch
    {
        PacketField.Ipv4Source => new PayloadLoad(PayloadLoad.NetworkHeader, 12, 4, register),
        PacketField.Ipv4Destination => new PayloadLoad(PayloadLoad.NetworkHeader, 16, 4, register),
        PacketField.Ipv6Source => new PayloadLoad(PayloadLoad.NetworkHeader, 8, 16, register),
        PacketField.Ipv6Destination => new PayloadLoad(PayloadLoad.NetworkHeader, 24, 16, register),
        PacketField.InInterface => new MetaLoad(MetaLoad.InInterface, register),
        PacketField.Protocol => new MetaLoad(MetaLoad.Protocol, register),
        PacketField.DestinationPort => new PayloadLoad(PayloadLoad.TransportHeader, 2, 2, register),
        PacketField.Icmpv6Type => new PayloadLoad(PayloadLoad.TransportHeader, 0, 1, register),
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "no such field"),
    });

    private static uint Length(PacketField field) => field switch
    {
        PacketField.Ipv6Source or PacketField.Ipv6Destination or PacketField.InInterface => 16,
        _ => 4,
    };

    private void Need(PacketField field)
    {
        switch (field)
        {
            case PacketField.Ipv4Source or PacketField.Ipv4Destination:
                NeedFamily(Ipv4);
                break;
            case PacketField.Ipv6Source or PacketField.Ipv6Destination:
                NeedFamily(Ipv6);
                break;
            case PacketField.Icmpv6Type:
                NeedFamily(Ipv6);
                NeedProtocol(Icmpv6);
                break;
        }
    }

    private void NeedFamily(byte family)
    {
        if (_family == family) return;
        if (_family is not null) throw new ArgumentException("a rule cannot look at fields of both IP families", nameof(family));
        MatchMeta(MetaLoad.Family, family);
        _family = family;
    }

    private void NeedProtocol(byte protocol)
    {
        if (_protocol == protocol) return;
        MatchMeta(MetaLoad.Protocol, protocol);
        _protocol = protocol;
    }

    private static string Port(int port)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)port));
        return Convert.ToHexStringLower(bytes);
    }

    private static int Code(VerdictKind kind) => kind switch
    {
        VerdictKind.Accept => Nft.VerdictAccept,
        VerdictKind.Drop => Nft.VerdictDrop,
        VerdictKind.Return => Nft.VerdictReturn,
        VerdictKind.Jump => Nft.VerdictJump,
        VerdictKind.Goto => Nft.VerdictGoto,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such verdict"),
    };
}
