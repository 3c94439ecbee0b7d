using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>How to lint.</summary>
/// <param name="Today">The day by which exemptions expire (UTC).</param>
public sealed record LintOptions(DateOnly Today)
{
    /// <summary>The rules to run.</summary>
    public ImmutableArray<LintRule> Rules { get; init; } = LintRules.All;
}

/// <summary>Runs rules over a cluster.</summary>
public static class Linter
{
    /// <summary>Finds what the rules look for. Deterministic: the same input gives the same report.</summary>
    public static LintReport Run(Reachability reachability, LintOptions options)
    {
        var context = new LintContext(reachability);
        var found = new Findings[options.Rules.Length];
        for (var i = 0; i < found.Length; i++) options.Rules[i].Check(context, found[i] = new Findings());

        var exemptions = new Exemptions(reachability.Snapshot.Objects, options.Today);
        var all = found.SelectMany(each => each.Found).Select(finding => finding with { Exemption = exemptions.Of(finding) })
            .OrderBy(finding => finding.Location.File, StringComparer.Ordinal)
            .ThenBy(finding => finding.Location.Line)
            .ThenBy(finding => finding.Location.Column)
            .ThenBy(finding => finding.Rule.Id, StringComparer.Ordinal)
            .ThenBy(finding => finding.Object.Describe(), StringComparer.Ordinal)
            .ThenBy(finding => finding.Message, StringComparer.Ordinal)
            .ToLookup(finding => finding.Exemption is { Fault: null });
        return new LintReport(
            [.. all[false]],
            [.. all[true]],
            [.. options.Rules.Zip(found).SelectMany(pair => pair.Second.UnknownOf(pair.First.Card))],
            reachability.Snapshot.Objects.NetworkPolicies.Length,
            context.View.Workloads.Length);
    }
}
