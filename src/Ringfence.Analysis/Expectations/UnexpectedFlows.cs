using Ringfence.Engine;

namespace Ringfence.Analysis.Expectations;

/// <summary>A flow to be told.</summary>
internal sealed record FlowPair(JudgedEnd Source, JudgedEnd Target, string SourceName, string TargetName, Deviation Deviation);

/// <summary>
/// Names the flows of deviations: by destination, then source, both in ordinal order; then those to addresses by source. Ranges that touch and
/// are alike are one.
/// </summary>
internal sealed class UnexpectedFlows
{
    private readonly List<Side> _sides;

    public UnexpectedFlows(List<Deviation> deviations) => _sides =
    [
        .. Sides(deviations.FindAll(deviation => deviation.Targets.First.Range is null), isSource: false),
        .. Sides(deviations.FindAll(deviation => deviation.Targets.First.Range is not null), isSource: true),
    ];

    /// <summary>How many there are.</summary>
    public long Count() => _sides.Sum(side => side.Count());

    /// <summary>They, in order.</summary>
    public IEnumerable<FlowPair> Names() => _sides
        .SelectMany(side => side.Common.Ends.Select(end => (Side: side, End: end)))
        .OrderBy(item => item.Side.IsSource)
        .ThenBy(item => item.End.Name, StringComparer.Ordinal)
        .SelectMany(item => item.Side.Flows(item.End));

    private static IEnumerable<Side> Sides(List<Deviation> deviations, bool isSource) => deviations
        .GroupBy(deviation => isSource ? deviation.Sources : deviation.Targets, ReferenceEqualityComparer.Instance as IEqualityComparer<EndGroup>)
        .Select(group => new Side(group.Key, isSource, [.. group]));

    /// <summary>The deviations that have one group of ends in common, on one side.</summary>
    private sealed class Side(EndGroup common, bool isSource, List<Deviation> deviations)
    {
        public EndGroup Common => common;

        public bool IsSource => isSource;

        public long Count() => common.Ends.Length * (Others().Where(other => other.End.Range is null).LongCount() + Joined().Count) - Itself();

        public IEnumerable<FlowPair> Flows(JudgedEnd end)
        {
            foreach (var (other, deviation) in Others().Where(other => other.End.Range is null).OrderBy(other => other.End.Name, StringComparer.Ordinal))
                if (IsJudged(end, other)) yield return Pair(end, other, other.Name, deviation);
            foreach (var (other, range, deviation) in Joined()) yield return Pair(end, other, NameOf(other, range), deviation);
        }

        private static string NameOf(JudgedEnd end, AddressRange range) => end.Range == range ? end.Name : range.ToString();

        private FlowPair Pair(JudgedEnd end, JudgedEnd other, string otherName, Deviation deviation) => isSource
            ? new FlowPair(end, other, end.Name, otherName, deviation)
            : new FlowPair(other, end, otherName, end.Name, deviation);

        private IEnumerable<(JudgedEnd End, Deviation Deviation)> Others() =>
            deviations.SelectMany(deviation => (isSource ? deviation.Targets : deviation.Sources).Ends.Select(end => (end, deviation)));

        private static bool IsJudged(JudgedEnd end, JudgedEnd other) => (end.IsNamed && other.IsNamed) || !end.IsItself(other);

        private long Itself()
        {
            if (isSource) return 0;
            var own = common.Ends.Where(end => end.Pods.Length == 1).ToLookup(end => end.Pods[0]);
            return own.Count == 0 ? 0 : Others().Where(other => other.End.Pods.Length == 1).Sum(other => own[other.End.Pods[0]].LongCount(end => !IsJudged(end, other.End)));
        }

        private List<(JudgedEnd End, AddressRange Range, Deviation Deviation)> Joined()
        {
            var joined = new List<(JudgedEnd End, AddressRange Range, Deviation Deviation)>();
            foreach (var (end, deviation) in Others().Where(other => other.End.Range is not null).OrderBy(other => other.End.Range!.Value.First))
                if (joined.Count > 0 && joined[^1] is var (first, range, before) && AddressRanges.Touch(range, end.Range!.Value) && IsAlike(before, deviation))
                    joined[^1] = (first, new AddressRange(range.First, end.Range.Value.Last), before);
                else joined.Add((end, end.Range!.Value, deviation));
            return joined;
        }

        private static bool IsAlike(Deviation a, Deviation b) => a.Wrong.Equals(b.Wrong) && a.Open.Equals(b.Open) && a.Exempt is null && b.Exempt is null;
    }
}
