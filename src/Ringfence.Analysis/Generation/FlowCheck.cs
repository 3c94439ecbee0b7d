using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>How what is open differs from what is wanted.</summary>
public enum DeviationKind
{
    /// <summary>Wanted, and closed.</summary>
    Missing,

    /// <summary>Open, and not wanted.</summary>
    Beyond,

    /// <summary>The input does not decide whether it is open.</summary>
    Undecided,
}

/// <summary>Connections that are not as wanted.</summary>
/// <param name="Kind">How they differ.</param>
/// <param name="Source">Where they start: a workload, several, or a range of addresses.</param>
/// <param name="Destination">Where they end.</param>
/// <param name="Connections">The connections.</param>
public sealed record Deviation(DeviationKind Kind, string Source, string Destination, ConnectionSet Connections);

/// <summary>
/// Compares what is open with what is wanted, for every connection that has an end in an isolated namespace. Pods are taken in groups that
/// neither policies nor flows tell apart.
/// </summary>
internal sealed class FlowCheck
{
    private readonly Reachability _reachability;
    private readonly Membership _membership;
    private readonly List<AlikePods> _groups;
    private readonly ClusterView _view;

    public FlowCheck(Reachability reachability, IReadOnlySet<string> isolated, IReadOnlyList<FoundFlow> flows)
    {
        _reachability = reachability;
        _membership = new Membership(reachability.Snapshot, flows);
        _view = ClusterView.Create(reachability);
        _groups = AlikePods.Gather(_view, _membership, isolated);
    }

    /// <summary>The differences, by source and destination.</summary>
    public IEnumerable<Deviation> Run()
    {
        var destinations = Segments(_view.OutsideDestinations);
        foreach (var source in _groups)
        {
            foreach (var destination in _groups)
            {
                if (!source.IsIsolated && !destination.IsIsolated) continue;
                if (ReferenceEquals(source, destination) && !source.HasSeveral) continue;
                var wanted = _membership.Wanted(source.Sides, destination.Sides, PodOf(destination));
                foreach (var deviation in Compare(source.Name, destination.Name, Party.OfPod(source.Pod), Party.OfPod(destination.Pod), wanted)) yield return deviation;
            }

            if (!source.IsIsolated) continue;
            foreach (var (range, sides) in destinations)
            {
                var wanted = _membership.Wanted(source.Sides, sides, null);
                foreach (var deviation in Compare(source.Name, range.ToString(), Party.OfPod(source.Pod), Party.OfAddress(range.First), wanted)) yield return deviation;
            }
        }

        foreach (var (range, sides) in Segments(_view.OutsideSources))
            foreach (var destination in _groups.Where(group => group.IsIsolated))
            {
                var wanted = _membership.Wanted(sides, destination.Sides, PodOf(destination));
                foreach (var deviation in Compare(range.ToString(), destination.Name, Party.OfAddress(range.First), Party.OfPod(destination.Pod), wanted)) yield return deviation;
            }
    }

    private Pod PodOf(AlikePods group) => _reachability.Snapshot.Pods[group.Pod].Pod;

    private IEnumerable<Deviation> Compare(string from, string to, Party source, Party destination, ConnectionSet wanted)
    {
        var reach = _reachability.BetweenByPolicy(source, destination);
        if (reach.IsCertain && reach.Certain.Equals(wanted)) yield break;
        var missing = wanted.Except(reach.Possible);
        if (!missing.IsEmpty) yield return new Deviation(DeviationKind.Missing, from, to, missing);
        var beyond = reach.Certain.Except(wanted);
        if (!beyond.IsEmpty) yield return new Deviation(DeviationKind.Beyond, from, to, beyond);
        if (!reach.IsCertain) yield return new Deviation(DeviationKind.Undecided, from, to, reach.Unknown);
    }

    // Wanted ranges may end inside those that policies tell apart.
    private List<(AddressRange Range, int[] Sides)> Segments(ImmutableArray<ViewEntry> ranges) =>
        [.. ranges.SelectMany(entry => _membership.Cut(entry.Range!.Value)).Select(range => (range, _membership.SidesOf(range)))];
}
