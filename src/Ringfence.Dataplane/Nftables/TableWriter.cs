using System.Globalization;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Writes changes of the table into a transaction.</summary>
internal sealed class TableWriter(Transaction transaction)
{
    // A list of elements is one attribute of less than 64 KB.
    private const int LongestList = 60_000;

    // What nft keeps beside a set and an element: the byte order of the keys is the network's; an interval runs to the last key there is.
    private static readonly byte[] NetworkOrder = [0, 4, 2, 0, 0, 0];
    private static readonly byte[] HostOrder = [0, 4, 1, 0, 0, 0];
    private static readonly byte[] OpenInterval = [1, 4, 1, 0, 0, 0];

    // Never there for anybody to see: it goes in the transaction in which it comes.
    private const string TrialTable = NodeRules.Table + "_trial";

    private uint _sets;

    public void AddTable(uint flags) =>
        transaction.Begin(Nft.NewTable, NetlinkFlags.Create, () => $"make the table inet {NodeRules.Table}").Big32(Nft.TableFlags, flags);

    public void DeleteTable() => transaction.Begin(Nft.DeleteTable, NetlinkFlags.None, () => $"remove the table inet {NodeRules.Table}");

    /// <summary>Makes and removes a table with these flags: nothing changes, and the kernel says whether it could.</summary>
    public void TryTable(uint flags)
    {
        transaction.Begin(Nft.NewTable, NetlinkFlags.Create, () => "make a table with an owner", TrialTable).Big32(Nft.TableFlags, flags);
        transaction.Begin(Nft.DeleteTable, NetlinkFlags.None, () => "remove a table with an owner", TrialTable);
    }

    public void AddCounter(string name)
    {
        var to = transaction.Begin(Nft.NewObject, NetlinkFlags.Create, () => $"add the counter {name}");
        to.Text(Nft.ObjectName, name);
        to.Big32(Nft.ObjectType, Nft.ObjectCounter);
        to.End(to.Nest(Nft.ObjectData));
    }

    public void DeleteCounter(string name)
    {
        var to = transaction.Begin(Nft.DeleteObject, NetlinkFlags.None, () => $"remove the counter {name}");
        to.Text(Nft.ObjectName, name);
        to.Big32(Nft.ObjectType, Nft.ObjectCounter);
    }

    public void AddSet(KernelSet set)
    {
        var to = transaction.Begin(Nft.NewSet, NetlinkFlags.Create, () => $"add the set {set.Name}");
        to.Text(Nft.SetName, set.Name);
        to.Big32(Nft.SetFlags, Flags(set));
        to.Big32(Nft.SetKeyType, SetFields.TypeNumber(set.Kind));
        to.Big32(Nft.SetKeyLength, (uint)SetFields.KeyLength(set.Kind));
        if (set.IsVerdictMap) to.Big32(Nft.SetDataType, Nft.DataIsVerdict);
        to.Big32(Nft.SetId, ++_sets);
        to.Attribute(Nft.SetUserData, set.Kind == SetKind.Interface ? HostOrder : NetworkOrder);
    }

    public void DeleteSet(string name) => transaction.Begin(Nft.DeleteSet, NetlinkFlags.None, () => $"remove the set {name}").Text(Nft.SetName, name);

    /// <summary>Adds an empty chain.</summary>
    public void AddChain(Chain chain)
    {
        var to = transaction.Begin(Nft.NewChain, NetlinkFlags.Create, () => $"add the chain {chain.Name}");
        to.Text(Nft.ChainName, chain.Name);
        if (!chain.IsBase) return;
        var hook = to.Nest(Nft.ChainHook);
        to.Big32(Nft.HookNumber, Nft.HookForward);
        to.Big32(Nft.HookPriority, 0);
        to.End(hook);
        to.Big32(Nft.ChainPolicy, Nft.VerdictAccept);
        to.Text(Nft.ChainType, "filter");
    }

    public void DeleteChain(string name) => transaction.Begin(Nft.DeleteChain, NetlinkFlags.None, () => $"remove the chain {name}").Text(Nft.ChainName, name);

    /// <summary>Adds all rules of a chain behind what it has.</summary>
    public void AddRules(Chain chain)
    {
        for (var at = 0; at < chain.Rules.Length; at++)
        {
            var rule = chain.Rules[at];
            var number = at + 1;
            var to = transaction.Begin(
                Nft.NewRule,
                NetlinkFlags.Create | NetlinkFlags.Append,
                () => string.Create(CultureInfo.InvariantCulture, $"add rule {number} of chain {chain.Name}: {RuleText.Of(rule)}"));
            to.Text(Nft.RuleChain, chain.Name);
            var list = to.Nest(Nft.RuleExpressions);
            foreach (var expression in RuleEncoding.Of(rule)) Write(to, expression);
            to.End(list);
        }
    }

    public void DeleteRules(string chain) => transaction.Begin(Nft.DeleteRule, NetlinkFlags.None, () => $"remove the rules of chain {chain}").Text(Nft.RuleChain, chain);

    public void AddElements(KernelSet set, IReadOnlyList<SetElement> elements) => Elements(set, elements, Nft.NewElement, NetlinkFlags.Create);

    public void DeleteElements(KernelSet set, IReadOnlyList<SetElement> elements) => Elements(set, elements, Nft.DeleteElement, NetlinkFlags.None);

    private static void Write(NetlinkMessages to, Expression expression)
    {
        var item = to.Nest(Nft.ListItem);
        to.Text(Nft.ExpressionName, expression.Name);
        var data = to.Nest(Nft.ExpressionData);
        expression.Write(to);
        to.End(data);
        to.End(item);
    }

    private void Elements(KernelSet set, IReadOnlyList<SetElement> elements, int message, NetlinkFlags flags)
    {
        var verb = message == Nft.NewElement ? "add to" : "remove from";
        for (var at = 0; at < elements.Count;)
        {
            var first = at;
            var to = transaction.Begin(message, flags, () => $"{verb} the set {set.Name} {Describe(set, elements, first)}");
            to.Text(Nft.ElementSet, set.Name);
            var list = to.Nest(Nft.ElementList);
            var start = transaction.Length;
            for (; at < elements.Count && transaction.Length - start < LongestList; at++) Element(to, set, elements[at]);
            to.End(list);
        }
    }

    private static void Element(NetlinkMessages to, KernelSet set, SetElement element)
    {
        Span<byte> bytes = stackalloc byte[32];
        var length = SetFields.KeyLength(set.Kind);
        if (((length + 3) & ~3) != element.Key.Length)
            throw new ArgumentException($"a key of the set {set.Name} has {length} bytes, not {element.Key.Length}", nameof(element));
        element.Last.Write(bytes);
        var open = set.IsInterval && !bytes[..length].ContainsAnyExcept((byte)0xff);
        element.Key.Write(bytes);
        var item = Key(to, bytes[..length]);
        if (element.Chain is not null)
        {
            var data = to.Nest(Nft.ElementData);
            Verdict.WriteVerdict(to, Nft.VerdictJump, element.Chain);
            to.End(data);
        }

        if (open) to.Attribute(Nft.ElementUserData, OpenInterval);
        to.End(item);
        if (!set.IsInterval || open) return;

        // The end of an interval is the first key behind it.
        element.Last.Write(bytes);
        var at = length - 1;
        while (++bytes[at] == 0) at--;
        item = Key(to, bytes[..length]);
        to.Big32(Nft.ElementFlags, Nft.ElementEndsInterval);
        to.End(item);
    }

    private static int Key(NetlinkMessages to, ReadOnlySpan<byte> bytes)
    {
        var item = to.Nest(Nft.ListItem);
        var key = to.Nest(Nft.ElementKey);
        to.Attribute(Nft.DataValue, bytes);
        to.End(key);
        return item;
    }

    private static uint Flags(KernelSet set) => (set.IsInterval ? Nft.SetInterval : 0) | (set.IsVerdictMap ? Nft.SetMap : 0);

    private static string Describe(KernelSet set, IReadOnlyList<SetElement> elements, int first) =>
        string.Create(CultureInfo.InvariantCulture, $"{ElementText.Of(set.Kind, elements[first])}{(elements.Count - first > 1 ? $" and {elements.Count - first - 1} more" : "")}");
}
