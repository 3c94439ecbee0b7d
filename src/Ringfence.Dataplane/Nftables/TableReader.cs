using System.Collections.Immutable;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Reads the table back from the kernel.</summary>
internal sealed class TableReader(NetlinkSocket socket, NetlinkMessages messages)
{
    /// <summary>What was listed changed meanwhile: list it again (EINTR).</summary>
    public const int Interrupted = 4;

    private const int Tries = 200;
    private const int NoSuchThing = 2;
    private const int NoBuffers = 105;

    /// <summary>Reads all of the table, of one generation.</summary>
    /// <param name="known">What is expected there: rules are recognised as those of its chains by name and instructions.</param>
    /// <param name="isOwned">Whether nobody else can change the table meanwhile; then changes of other tables do not matter.</param>
    /// <exception cref="NetlinkException">The kernel refused, or the rules changed all the time.</exception>
    public KernelTable Read(NodeRules known, bool isOwned)
    {
        // A batch that the kernel refuses is no new generation. Yet a listing of several datagrams goes on by skipping as many things as it met before, and some of
        // these may have been of that batch: then others are missed. So what is expected is believed at once, all else when it was read twice.
        KernelTable? before = null;
        for (var tries = 1; ; tries++)
        {
            try
            {
                var generation = Generation();
                Transaction.AwaitOthers(socket, messages);
                var table = ReadOnce(known, generation);
                Transaction.AwaitOthers(socket, messages);
                if (isOwned || Generation() == generation)
                {
                    if (table.IsJust(known) || (before is not null && table.IsLike(before))) return table;
                    before = table;
                }

                if (tries >= Tries) throw new NetlinkException(Interrupted, $"read the table inet {NodeRules.Table}");
            }
            catch (NetlinkException problem) when (IsDisturbance(problem) && tries < Tries)
            {
                // Somebody changed the rules meanwhile; what was listed may be of neither state.
            }
        }
    }

    /// <summary>The generation of the kernel's rules.</summary>
    public uint Generation()
    {
        var generation = 0u;
        Ask(Nft.GetGeneration, 0, NetlinkFlags.Acknowledge, null, "ask for the generation of nftables", message => generation = message.NetfilterAttributes.Number(Nft.GenerationId));
        return generation;
    }

    /// <summary>The table's flags and owner; null where there is no such table.</summary>
    public (uint Flags, uint Owner)? Table()
    {
        (uint, uint)? found = null;
        try
        {
            Ask(Nft.GetTable, Nft.FamilyInet, NetlinkFlags.Acknowledge, null, $"look for the table inet {NodeRules.Table}", message =>
                found = (message.NetfilterAttributes.Number(Nft.TableFlags), message.NetfilterAttributes.Number(Nft.TableOwner)));
        }
        catch (NetlinkException problem) when (problem.NativeErrorCode == NoSuchThing)
        {
            return null;
        }

        return found;
    }

    /// <summary>What the counters of the table stand at.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or the rules changed all the time.</exception>
    public ImmutableSortedDictionary<string, CounterValue> Counters()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return CountersOnce();
            }
            catch (NetlinkException problem) when (IsDisturbance(problem) && tries < Tries)
            {
                // Somebody changed rules meanwhile, be it of other tables.
            }
        }
    }

    private ImmutableSortedDictionary<string, CounterValue> CountersOnce()
    {
        var counters = ImmutableSortedDictionary.CreateBuilder<string, CounterValue>(StringComparer.Ordinal);
        Ask(Nft.GetObject, Nft.FamilyInet, NetlinkFlags.Dump, null, "list counters", message =>
        {
            var attributes = message.NetfilterAttributes;
            if (!IsOurs(attributes) || attributes.Number(Nft.ObjectType) != Nft.ObjectCounter) return;
            var data = new NetlinkAttributes(attributes.Find(Nft.ObjectData));
            counters[attributes.Text(Nft.ObjectName)] = new CounterValue((long)data.Wide(Nft.CounterPackets), (long)data.Wide(Nft.CounterBytes));
        });
        return counters.ToImmutable();
    }

    private KernelTable ReadOnce(NodeRules known, uint generation)
    {
        if (Table() is not var (flags, owner)) return new KernelTable(null, 0, generation, NodeRules.Empty, [], []);
        var foreignSets = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        var foreignHooks = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        var sets = Sets(foreignSets);
        var chains = ChainNames(foreignHooks);
        var rules = new ChainRules(known);
        Ask(Nft.GetRule, Nft.FamilyInet, NetlinkFlags.Dump, null, "list rules", message =>
        {
            if (IsOurs(message.NetfilterAttributes)) rules.Add(message.NetfilterAttributes);
        });
        return new KernelTable(
            flags,
            owner,
            generation,
            new NodeRules(
                sets.ToImmutableSortedDictionary(s => s.Name, s => s with { Elements = new SetElements(s).Read(this) }, StringComparer.Ordinal),
                chains.ToImmutableSortedDictionary(c => c.Key, c => rules.Chain(c.Key, c.Value), StringComparer.Ordinal),
                [.. CountersOnce().Keys]),
            foreignSets.ToImmutable(),
            foreignHooks.ToImmutable());
    }

    private List<KernelSet> Sets(ImmutableSortedSet<string>.Builder foreign)
    {
        var sets = new List<KernelSet>();
        Ask(Nft.GetSet, Nft.FamilyInet, NetlinkFlags.Dump, null, "list sets", message =>
        {
            var attributes = message.NetfilterAttributes;
            if (!IsOurs(attributes)) return;
            var name = attributes.Text(Nft.SetName);
            var flags = attributes.Number(Nft.SetFlags);

            // Sets without a name come and go with the rule of somebody else that has them.
            if ((flags & Nft.SetAnonymous) != 0) return;
            var isMap = (flags & Nft.SetMap) != 0;
            if (Kind(attributes) is { } kind && (flags & ~(Nft.SetInterval | Nft.SetMap)) == 0 && (!isMap || attributes.Number(Nft.SetDataType) == Nft.DataIsVerdict))
                sets.Add(new KernelSet(name, kind, (flags & Nft.SetInterval) != 0, isMap, []));
            else
                foreign.Add(name);
        });
        return sets;
    }

    private Dictionary<string, bool> ChainNames(ImmutableSortedSet<string>.Builder foreign)
    {
        var chains = new Dictionary<string, bool>();
        Ask(Nft.GetChain, Nft.FamilyInet, NetlinkFlags.Dump, null, "list chains", message =>
        {
            var attributes = message.NetfilterAttributes;
            if (!IsOurs(attributes)) return;
            var name = attributes.Text(Nft.ChainName);
            var isBase = attributes.Has(Nft.ChainHook);
            chains[name] = isBase;
            var hook = new NetlinkAttributes(attributes.Find(Nft.ChainHook));
            if (isBase
                && (hook.Number(Nft.HookNumber) != Nft.HookForward || hook.Number(Nft.HookPriority) != 0
                    || attributes.Number(Nft.ChainPolicy) != Nft.VerdictAccept || attributes.Text(Nft.ChainType) != "filter"))
                foreign.Add(name);
        });
        return chains;
    }

    private static SetKind? Kind(NetlinkAttributes set)
    {
        foreach (var kind in Enum.GetValues<SetKind>())
            if (SetFields.TypeNumber(kind) == set.Number(Nft.SetKeyType) && SetFields.KeyLength(kind) == set.Number(Nft.SetKeyLength))
                return kind;
        return null;
    }

    private static bool IsDisturbance(NetlinkException problem) => problem.NativeErrorCode is Interrupted or NoSuchThing or NoBuffers;

    private static bool IsOurs(NetlinkAttributes attributes) => attributes.Text(Nft.TableName) == NodeRules.Table;

    /// <summary>Asks the kernel about the table, or about one set of it.</summary>
    public void Ask(int message, byte family, NetlinkFlags flags, string? set, string what, NetlinkCallback each)
    {
        messages.Clear();
        messages.BeginNetfilter(Nft.Subsystem, message, flags, family);
        if (family != 0) messages.Text(Nft.TableName, NodeRules.Table);
        if (set is not null) messages.Text(Nft.ElementSet, set);
        socket.Dump(messages, what, each);
    }
}
