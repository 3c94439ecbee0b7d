using System.Collections.Immutable;

namespace Ringfence.Dataplane.Rules;

/// <summary>From which rules others were made, and by which changes: so the difference between the two is found without comparing everything.</summary>
/// <param name="Before">The parts of the rules that they were made from.</param>
/// <param name="Now">The parts that came out.</param>
/// <param name="Sets">The sets of which one has another than the other; more may be named.</param>
/// <param name="Chains">The chains.</param>
/// <param name="Counters">The counters.</param>
internal sealed record RulesOrigin(
    RulesParts Before, RulesParts Now, IReadOnlyCollection<string> Sets, IReadOnlyCollection<string> Chains, IReadOnlyCollection<string> Counters)
{
    /// <summary>Whether it tells how one became the other.</summary>
    public bool Leads(NodeRules from, NodeRules to) => Before.AreOf(from) && Now.AreOf(to);
}

/// <summary>The parts of some rules. A copy of rules that was changed has others.</summary>
internal readonly record struct RulesParts(
    ImmutableSortedDictionary<string, KernelSet> Sets, ImmutableSortedDictionary<string, Chain> Chains, ImmutableSortedSet<string> Counters)
{
    public static RulesParts Of(NodeRules rules) => new(rules.Sets, rules.Chains, rules.Counters);

    public bool AreOf(NodeRules rules) => ReferenceEquals(Sets, rules.Sets) && ReferenceEquals(Chains, rules.Chains) && ReferenceEquals(Counters, rules.Counters);
}
