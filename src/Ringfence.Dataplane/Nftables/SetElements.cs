using System.Collections.Immutable;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Reads the elements of one set; the kernel tells the two ends of intervals as elements of their own.</summary>
internal sealed class SetElements(KernelSet set)
{
    private readonly List<(ElementKey Key, bool IsEnd, string? Chain)> _found = [];

    public ImmutableArray<SetElement> Read(TableReader reader)
    {
        reader.Ask(Nft.GetElement, Nft.FamilyInet, NetlinkFlags.Dump, set.Name, $"list the set {set.Name}", message =>
        {
            foreach (var item in new NetlinkAttributes(message.NetfilterAttributes.Find(Nft.ElementList))) Add(item.Nested);
        });

        // Where one interval ends and the next begins, the end comes first.
        _found.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : b.IsEnd.CompareTo(a.IsEnd));
        return set.IsInterval ? Intervals() : [.. _found.Select(e => new SetElement(e.Key, e.Key, e.Chain))];
    }

    private void Add(NetlinkAttributes element)
    {
        var key = new NetlinkAttributes(element.Find(Nft.ElementKey)).Find(Nft.DataValue);
        if (key.IsEmpty) return;
        var isEnd = (element.Number(Nft.ElementFlags) & Nft.ElementEndsInterval) != 0;
        _found.Add((new ElementKey(key), isEnd, Target(element)));
    }

    // A verdict that is not a jump is none of ours; its text is no chain's name, so it is unlike whatever was programmed.
    private static string? Target(NetlinkAttributes element) => ExpressionReader.ReadVerdict(element.Find(Nft.ElementData)) switch
    {
        null => null,
        (Nft.VerdictJump, var chain) => chain,
        var (code, chain) => $"verdict {code} {chain}",
    };

    private ImmutableArray<SetElement> Intervals()
    {
        var intervals = ImmutableArray.CreateBuilder<SetElement>();
        (ElementKey Key, string? Chain)? open = null;
        foreach (var (key, isEnd, chain) in _found)
        {
            if (open is { } start)
                intervals.Add(new SetElement(start.Key, Before(key), start.Chain));
            open = isEnd ? null : (key, chain);
        }

        if (open is { } last) intervals.Add(new SetElement(last.Key, Highest(), last.Chain));
        return intervals.DrainToImmutable();
    }

    private ElementKey Before(ElementKey key)
    {
        Span<byte> bytes = stackalloc byte[32];
        key.Write(bytes);
        var at = SetFields.KeyLength(set.Kind) - 1;
        while (bytes[at]-- == 0) at--;
        return new ElementKey(bytes[..key.Length]);
    }

    private ElementKey Highest()
    {
        Span<byte> bytes = stackalloc byte[SetFields.KeyLength(set.Kind)];
        bytes.Fill(0xff);
        return new ElementKey(bytes);
    }
}
