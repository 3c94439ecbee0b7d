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

    /// <summary>The namespace whose objects, and itself, are reported on; null for all objects. What they mean depends on all of them in any case.</summary>
    public string? Namespace { get; init; }
}

/// <summary>Runs rules over a cluster.</summary>
public static class Linter
{
    /// <summary>Finds what the rules look for. Deterministic: the same input gives the same report.</summary>
    public static LintReport Run(Reachability reachability, LintOptions options)
    {
        var context = new LintContext(reachability);
        var found = new Findings[options.Rules.Length];
        for (var i = 0; i < found.Length; i++) options.Rules[i].Check(context, found[i] = new Findings(options.Namespace));

        var exemptions = new Exemptions(reachability.Snapshot.Objects, options.Today);
        var all = new List<Finding>(found.Sum(each => each.Found.Count));
        foreach (var finding in found.SelectMany(each => each.Found)) all.Add(exemptions.Of(finding) is { } exemption ? finding with { Exemption = exemption } : finding);
        all.Sort(Compare);
        var parts = all.ToLookup(finding => finding.Exemption is { Fault: null });
        return new LintReport(
            [.. parts[false]],
            [.. parts[true]],
            [.. options.Rules.Zip(found).SelectMany(pair => pair.Second.UnknownOf(pair.First.Card))],
            reachability.Snapshot.Objects.NetworkPolicies.Count(policy => IsLookedAt(policy.Namespace)),
            context.View.Workloads.Count(workload => IsLookedAt(workload.Namespace)));

        bool IsLookedAt(string? @namespace) => options.Namespace is null || options.Namespace == @namespace;
    }

    // By place and rule; what a finding says is looked at only where these are the same.
    private static int Compare(Finding a, Finding b)
    {
        var order = string.CompareOrdinal(a.Location.File, b.Location.File);
        if (order == 0) order = (a.Location.Line, a.Location.Column).CompareTo((b.Location.Line, b.Location.Column));
        if (order == 0) order = string.CompareOrdinal(a.Rule.Id, b.Rule.Id);
        if (order == 0) order = string.CompareOrdinal(a.Object.Namespace, b.Object.Namespace);
        if (order == 0) order = string.CompareOrdinal(a.Object.Name, b.Object.Name);
        if (order == 0) order = string.CompareOrdinal(a.Object.Kind, b.Object.Kind);
        if (order == 0) order = string.CompareOrdinal(a.Field, b.Field);
        return order == 0 ? string.CompareOrdinal(a.Message, b.Message) : order;
    }
}
