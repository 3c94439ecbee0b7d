using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>Judges one case: its entries, and those whom they leave over.</summary>
internal sealed class CaseJudge(JudgeContext context)
{
    /// <summary>Judges a case.</summary>
    public CaseResult Judge(ExpectationCase item)
    {
        var entries = item.Expectations.Select(Resolve).ToImmutableArray();
        return new CaseResult(item, [.. entries.Select((entry, i) => Judge(entries, i))]);
    }

    private ExpectationResult Judge(ImmutableArray<Entry> entries, int number)
    {
        var entry = entries[number];
        if (entry.Problem is { } problem) return new ExpectationResult(entry.Expectation, ExpectationOutcome.Error) { Problem = problem };
        var others = entries.RemoveAt(number);
        if (entry.NeedsOthers && others.FirstOrDefault(other => other.Problem is not null) is { } broken)
            entry.Remarks.Missing = entry.Remarks.Missing.Add($"what is named at {broken.Expectation.Location}");

        var tally = new FlowTally(context.Reach, entry.Expectation, context.Listener);
        var expected = entry.Expectation.Mode == ExpectationMode.Deny ? Outcome.Denied : Outcome.Allowed;
        foreach (var target in entry.Targets) JudgeNamed(tally, EndGroup.Of(entry.Sources), target, expected);
        if (entry.SourceElse) JudgeSourcesElse(tally, entry, others, expected);
        try
        {
            if (entry.TargetElse) JudgeTargetsElse(tally, entry, others, expected);
        }
        catch (InputException exception)
        {
            return Broken(entry.Expectation, Told(exception));
        }

        if (entry.Expectation.Mode == ExpectationMode.Only) JudgeNobodyElse(tally, entries, number);
        return tally.Flows > 0 || !entry.Remarks.Missing.IsEmpty || entry.SourceElse || entry.TargetElse
            ? tally.Result(entry.Remarks)
            : Broken(entry.Expectation, "no flow is left to judge: policies only judge traffic of pods, and of a pod to itself they say nothing");
    }

    private static void JudgeNamed(FlowTally tally, ImmutableArray<EndGroup> sources, Target target, Outcome expected)
    {
        foreach (var targets in EndGroup.Of(target.Ends))
            foreach (var group in sources) tally.Judge(group, targets, target.Connections, expected);
    }

    /// <summary>Whoever no other entry names as a source of a destination.</summary>
    private void JudgeSourcesElse(FlowTally tally, Entry entry, ImmutableArray<Entry> others, Outcome expected)
    {
        foreach (var target in entry.Targets)
            foreach (var part in new EndSpace(target.Ends, context.Ends, asSource: false).Split([.. others.Select(other => other.TargetEnds)]))
                foreach (var left in context.EverySource.Split([.. part.Sets.Select(set => others[set].Sources)]))
                    if (left.Sets.IsEmpty) tally.Judge(left.Group, part.Group, target.Connections, expected);
    }

    /// <summary>Whatever no other entry names as a destination of a source.</summary>
    private void JudgeTargetsElse(FlowTally tally, Entry entry, ImmutableArray<Entry> others, Outcome expected)
    {
        foreach (var part in new EndSpace(entry.Sources, context.Ends, asSource: true).Split([.. others.Select(other => other.Sources)]))
        {
            // Together: a port's name means something where one of them has it.
            var left = context.EveryDestination.Split([.. part.Sets.Select(set => others[set].TargetEnds)]).Where(each => each.Sets.IsEmpty).SelectMany(each => each.Group.Ends);
            foreach (var target in context.Targets.At([.. left], entry.Expectation.Ports, entry.Remarks))
                foreach (var group in EndGroup.Of(target.Ends)) tally.Judge(part.Group, group, target.Connections, expected);
        }
    }

    /// <summary>What nobody may open to the destinations beside what this case names. Destinations that an entry before has are judged there.</summary>
    private void JudgeNobodyElse(FlowTally tally, ImmutableArray<Entry> entries, int number)
    {
        var naming = entries.SelectMany((entry, i) => entry.Expectation.Mode == ExpectationMode.Deny ? [] : entry.Targets.Select(target => (Entry: i, Target: target))).ToList();
        var destinations = new EndSpace(context.Ends.Distinct([entries[number].TargetEnds], asSource: false), context.Ends, asSource: false);
        foreach (var part in destinations.Split([.. naming.Select(named => named.Target.Ends)]))
        {
            var named = part.Sets.Select(set => naming[set]).ToList();
            if (named.Exists(other => other.Entry < number && entries[other.Entry].Expectation.Mode == ExpectationMode.Only)) continue;
            var toOthers = named.Where(other => entries[other.Entry].SourceElse).Aggregate(ConnectionSet.None, (sum, other) => sum.Union(other.Target.Connections));
            foreach (var sources in context.EverySource.Split([.. named.Select(other => entries[other.Entry].Sources)]))
            {
                var open = sources.Sets.IsEmpty ? toOthers : sources.Sets.Aggregate(ConnectionSet.None, (sum, set) => sum.Union(named[set].Target.Connections));
                tally.Judge(sources.Group, part.Group, ConnectionSet.All.Except(open), Outcome.Denied);
            }
        }
    }

    private Entry Resolve(Expectation expectation)
    {
        var remarks = new Remarks();
        try
        {
            var sources = context.Ends.Distinct([.. Named(expectation.From).Select(end => context.Ends.Find(end, asSource: true, remarks))], asSource: true);
            var targets = context.Targets.Find(Named(expectation.To), expectation.Ports, remarks).ToImmutableArray();
            return new Entry(expectation, sources, targets, remarks);
        }
        catch (InputException problem)
        {
            return new Entry(expectation, [], [], remarks) { Problem = Problem(expectation, Told(problem)) };
        }
    }

    private static string Told(InputException problem) => string.Join(" ", problem.Hints.Prepend(problem.Hints.Count > 0 ? problem.Message + "." : problem.Message));

    private static IEnumerable<ExpectedEnd> Named(IEnumerable<ExpectedEnd> ends) => ends.Where(end => end is not EveryoneEnd { Else: true });

    private static ExpectationResult Broken(Expectation expectation, string message) =>
        new(expectation, ExpectationOutcome.Error) { Problem = Problem(expectation, message) };

    private static Diagnostic Problem(Expectation expectation, string message) => new(Severity.Error, "not-judged", message, expectation.Location);

    /// <summary>An expectation with what it names found in the cluster.</summary>
    private sealed record Entry(Expectation Expectation, ImmutableArray<JudgedEnd> Sources, ImmutableArray<Target> Targets, Remarks Remarks)
    {
        public Diagnostic? Problem { get; init; }

        public bool SourceElse { get; } = Expectation.From.Any(end => end is EveryoneEnd { Else: true });

        public bool TargetElse { get; } = Expectation.To.Any(end => end is EveryoneEnd { Else: true });

        public bool NeedsOthers => SourceElse || TargetElse || Expectation.Mode == ExpectationMode.Only;

        public ImmutableArray<JudgedEnd> TargetEnds { get; } = [.. Targets.SelectMany(target => target.Ends)];
    }
}
