using Ringfence.Analysis.Expectations;
using Ringfence.Cli.Answers;
using Ringfence.Engine;

namespace Ringfence.Cli.Output;

/// <summary>Why a case does not hold, a line each, for formats of other programs.</summary>
internal static class TestReasons
{
    /// <summary>The lines; none where it holds.</summary>
    public static IEnumerable<string> Of(CaseResult result) => result.Results.Where(part => part.Outcome != ExpectationOutcome.Passed).SelectMany(Of);

    private static IEnumerable<string> Of(ExpectationResult result)
    {
        yield return $"{result.Expectation.Location}: {TestText.Headline(result)}";
        foreach (var flow in result.Unexpected)
        {
            var decision = Decision.Of(flow.Verdict);
            var by = flow.Verdict.Exemption is { } exemption ? exemption
                : decision.Rule is { } rule ? $"by {Decision.Name(rule)} {decision.Location}"
                : decision.Policies.IsEmpty ? "no policy concerns it"
                : $"isolated by {string.Join(", ", decision.Policies.Select(policy => policy.QualifiedName))} {Place(flow.Verdict, decision)}";
            yield return $"{flow.Verdict.Outcome.Word()} {flow.Source} -> {flow.Destination} {(flow.Connections.OtherProtocols && !flow.Connections.IsAll ? "all other connections" : flow.Connections)}: {by}";
        }

        if (result.UnexpectedCount > result.Unexpected.Length) yield return $"and {result.UnexpectedCount - result.Unexpected.Length} more";
        foreach (var missing in result.Missing) yield return $"the input lacks: {missing}";
    }

    // The rule that came nearest is where most mends are made.
    private static string Place(Verdict verdict, Decision decision)
    {
        Side[] sides = [verdict.Egress, verdict.Ingress];
        return sides.FirstOrDefault(side => side.Outcome == verdict.Outcome)?.Nearest is { } nearest
            ? $"(nearest rule: {Decision.Name(nearest)} {nearest.Rule.Location})"
            : $"{decision.Location}";
    }
}
