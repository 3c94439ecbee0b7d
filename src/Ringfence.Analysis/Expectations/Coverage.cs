using System.Collections;
using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>A rule of a policy.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Direction">The direction.</param>
/// <param name="Index">The rule's place in the policy's list of that direction, from 0.</param>
public readonly record struct CoveredRule(NetworkPolicy Policy, Direction Direction, int Index)
{
    /// <summary>How answers call it: <c>ns/policy ingress[0]</c>.</summary>
    public string Name => $"{Policy.QualifiedName} {(Direction == Direction.Ingress ? "ingress" : "egress")}[{Index}]";

    /// <summary>Where it stands.</summary>
    public Location Location => Policy.Rules(Direction)[Index].Location;
}

/// <summary>What expectations cover of a cluster.</summary>
/// <param name="Rules">How many rules are in force.</param>
/// <param name="UnusedRules">The rules that are no reason why a judged connection is allowed, by policy, ingress first.</param>
/// <param name="Pairs">How many pairs of a source and a destination have, or may have, an open connection; a workload and itself left out.</param>
/// <param name="UnmentionedPairs">Those of which no expectation judges anything, by source and destination.</param>
public sealed record CoverageReport(
    int Rules, ImmutableArray<CoveredRule> UnusedRules, long Pairs, ImmutableArray<Connection> UnmentionedPairs);

/// <summary>Gathers which rules and pairs the judged expectations cover.</summary>
public sealed class Coverage : IFlowListener
{
    private readonly ClusterView _view;
    private readonly RuleUse _rules;
    private readonly Dictionary<ViewEntry, int> _numbers = new(ReferenceEqualityComparer.Instance);

    // By destination, workloads before ranges: the sources that were judged, workloads before ranges.
    private readonly BitArray?[] _mentioned;
    private readonly HashSet<(EndGroup, EndGroup)> _seen = [];

    /// <summary>Gathers for one view of a cluster.</summary>
    public Coverage(ClusterView view)
    {
        _view = view;
        _rules = new RuleUse(view.Reachability);
        foreach (var workload in view.Workloads) _numbers.Add(workload, _numbers.Count);
        _mentioned = new BitArray?[view.Workloads.Length + view.OutsideDestinations.Length];
    }

    /// <summary>What has been covered until now.</summary>
    public CoverageReport Report()
    {
        var unmentioned = ImmutableArray.CreateBuilder<Connection>();
        long pairs = 0;
        var reach = new ReachTable(_view.Reachability);
        var ends = new EndResolver(_view);
        var (sources, destinations) = (ends.Everyone(asSource: true), ends.Everyone(asSource: false));
        var (from, to) = (sources.Select(end => NumberOf(end)).ToArray(), destinations.Select(end => NumberOf(end)).ToArray());
        for (var s = 0; s < sources.Length; s++)
            for (var d = 0; d < destinations.Length; d++)
            {
                if (sources[s].Range is null ? from[s] == to[d] : destinations[d].Range is not null) continue;
                var open = reach.Between(sources[s], destinations[d]);
                if (open.Possible.IsEmpty) continue;
                pairs++;
                if (_mentioned[to[d]]?[from[s]] != true) unmentioned.Add(new Connection(EntryOf(from[s], _view.OutsideSources), EntryOf(to[d], _view.OutsideDestinations), open));
            }

        return new CoverageReport(_rules.Count, [.. _rules.Unused()], pairs, unmentioned.DrainToImmutable());
    }

    /// <inheritdoc/>
    void IFlowListener.Judged(Expectation expectation, EndGroup sources, EndGroup targets, ConnectionSet asked, Outcome expected, Reach open)
    {
        _rules.Add(sources.First, targets.First, asked.Intersect(open.Certain));
        if (!_seen.Add((sources, targets))) return;
        var from = sources.Ends.SelectMany(end => Numbers(end, _view.OutsideSources)).ToList();
        foreach (var target in targets.Ends.SelectMany(end => Numbers(end, _view.OutsideDestinations)))
        {
            var row = _mentioned[target] ??= new BitArray(_view.Workloads.Length + _view.OutsideSources.Length);
            foreach (var source in from) row[source] = true;
        }
    }

    private ViewEntry EntryOf(int number, ImmutableArray<ViewEntry> outside) =>
        number < _view.Workloads.Length ? _view.Workloads[number] : outside[number - _view.Workloads.Length];

    private int NumberOf(JudgedEnd end) => end.Range is null ? _numbers[_view.EntryOf(end.Pods[0])] : _view.Workloads.Length - 1 - end.Kind;

    // Part of a range is no mention of the range.
    private IEnumerable<int> Numbers(JudgedEnd end, ImmutableArray<ViewEntry> outside) =>
        end.Range is null || (end.Kind > int.MinValue && outside[-1 - end.Kind].Range == end.Range) ? [NumberOf(end)] : [];
}
