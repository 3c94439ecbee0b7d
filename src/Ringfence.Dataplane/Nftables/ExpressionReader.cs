using System.Collections.Immutable;
using Ringfence.Dataplane.Netlink;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Reads the instructions of a rule from a dump.</summary>
internal static class ExpressionReader
{
    private const int LogLevel = 5;
    private const int LogFlags = 6;
    private const int LimitType = 4;
    private const int LimitFlags = 5;
    private const int PayloadSource = 5;
    private const int MetaSource = 3;
    private const int CtDirection = 3;
    private const int MaskOperation = 6;

    public static ImmutableArray<Expression> Read(NetlinkAttributes list)
    {
        var expressions = ImmutableArray.CreateBuilder<Expression>();
        foreach (var item in list)
        {
            if (item.Type != Nft.ListItem) continue;
            var name = "";
            ReadOnlySpan<byte> data = default;
            foreach (var attribute in item.Nested)
            {
                if (attribute.Type == Nft.ExpressionName) name = attribute.Text;
                else if (attribute.Type == Nft.ExpressionData) data = attribute.Data;
            }

            expressions.Add(Read(name, new NetlinkAttributes(data)) ?? new Unread(name));
        }

        return expressions.DrainToImmutable();
    }

    // Instructions of the same name that say more than ours do are none of ours.
    private static Expression? Read(string name, NetlinkAttributes data) => name switch
    {
        "meta" when !data.Has(MetaSource) => new MetaLoad(data.Number(2), data.Number(1)),
        "ct" when !data.Has(CtDirection) => new CtLoad(data.Number(2), data.Number(1)),
        "payload" when !data.Has(PayloadSource) => new PayloadLoad(data.Number(2), data.Number(3), data.Number(4), data.Number(1)),
        "cmp" => new Compare(data.Number(1), data.Number(2), Value(data.Find(3))),
        "bitwise" when data.Number(MaskOperation) == 0 => new Mask(data.Number(1), data.Number(2), Value(data.Find(4)), Value(data.Find(5))),
        "lookup" => new Lookup(data.Text(1), data.Number(2), data.Has(3), data.Number(5) != 0),
        "immediate" when data.Number(1) == 0 => ReadVerdict(data.Find(2)) is var (code, chain) ? new Verdict(code, chain) : null,
        "objref" when data.Number(1) == Nft.ObjectCounter => new CountWith(data.Text(2)),
        "limit" when data.Number(LimitType) == 0 && data.Number(LimitFlags) == 0 => new LimitRate(data.Wide(1), data.Wide(2), data.Number(3)),
        "log" when data.Has(1) && !data.Has(LogLevel) && !data.Has(LogFlags) => new LogTo((ushort)data.Number(1), data.Text(2), data.Number(3)),
        "reject" => new Reject(data.Number(1)),
        _ => null,
    };

    /// <summary>Reads a verdict out of the data of an instruction or an element.</summary>
    public static (int Code, string? Chain)? ReadVerdict(ReadOnlySpan<byte> data)
    {
        var verdict = new NetlinkAttributes(data).Find(Nft.DataVerdict);
        if (verdict.IsEmpty) return null;
        var attributes = new NetlinkAttributes(verdict);
        return ((int)attributes.Number(Nft.VerdictCode), attributes.Has(Nft.VerdictChain) ? attributes.Text(Nft.VerdictChain) : null);
    }

    private static string Value(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(new NetlinkAttributes(data).Find(Nft.DataValue));
}
