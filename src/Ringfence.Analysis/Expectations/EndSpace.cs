using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ringfence.Engine;

namespace Ringfence.Analysis.Expectations;

/// <summary>Ends of one kind that belong to the same sets.</summary>
/// <param name="Group">The ends.</param>
/// <param name="Sets">The numbers of the sets, rising; empty for none.</param>
internal sealed record EndPart(EndGroup Group, ImmutableArray<int> Sets);

/// <summary>Ends that can be cut by sets of other ends, in time that the sets decide, not the number of the ends.</summary>
internal sealed class EndSpace
{
    private readonly EndResolver _resolver;
    private readonly bool _asSource;
    private readonly ImmutableArray<EndGroup> _groups;
    private readonly Dictionary<int, (JudgedEnd End, int Group)> _endOf = [];

    /// <param name="ends">The ends; no two of them share a pod.</param>
    /// <param name="resolver">Makes ends of what remains of others.</param>
    /// <param name="asSource">Whether they are sources.</param>
    public EndSpace(IEnumerable<JudgedEnd> ends, EndResolver resolver, bool asSource)
    {
        (_resolver, _asSource, _groups) = (resolver, asSource, EndGroup.Of(ends));
        for (var i = 0; i < _groups.Length; i++)
            foreach (var end in _groups[i].Ends)
                foreach (var pod in end.Pods) _endOf[pod] = (end, i);
    }

    /// <summary>Cuts the ends so that each part belongs to the same sets as a whole.</summary>
    public IEnumerable<EndPart> Split(IReadOnlyList<IReadOnlyCollection<JudgedEnd>> sets)
    {
        var setsOf = new Dictionary<int, List<int>>();
        var touched = new HashSet<JudgedEnd>(ReferenceEqualityComparer.Instance);
        var touchedGroups = new HashSet<int>();
        var ranges = new List<(AddressRange Range, int Set)>();
        for (var set = 0; set < sets.Count; set++)
            foreach (var end in sets[set])
            {
                if (end.Range is { } range) ranges.Add((range, set));
                foreach (var pod in end.Pods)
                {
                    if (!_endOf.TryGetValue(pod, out var own)) continue;
                    touched.Add(own.End);
                    touchedGroups.Add(own.Group);
                    ref var of = ref CollectionsMarshal.GetValueRefOrAddDefault(setsOf, pod, out _);
                    of ??= [];
                    if (of.Count == 0 || of[^1] != set) of.Add(set);
                }
            }

        for (var i = 0; i < _groups.Length; i++)
        {
            var group = _groups[i];
            if (group.First.Range is not null)
            {
                foreach (var part in group.Ends.SelectMany(end => SplitRange(end, ranges))) yield return part;
            }
            else if (!touchedGroups.Contains(i))
            {
                yield return new EndPart(group, []);
            }
            else if (group.Ends.Where(end => !touched.Contains(end)).ToImmutableArray() is { IsEmpty: false } rest)
            {
                yield return new EndPart(new EndGroup(rest), []);
            }
        }

        var parts = touched.SelectMany(end => SplitPods(end, setsOf)).GroupBy(part => (part.End.Kind, part.End.IsNamed ? part.End.Name : null, part.Key));
        foreach (var group in parts) yield return new EndPart(new EndGroup([.. group.Select(part => part.End)]), group.First().Sets);
    }

    private IEnumerable<EndPart> SplitRange(JudgedEnd end, List<(AddressRange Range, int Set)> ranges)
    {
        var whole = end.Range!.Value;
        foreach (var piece in AddressRanges.Cut(whole, ranges.Select(item => item.Range)))
            yield return new EndPart(
                new EndGroup([piece == whole ? end : _resolver.OfRange(piece, _asSource) with { IsNamed = end.IsNamed }]),
                [.. ranges.Where(item => AddressRanges.Intersect(item.Range, piece) is not null).Select(item => item.Set).Distinct().Order()]);
    }

    private IEnumerable<(JudgedEnd End, ImmutableArray<int> Sets, string Key)> SplitPods(JudgedEnd end, Dictionary<int, List<int>> setsOf)
    {
        var parts = end.Pods.GroupBy(pod => setsOf.TryGetValue(pod, out var of) ? string.Join(',', of) : "").ToList();
        foreach (var part in parts)
        {
            var sets = setsOf.TryGetValue(part.First(), out var of) ? of : [];
            yield return (parts.Count == 1 ? end : _resolver.OfPods([.. part]).Single() with { IsNamed = end.IsNamed }, [.. sets], part.Key);
        }
    }
}
