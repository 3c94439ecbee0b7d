using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>What must change for a table to become another.</summary>
internal sealed class TableDifference
{
    private TableDifference(NodeRules from, NodeRules wanted, IEnumerable<string> foreignSets)
    {
        // What was made from the other tells where to look.
        var origin = wanted.Origin is { } known && known.Leads(from, wanted) ? known : null;
        IEnumerable<string> counters = origin?.Counters ?? from.Counters.Union(wanted.Counters);
        AddedCounters = [.. counters.Where(n => wanted.Counters.Contains(n) && !from.Counters.Contains(n))];
        RemovedCounters = [.. counters.Where(n => from.Counters.Contains(n) && !wanted.Counters.Contains(n))];

        var changed = ImmutableArray.CreateBuilder<SetDifference>();
        var added = ImmutableArray.CreateBuilder<KernelSet>();
        var removed = ImmutableArray.CreateBuilder<string>();
        foreach (var name in origin?.Sets ?? from.Sets.Keys.Concat(foreignSets).Union(wanted.Sets.Keys))
        {
            if (!wanted.Sets.TryGetValue(name, out var set)) removed.Add(name);
            else if (!from.Sets.TryGetValue(name, out var old)) added.Add(set);
            else if (!ReferenceEquals(old, set) && SetDifference.Between(old, set) is { IsEmpty: false } difference) changed.Add(difference);
        }

        (AddedSets, RemovedSets, ChangedSets) = (added.DrainToImmutable(), removed.DrainToImmutable(), changed.DrainToImmutable());
        IEnumerable<string> chains = origin?.Chains ?? from.Chains.Keys.Union(wanted.Chains.Keys);
        AddedChains = [.. chains.Where(n => wanted.Chains.ContainsKey(n) && !from.Chains.ContainsKey(n)).Select(n => wanted.Chains[n])];
        RemovedChains = [.. chains.Where(n => from.Chains.ContainsKey(n) && !wanted.Chains.ContainsKey(n))];
        RewrittenChains = [.. chains.Where(n => from.Chains.TryGetValue(n, out var old) && wanted.Chains.TryGetValue(n, out var now) && !old.Equals(now)).Select(n => wanted.Chains[n])];
    }

    /// <summary>The difference between two states, sets and chains of which have the same nature where they have the same name.</summary>
    public static TableDifference Between(NodeRules from, NodeRules wanted) => new(from, wanted, []);

    /// <summary>The difference between what the kernel has and what is wanted; sets that are none of ours go too.</summary>
    public static TableDifference Between(KernelTable found, NodeRules wanted) => new(found.Rules, wanted, found.ForeignSets);

    public ImmutableArray<string> AddedCounters { get; }

    public ImmutableArray<string> RemovedCounters { get; }

    public ImmutableArray<KernelSet> AddedSets { get; }

    public ImmutableArray<string> RemovedSets { get; }

    public ImmutableArray<Chain> AddedChains { get; }

    public ImmutableArray<string> RemovedChains { get; }

    public ImmutableArray<Chain> RewrittenChains { get; }

    public ImmutableArray<SetDifference> ChangedSets { get; }

    public bool IsEmpty => AddedCounters.IsEmpty && RemovedCounters.IsEmpty && AddedSets.IsEmpty && RemovedSets.IsEmpty
        && AddedChains.IsEmpty && RemovedChains.IsEmpty && RewrittenChains.IsEmpty && ChangedSets.IsEmpty;

    /// <summary>Whether the kernel's table cannot become what is wanted, and must be made anew.</summary>
    public static bool IsBeyondChange(KernelTable found, NodeRules wanted) =>
        found.IsDormant || found.ForeignHooks.Any(wanted.Chains.ContainsKey) || found.ForeignSets.Any(wanted.Sets.ContainsKey) || IsBeyondChange(found.Rules, wanted);

    /// <summary>Whether a set or chain would have to change its nature, which nothing but a new one has.</summary>
    public static bool IsBeyondChange(NodeRules from, NodeRules wanted)
    {
        var origin = wanted.Origin is { } known && known.Leads(from, wanted) ? known : null;
        return (origin?.Sets ?? wanted.Sets.Keys).Any(name => from.Sets.TryGetValue(name, out var old) && wanted.Sets.TryGetValue(name, out var now)
                && (old.Kind, old.IsInterval, old.IsVerdictMap) != (now.Kind, now.IsInterval, now.IsVerdictMap))
            || (origin?.Chains ?? wanted.Chains.Keys).Any(name => from.Chains.TryGetValue(name, out var old) && wanted.Chains.TryGetValue(name, out var now) && old.IsBase != now.IsBase);
    }

    /// <summary>
    /// Whether chains that nothing refers to yet must be in force before the rest refers to them. The kernel picks the generation of a chain's rules when a
    /// packet enters the hook, but that of a map's elements when it looks them up: a packet that comes between would be sent by a new element into a chain
    /// that has no rules in the packet's generation, and pass.
    /// </summary>
    public bool HasTwoSteps => !AddedChains.IsEmpty && (!ChangedSets.IsEmpty || !RewrittenChains.IsEmpty);

    /// <summary>Writes the changes in an order in which nothing refers to what is not there yet or no more.</summary>
    public void Write(TableWriter to)
    {
        WriteNew(to);
        WriteRest(to);
    }

    /// <summary>Writes what is new, and what nothing that was there refers to.</summary>
    public void WriteNew(TableWriter to)
    {
        foreach (var counter in AddedCounters) to.AddCounter(counter);
        foreach (var set in AddedSets) to.AddSet(set);
        foreach (var chain in AddedChains) to.AddChain(chain);
        foreach (var set in AddedSets) to.AddElements(set, set.Elements);
        foreach (var chain in AddedChains) to.AddRules(chain);
    }

    /// <summary>Writes the changes of what was there.</summary>
    public void WriteRest(TableWriter to)
    {
        foreach (var chain in RewrittenChains)
        {
            to.DeleteRules(chain.Name);
            to.AddRules(chain);
        }

        // A map's entry changes by going and coming back within the transaction.
        foreach (var set in ChangedSets)
        {
            to.DeleteElements(set.Set, set.Removed);
            to.AddElements(set.Set, set.Added);
        }

        foreach (var chain in RemovedChains) to.DeleteRules(chain);
        foreach (var set in RemovedSets) to.DeleteSet(set);
        foreach (var chain in RemovedChains) to.DeleteChain(chain);
        foreach (var counter in RemovedCounters) to.DeleteCounter(counter);
    }

    /// <summary>Counts what changes.</summary>
    public TableChange Count(bool rebuilt, TableDrift drift, int bytes, TimeSpan time) => new()
    {
        ElementsAdded = AddedSets.Sum(s => s.Elements.Length) + ChangedSets.Sum(s => s.Added.Count),
        ElementsRemoved = ChangedSets.Sum(s => s.Removed.Count),
        SetsAdded = AddedSets.Length,
        SetsRemoved = RemovedSets.Length,
        ChainsAdded = AddedChains.Length,
        ChainsRewritten = RewrittenChains.Length,
        ChainsRemoved = RemovedChains.Length,
        CountersAdded = AddedCounters.Length,
        CountersRemoved = RemovedCounters.Length,
        Rebuilt = rebuilt,
        Touched = rebuilt ? null : TouchedAddresses.Of(this),
        Drift = drift,
        Bytes = bytes,
        Time = time,
    };
}
