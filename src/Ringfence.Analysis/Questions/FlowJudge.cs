using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Questions;

/// <summary>Answers questions: judges every flow that a question stands for, and puts those with the same outcome together.</summary>
public sealed class FlowJudge(Reachability reachability)
{
    private const int MostNames = 10;

    // What decides the whole comes first.
    private static readonly Outcome[] Order = [Outcome.Denied, Outcome.Unknown, Outcome.Allowed];

    /// <summary>Answers a question.</summary>
    public Answer Answer(Question question)
    {
        var gathered = new Dictionary<(Outcome Outcome, ConnectionSet? Open), Gathered>();
        foreach (var flow in question.Flows())
        {
            var reach = Reach(flow);
            var key = (OutcomeOf(flow.Target, reach), question.IsEverything ? reach.Certain : null);
            if (!gathered.TryGetValue(key, out var part)) gathered[key] = part = new Gathered();
            part.Add(flow);
        }

        var parts = gathered
            .OrderBy(part => Array.IndexOf(Order, part.Key.Outcome))
            .Select(part => part.Value.ToPart(part.Key.Outcome, part.Key.Open, Judge(part.Value.First, part.Key.Outcome)))
            .ToImmutableArray();
        return parts.IsEmpty
            ? new Answer(question, Outcome.Unknown, []) { Missing = [$"a pod behind {question.Destination.Name}"] }
            : new Answer(question, parts[0].Outcome, parts) { Missing = parts[0].Verdict.Missing };
    }

    private Reach Reach(Flow flow) => flow.AmongReplicas
        ? reachability.BetweenByPolicy(flow.Source.Party, flow.Target.End.Party)
        : reachability.Between(flow.Source.Party, flow.Target.End.Party);

    private Verdict Judge(Flow flow, Outcome outcome)
    {
        var verdict = reachability.Judge(flow.Source.Party, flow.Target.End.Party, flow.Target.Protocol, flow.Target.Port);
        // Replicas of one workload are different pods: that a pod reaches itself says nothing about them.
        return flow.AmongReplicas ? verdict with { Outcome = outcome, Exemption = null } : verdict;
    }

    private static Outcome OutcomeOf(FlowTarget target, Reach reach)
    {
        var (certain, possible) = target.Protocol is { } protocol
            ? (reach.Certain.Contains(protocol, target.Port), reach.Possible.Contains(protocol, target.Port))
            : (reach.Certain.IsAll, reach.Possible.IsAll);
        return certain ? Outcome.Allowed : possible ? Outcome.Unknown : Outcome.Denied;
    }

    private sealed class Gathered
    {
        private readonly List<Flow> _first = [];
        private readonly HashSet<FlowEnd> _sources = [];
        private readonly HashSet<FlowTarget> _targets = [];

        public long Count { get; private set; }

        public Flow First => _first[0];

        public void Add(Flow flow)
        {
            Count++;
            if (_first.Count < MostNames) _first.Add(flow);
            _sources.Add(flow.Source);
            _targets.Add(flow.Target);
        }

        public Part ToPart(Outcome outcome, ConnectionSet? open, Verdict verdict) =>
            new(outcome, Count, Names(), verdict) { Example = First, Open = open };

        // All sources with all destinations make one name; else the flows are told one by one.
        private ImmutableArray<FlowName> Names() => Count == (long)_sources.Count * _targets.Count
            ? [new FlowName(Joined(_sources, end => end.Name), Joined(_targets, target => target.Name, target => target.End, target => target.Port))]
            : [.. _first.Select(flow => new FlowName([flow.Source.Name], [flow.Target.Name]))];

        private static ImmutableArray<string> Joined(IEnumerable<FlowEnd> ends, Func<FlowEnd, string> name) =>
            Joined(ends, name, end => end, _ => 0);

        // Ranges that touch are one range to the reader.
        private static ImmutableArray<string> Joined<T>(IEnumerable<T> items, Func<T, string> name, Func<T, FlowEnd> end, Func<T, int> port)
            where T : notnull
        {
            var names = ImmutableArray.CreateBuilder<string>();
            (AddressRange Range, T Item)? open = null;
            foreach (var item in items)
            {
                if (end(item).Range is not { } range)
                {
                    Close();
                    names.Add(name(item));
                }
                else if (open is { } before && port(before.Item) == port(item) && Touches(before.Range, range))
                {
                    open = (new AddressRange(before.Range.First, range.Last), item);
                }
                else
                {
                    Close();
                    open = (range, item);
                }
            }

            Close();
            return names.ToImmutable();

            void Close()
            {
                if (open is { } last)
                {
                    var (was, text) = (end(last.Item).Name, last.Range.ToString());
                    names.Add(name(last.Item).Replace(was, text, StringComparison.Ordinal));
                }

                open = null;
            }
        }

        private static bool Touches(AddressRange a, AddressRange b) =>
            a.Last.Family == b.First.Family && a.Last != Address.Max(a.Last.Family) && a.Last.Value + 1 == b.First.Value;
    }
}
