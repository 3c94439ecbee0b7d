using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>What decided a verdict: the policies, and the rule where one allowed it.</summary>
/// <param name="Policies">The policies that deny it, or whose rules allow it; empty where no policy concerns it.</param>
/// <param name="Rule">The rule that allows it, the destination's before the source's; null where none does.</param>
/// <param name="Location">Where the rule stands, else the first of the policies; null where no policy concerns it.</param>
public sealed record Decision(ImmutableArray<NetworkPolicy> Policies, RuleTrace? Rule, Location? Location)
{
    /// <summary>What decided one verdict.</summary>
    public static Decision Of(Verdict verdict)
    {
        Side[] sides = [verdict.Egress, verdict.Ingress];
        if (verdict.Exemption is not null) return new Decision([], null, null);
        if (verdict.Outcome != Outcome.Allowed)
            return Isolating(sides.Where(side => side.Outcome == verdict.Outcome));

        var rules = sides.Select(side => side.AllowedBy).OfType<RuleTrace>().ToList();
        return rules.Count == 0
            ? new Decision([], null, null)
            : new Decision([.. rules.Select(rule => rule.Policy).Distinct()], rules[^1], rules[^1].Rule.Location);
    }

    /// <summary>What decided one direction.</summary>
    public static Decision Of(Side side) => side.AllowedBy is { } rule
        ? new Decision([rule.Policy], rule, rule.Rule.Location)
        : Isolating([side]);

    /// <summary>How answers call a rule: <c>ns/policy ingress[0]</c>.</summary>
    public static string Name(RuleTrace rule) => $"{rule.Policy.QualifiedName} {rule.Path}";

    private static Decision Isolating(IEnumerable<Side> sides)
    {
        var policies = sides.SelectMany(side => side.Policies).Distinct().ToImmutableArray();
        return new Decision(policies, null, policies.IsEmpty ? null : policies[0].Location);
    }
}
