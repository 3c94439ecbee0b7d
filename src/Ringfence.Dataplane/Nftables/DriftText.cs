using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Says how the kernel's table differs from what was programmed.</summary>
internal static class DriftText
{
    // More elements of one set than this say no more than their number.
    private const int Named = 10;

    public static ImmutableArray<string> Of(KernelTable found, NodeRules programmed)
    {
        if (!found.Exists) return [$"the table inet {NodeRules.Table} is gone"];
        var lines = ImmutableArray.CreateBuilder<string>();
        if (found.IsDormant) lines.Add($"the table inet {NodeRules.Table} is dormant: none of its rules is in force");
        foreach (var chain in found.ForeignHooks) lines.Add($"chain {chain} has a hook or policy that was not programmed");
        foreach (var set in found.ForeignSets) lines.Add($"set {set} is of a kind that was not programmed");
        if (TableDifference.IsBeyondChange(found.Rules, programmed)) lines.Add("a set or chain is of another kind than was programmed");
        var difference = TableDifference.Between(found.Rules, programmed);
        foreach (var counter in difference.AddedCounters) lines.Add($"counter {counter} is missing");
        foreach (var counter in difference.RemovedCounters) lines.Add($"counter {counter} was not programmed");
        foreach (var set in difference.AddedSets.Where(s => !found.ForeignSets.Contains(s.Name))) lines.Add($"set {set.Name} is missing");
        foreach (var set in difference.RemovedSets) lines.Add($"set {set} was not programmed");
        foreach (var set in difference.ChangedSets)
        {
            Elements(lines, set.Set, set.Added, "lacks");
            Elements(lines, set.Set, set.Removed, "has, though it was not programmed,");
        }

        foreach (var chain in difference.AddedChains) lines.Add($"chain {chain.Name} is missing");
        foreach (var chain in difference.RemovedChains) lines.Add($"chain {chain} was not programmed");
        foreach (var chain in difference.RewrittenChains) Rules(lines, found.Rules.Chains[chain.Name], chain);
        return lines.DrainToImmutable();
    }

    private static void Elements(ImmutableArray<string>.Builder lines, KernelSet set, IReadOnlyList<SetElement> elements, string verb)
    {
        foreach (var element in elements.Take(Named)) lines.Add($"set {set.Name} {verb} {ElementText.Of(set.Kind, element)}");
        if (elements.Count > Named) lines.Add(string.Create(CultureInfo.InvariantCulture, $"set {set.Name} {verb} {elements.Count - Named} more elements"));
    }

    private static void Rules(ImmutableArray<string>.Builder lines, Chain found, Chain programmed)
    {
        var before = lines.Count;
        foreach (var rule in programmed.Rules.Where(r => !found.Rules.Contains(r))) lines.Add($"chain {programmed.Name} lacks the rule: {RuleText.Of(rule)}");
        foreach (var rule in found.Rules.Where(r => !programmed.Rules.Contains(r))) lines.Add($"chain {programmed.Name} has a rule that was not programmed: {RuleText.Of(rule)}");
        if (lines.Count == before) lines.Add($"chain {programmed.Name} has its rules in another order, or more than once");
    }
}
