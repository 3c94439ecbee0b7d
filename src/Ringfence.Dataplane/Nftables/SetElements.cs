using System.Runtime.InteropServices;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Reads the elements of one set; the kernel tells the two ends of intervals as elements of their own.</summary>
internal sealed class SetElements(KernelSet set)
{
    private readonly List<(ElementKey Key, bool IsEnd, string? Chain)> _found = [];

    public ElementList Read(TableReader reader)
    {
        reader.Ask(Nft.GetElement, Nft.FamilyInet, NetlinkFlags.Dump, set.Name, $"list the set {set.Name}", Add);
        return InOrder();
    }

    /// <summary>Takes the elements that one message tells.</summary>
    public void Add(NetlinkMessage message)
    {
        foreach (var item in new NetlinkAttributes(message.NetfilterAttributes.Find(Nft.ElementList))) Add(item.Nested);
    }

    /// <summary>The elements that were told, in order.</summary>
    /// <exception cref="NetlinkException">They are of no one state of the set: list it again (error 4, EINTR).</exception>
    public ElementList InOrder()
    {
        // Where one interval ends and the next begins, the end comes first.
        _found.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : b.IsEnd.CompareTo(a.IsEnd));
        if (HasRepeats()) throw new NetlinkException(TableReader.Interrupted, $"list the set {set.Name}");
        return set.IsInterval ? Intervals() : [.. _found.Select(e => new SetElement(e.Key, e.Key, e.Chain))];
    }

    // Who lists a set while a commit replaces an element can be told the old and the new one. And a hash set that grew or shrank is resized a little later, by a
    // worker and in no new generation (rhashtable): what moves while it is listed comes twice. A listing of several datagrams goes on by skipping as many elements
    // as it met before, in whatever order they are by then (nft_rhash_walk): it can miss some, but as it tells no fewer than the set has, others come twice.
    private bool HasRepeats()
    {
        for (var at = 1; at < _found.Count; at++)
            if (_found[at].Key == _found[at - 1].Key && _found[at].IsEnd == _found[at - 1].IsEnd) return true;
        return false;
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

    private ElementList Intervals()
    {
        var intervals = new List<SetElement>();
        (ElementKey Key, string? Chain)? open = null;
        foreach (var (key, isEnd, chain) in _found)
        {
            if (open is { } start)
                intervals.Add(new SetElement(start.Key, Before(key), start.Chain));
            open = isEnd ? null : (key, chain);
        }

        if (open is { } last) intervals.Add(new SetElement(last.Key, Highest(), last.Chain));
        return ElementList.Create(CollectionsMarshal.AsSpan(intervals));
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
