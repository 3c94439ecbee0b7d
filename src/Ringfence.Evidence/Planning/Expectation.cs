using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>What the engine says about a connection.</summary>
/// <param name="Outcome">Allowed or denied; unknown where the input does not decide it.</param>
/// <param name="Policies">The policies that decide it, as <c>ns/name</c>; empty where none concerns it.</param>
/// <param name="Rule">The rule that allows it, as <c>ns/name ingress[0]</c>; null where none does.</param>
/// <param name="Location">Where the rule, or the first policy, stands; null where none does.</param>
/// <param name="Reasons">Why: a clause, or one for each direction that decides it.</param>
public sealed record Expectation(Outcome Outcome, ImmutableArray<string> Policies, string? Rule, Location? Location, ImmutableArray<string> Reasons)
{
    /// <summary>Asks the engine.</summary>
    public static Expectation Of(Verdict verdict)
    {
        var decision = Decision.Of(verdict);
        return new Expectation(
            verdict.Outcome,
            [.. decision.Policies.Select(policy => policy.QualifiedName)],
            decision.Rule is { } rule ? Decision.Name(rule) : null,
            decision.Location,
            [.. ReasonsOf(verdict)]);
    }

    private static IEnumerable<string> ReasonsOf(Verdict verdict)
    {
        if (verdict.Exemption is { } exemption) return [exemption];
        var sides = ((Side[])[verdict.Egress, verdict.Ingress]).Where(side => side.Isolated && side.Outcome == verdict.Outcome).ToList();
        return sides.Count == 0 ? ["no policy isolates either end in this direction"] : sides.Select(ReasonOf);
    }

    private static string ReasonOf(Side side)
    {
        var direction = side.Direction == Direction.Egress ? "egress" : "ingress";
        if (side.AllowedBy is { } rule) return $"{direction}: {Name(rule)} {rule.Reason}";
        var policies = string.Join(", ", side.Policies.Select(policy => policy.QualifiedName));
        return side.Nearest is { } nearest
            ? $"{direction}: isolated by {policies}, and no rule matches; nearest is {Name(nearest)}: {nearest.Reason}"
            : $"{direction}: isolated by {policies}, which {(side.Policies.Length == 1 ? "has" : "have")} no {direction} rules{Place(side.Policies[0].Location)}";
    }

    private static string Name(RuleTrace rule) => Decision.Name(rule) + Place(rule.Rule.Location);

    private static string Place(Location location) => location.File is null ? "" : $" ({location})";
}
