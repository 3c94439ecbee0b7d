using Ringfence.Dataplane.Netlink;

namespace Ringfence.Dataplane.Nftables;

/// <summary>
/// An instruction of the kernel's packet filter; a rule is a list of them. They are compared as data: what a dump gives equals what was sent.
/// Text is as <c>nft --debug=netlink</c> has it.
/// </summary>
/// <param name="Name">The kernel's name of it.</param>
internal abstract record Expression(string Name)
{
    /// <summary>Writes the attributes of its data.</summary>
    public abstract void Write(NetlinkMessages to);

    /// <summary>Data inside an attribute, as comparisons and masks have it.</summary>
    protected static void WriteData(NetlinkMessages to, int type, string hex)
    {
        var data = to.Nest(type);
        to.Attribute(Nft.DataValue, Convert.FromHexString(hex));
        to.End(data);
    }
}

/// <summary>Loads something about the packet that is not in it (<c>NFTA_META_*</c>).</summary>
internal sealed record MetaLoad(uint Key, uint Register) : Expression("meta")
{
    public const uint InInterface = 6;
    public const uint Family = 15;
    public const uint Protocol = 16;

    public override void Write(NetlinkMessages to)
    {
        to.Big32(1, Register);
        to.Big32(2, Key);
    }

    public override string ToString() => $"[ meta load {Key} => reg {Register} ]";
}

/// <summary>Loads something of the packet's connection (<c>NFTA_CT_*</c>).</summary>
internal sealed record CtLoad(uint Key, uint Register) : Expression("ct")
{
    public const uint State = 0;
    public const uint Mark = 3;

    public override void Write(NetlinkMessages to)
    {
        to.Big32(1, Register);
        to.Big32(2, Key);
    }

    public override string ToString() => $"[ ct load {Key} => reg {Register} ]";
}

/// <summary>Loads bytes of a header (<c>NFTA_PAYLOAD_*</c>).</summary>
internal sealed record PayloadLoad(uint Base, uint Offset, uint Length, uint Register) : Expression("payload")
{
    public const uint NetworkHeader = 1;
    public const uint TransportHeader = 2;

    public override void Write(NetlinkMessages to)
    {
        to.Big32(1, Register);
        to.Big32(2, Base);
        to.Big32(3, Offset);
        to.Big32(4, Length);
    }

    public override string ToString() => $"[ payload load {Length}b @ header {Base} + {Offset} => reg {Register} ]";
}

/// <summary>Goes on only where a register compares so (<c>NFTA_CMP_*</c>).</summary>
internal sealed record Compare(uint Register, uint Operation, string Hex) : Expression("cmp")
{
    public const uint Equal = 0;
    public const uint NotEqual = 1;
    public const uint AtMost = 3;
    public const uint AtLeast = 5;

    public override void Write(NetlinkMessages to)
    {
        to.Big32(1, Register);
        to.Big32(2, Operation);
        WriteData(to, 3, Hex);
    }

    public override string ToString() => $"[ cmp {Operation} reg {Register} 0x{Hex} ]";
}

/// <summary>Masks a register (<c>NFTA_BITWISE_*</c>).</summary>
internal sealed record Mask(uint Source, uint Destination, string And, string Xor) : Expression("bitwise")
{
    public override void Write(NetlinkMessages to)
    {
        to.Big32(1, Source);
        to.Big32(2, Destination);
        to.Big32(3, (uint)And.Length / 2);
        WriteData(to, 4, And);
        WriteData(to, 5, Xor);
    }

    public override string ToString() => $"[ bitwise reg {Destination} = ( reg {Source} & 0x{And} ) ^ 0x{Xor} ]";
}

/// <summary>Goes on only where registers are in a set; of a map, does as its verdict says (<c>NFTA_LOOKUP_*</c>).</summary>
internal sealed record Lookup(string Set, uint Register, bool IsMap, bool Inverted) : Expression("lookup")
{
    public override void Write(NetlinkMessages to)
    {
        to.Text(1, Set);
        to.Big32(2, Register);
        if (IsMap) to.Big32(3, 0);
        if (Inverted) to.Big32(5, 1);
    }

    public override string ToString() => $"[ lookup reg {Register} set {Set}{(IsMap ? " dreg 0" : "")}{(Inverted ? " 0x1" : "")} ]";
}

/// <summary>Decides (<c>NFTA_IMMEDIATE_*</c>).</summary>
internal sealed record Verdict(int Code, string? Chain) : Expression("immediate")
{
    public override void Write(NetlinkMessages to)
    {
        to.Big32(1, 0);
        var data = to.Nest(2);
        WriteVerdict(to, Code, Chain);
        to.End(data);
    }

    public static void WriteVerdict(NetlinkMessages to, int code, string? chain)
    {
        var verdict = to.Nest(Nft.DataVerdict);
        to.Big32(Nft.VerdictCode, (uint)code);
        if (chain is not null) to.Text(Nft.VerdictChain, chain);
        to.End(verdict);
    }

    public override string ToString() => $"[ immediate {Code}{(Chain is null ? "" : " -> ")}{Chain} ]";
}

/// <summary>Counts the packet with a named counter (<c>NFTA_OBJREF_*</c>).</summary>
internal sealed record CountWith(string Counter) : Expression("objref")
{
    public override void Write(NetlinkMessages to)
    {
        to.Big32(1, Nft.ObjectCounter);
        to.Text(2, Counter);
    }

    public override string ToString() => $"[ objref counter {Counter} ]";
}

/// <summary>Goes on for so many packets a second only (<c>NFTA_LIMIT_*</c>).</summary>
internal sealed record LimitRate(ulong Rate, ulong Seconds, uint Burst) : Expression("limit")
{
    public override void Write(NetlinkMessages to)
    {
        to.Big64(1, Rate);
        to.Big64(2, Seconds);
        to.Big32(3, Burst);
    }

    public override string ToString() => $"[ limit rate {Rate}/{Seconds}s burst {Burst} ]";
}

/// <summary>Sends the packet to those who listen to an nflog group (<c>NFTA_LOG_*</c>).</summary>
internal sealed record LogTo(ushort Group, string Prefix, uint CopyBytes) : Expression("log")
{
    public override void Write(NetlinkMessages to)
    {
        to.Big16(1, Group);
        to.Text(2, Prefix);
        to.Big32(3, CopyBytes);
    }

    public override string ToString() => $"[ log prefix {Prefix} group {Group} snaplen {CopyBytes} ]";
}

/// <summary>Answers the packet with a refusal (<c>NFTA_REJECT_*</c>).</summary>
internal sealed record Reject(uint Kind) : Expression("reject")
{
    public const uint TcpReset = 1;

    public override void Write(NetlinkMessages to) => to.Big32(1, Kind);

    public override string ToString() => $"[ reject type {Kind} ]";
}

/// <summary>An instruction of others that is none of these.</summary>
internal sealed record Unread(string Name) : Expression(Name)
{
    public override void Write(NetlinkMessages to) => throw new NotSupportedException($"an instruction that was not understood cannot be written: {Name}");

    public override string ToString() => $"[ {Name} ]";
}
