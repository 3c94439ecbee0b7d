using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>Judges the flows of one expectation, kind by kind, and keeps the first that are not as expected.</summary>
/// <param name="reach">What is open between ends.</param>
/// <param name="expectation">The expectation.</param>
/// <param name="listener">Told of every flow; null where nobody wants to know.</param>
internal sealed class FlowTally(ReachTable reach, Expectation expectation, IFlowListener? listener)
{
    private const int MostTold = 10;

    // By the pod that they have in common, destinations first: the others are its sources, or the addresses it goes to.
    private readonly List<Deviation> _deviations = [];

    /// <summary>How many flows were judged.</summary>
    public long Flows { get; private set; }

    /// <summary>Judges the flows from each source to each destination.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="targets">The destinations.</param>
    /// <param name="connections">The connections.</param>
    /// <param name="expected">Whether they should be allowed, or denied.</param>
    public void Judge(EndGroup sources, EndGroup targets, ConnectionSet connections, Outcome expected)
    {
        // Between addresses there is no policy.
        if (sources.First.Range is not null && targets.First.Range is not null) return;
        var isNamed = sources.First.IsNamed && targets.First.IsNamed;
        var flows = (long)sources.Ends.Length * targets.Ends.Length;
        if (!isNamed) flows -= CountItself(sources, targets);
        if (flows == 0) return;
        Flows += flows;
        var exemption = isNamed ? Exemption.Of(reach.Reachability, sources.First, targets.First) : default;
        var open = exemption.Counts(expected) ? new Reach(ConnectionSet.All, ConnectionSet.All) : reach.Between(sources.First, targets.First);
        listener?.Judged(expectation, sources, targets, connections, expected, open);
        var outcome = Judge(connections, open, expected, out var wrong);
        if (outcome == ExpectationOutcome.Passed) return;
        _deviations.Add(new Deviation(sources, targets, expected, outcome == ExpectationOutcome.Failed, wrong, open.Certain)
        {
            Exempt = exemption.Counts(expected) ? exemption.Pair : null,
        });
    }

    /// <summary>What became of the expectation.</summary>
    public ExpectationResult Result(Remarks remarks)
    {
        var failed = _deviations.Exists(deviation => deviation.IsFailure);
        var told = new UnexpectedFlows(_deviations.FindAll(deviation => deviation.IsFailure == failed));
        var unexpected = told.Names().Take(MostTold).Select(flow => Told(flow)).ToImmutableArray();
        var missing = failed ? [] : remarks.Missing.Union(unexpected.SelectMany(flow => flow.Verdict.Missing));
        var outcome = failed ? ExpectationOutcome.Failed
            : _deviations.Count > 0 || !missing.IsEmpty ? ExpectationOutcome.Unknown
            : ExpectationOutcome.Passed;
        return new ExpectationResult(expectation, outcome)
        {
            Flows = Flows, Unexpected = unexpected, UnexpectedCount = told.Count(), Missing = [.. missing], Notes = [.. remarks.Notes],
        };
    }

    private static ExpectationOutcome Judge(ConnectionSet asked, Reach open, Outcome expected, out ConnectionSet wrong)
    {
        // Refuted by what is certain; in doubt by what is possible.
        var (refuted, doubtful) = expected == Outcome.Allowed
            ? (asked.Except(open.Possible), asked.Except(open.Certain))
            : (asked.Intersect(open.Certain), asked.Intersect(open.Possible));
        wrong = refuted.IsEmpty ? doubtful : refuted;
        return !refuted.IsEmpty ? ExpectationOutcome.Failed : doubtful.IsEmpty ? ExpectationOutcome.Passed : ExpectationOutcome.Unknown;
    }

    // A pod reaches itself whatever policies say, so nothing is expected of that.
    private static long CountItself(EndGroup sources, EndGroup targets)
    {
        if (sources.First.Kind != targets.First.Kind || sources.First.Range is not null) return 0;
        var alone = targets.Ends.Where(end => end.Pods.Length == 1).ToLookup(end => end.Pods[0]);
        return alone.Count == 0 ? 0 : sources.Ends.Where(end => end.Pods.Length == 1).Sum(end => alone[end.Pods[0]].LongCount(end.IsItself));
    }

    private UnexpectedFlow Told(FlowPair flow)
    {
        var deviation = flow.Deviation;
        var (protocol, port) = Sample(deviation.Wrong);
        var (source, target) = deviation.Exempt ?? (flow.Source.Party, flow.Target.Party);
        var verdict = reach.Reachability.Judge(source, target, protocol, port);
        if (deviation.Exempt is null)
        {
            // Of a workload's replicas one stands for all, which says nothing about a pod and itself.
            var outcome = !deviation.IsFailure ? Outcome.Unknown : deviation.Expected == Outcome.Allowed ? Outcome.Denied : Outcome.Allowed;
            verdict = verdict with { Exemption = null, Outcome = outcome };
        }

        return new UnexpectedFlow(flow.SourceName, flow.TargetName, deviation.Expected, deviation.Wrong, verdict) { Open = deviation.Open };
    }

    private static (Protocol? Protocol, int Port) Sample(ConnectionSet connections)
    {
        foreach (var protocol in (ReadOnlySpan<Protocol>)[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
            if (connections.Ports(protocol) is [var first, ..]) return (protocol, first.First);
        return (null, 0);
    }
}

/// <summary>Flows that are not as expected, or not known to be.</summary>
/// <param name="Sources">Their sources.</param>
/// <param name="Targets">Their destinations.</param>
/// <param name="Expected">Whether they should be allowed, or denied.</param>
/// <param name="IsFailure">Whether they certainly are not as expected.</param>
/// <param name="Wrong">The connections that are not.</param>
/// <param name="Open">What is certainly open.</param>
internal sealed record Deviation(EndGroup Sources, EndGroup Targets, Outcome Expected, bool IsFailure, ConnectionSet Wrong, ConnectionSet Open)
{
    /// <summary>A pair of pods or addresses that no policy concerns, where that is why; null otherwise.</summary>
    public (Party Source, Party Target)? Exempt { get; init; }
}

/// <summary>What no policy concerns between two ends that were named by themselves.</summary>
/// <param name="Pair">The first such pair; null where there is none.</param>
/// <param name="IsWhole">Whether there are no other pairs.</param>
internal readonly record struct Exemption((Party Source, Party Target)? Pair, bool IsWhole)
{
    /// <summary>Whether it decides: one open flow is enough against a denial, for an allowance all must be open.</summary>
    public bool Counts(Outcome expected) => Pair is not null && (IsWhole || expected == Outcome.Denied);

    public static Exemption Of(Reachability reachability, JudgedEnd source, JudgedEnd target)
    {
        if (!source.MayBeNode && !target.MayBeNode) return source.IsItself(target) ? new((source.Party, target.Party), IsWhole: true) : default;
        ((Party, Party)? exempt, var whole) = (null, true);
        foreach (var from in source.Parties)
            foreach (var to in target.Parties)
            {
                if (reachability.Exemption(from, to) is null) whole = false;
                else if (from != to || source.IsItself(target)) exempt ??= (from, to);
                if (exempt is not null && !whole) return new(exempt, IsWhole: false);
            }

        return new(exempt, whole);
    }
}
