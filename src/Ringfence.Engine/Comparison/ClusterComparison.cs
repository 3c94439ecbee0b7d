using System.Collections.Immutable;
using Ringfence.Engine.Comparison;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>
/// Two states of a cluster, side by side: which workloads are in both, and between whom what is open differs. Exact, and fast where
/// little differs: only workloads that changed rules name are compared, one pod standing for all that policies cannot tell apart.
/// </summary>
public sealed class ClusterComparison
{
    private readonly ClusterView _old;
    private readonly ClusterView _new;
    private readonly ImmutableArray<Counterpart> _both;

    private ClusterComparison(ClusterView old, ClusterView @new)
    {
        (_old, _new) = (old, @new);
        Workloads = Counterparts.Match(old, @new);
        _both = [.. Workloads.Where(workload => workload.IsInBoth)];
    }

    /// <summary>The workloads of either state, by name in ordinal order.</summary>
    public ImmutableArray<Counterpart> Workloads { get; }

    /// <summary>Compares two states.</summary>
    public static ClusterComparison Create(ClusterView old, ClusterView @new) => new(old, @new);

    /// <summary>
    /// What is open, or may be, in one state and not in the other, in no particular order: between workloads of both, between them and addresses
    /// outside, and everything that workloads of one state alone have there. Without a workload's connections to itself.
    /// </summary>
    public IEnumerable<ComparedReach> Changes()
    {
        var (pairs, ingress, egress) = Candidates();
        foreach (var pair in pairs)
        {
            var (source, destination) = (_both[(int)(pair / _both.Length)], _both[(int)(pair % _both.Length)]);
            var (before, after) = (_old.Between(source.Old!, destination.Old!), _new.Between(source.New!, destination.New!));
            if (before != after) yield return new ComparedReach(source, destination, before, after);
        }

        var outside = new OutsideChanges(_old, _new);
        foreach (var workload in egress)
            foreach (var (range, before, after) in outside.Of(_both[workload], Direction.Egress))
                yield return new ComparedReach(_both[workload], range, before, after);
        foreach (var workload in ingress)
            foreach (var (range, before, after) in outside.Of(_both[workload], Direction.Ingress))
                yield return new ComparedReach(range, _both[workload], before, after);

        foreach (var (source, destination, reach) in Alone(_old, workload => workload.Old))
            yield return new ComparedReach(source, destination, reach, Reach.None);
        foreach (var (source, destination, reach) in Alone(_new, workload => workload.New))
            yield return new ComparedReach(source, destination, Reach.None, reach);
    }

    /// <summary>The pairs to compare, each as one number, and the workloads whose rules of a direction changed.</summary>
    private (HashSet<long> Pairs, ISet<int> Ingress, ISet<int> Egress) Candidates()
    {
        var (pairs, ingress, egress) = (new HashSet<long>(), new SortedSet<int>(), new SortedSet<int>());
        var renamed = Renamed();
        ingress.UnionWith(renamed);
        Add(_old.Reachability.Certain, _new.Reachability.Certain);
        if (_old.Reachability.Certain.HasUnknowns || _new.Reachability.Certain.HasUnknowns) Add(_old.Reachability.Possible, _new.Reachability.Possible);
        return (pairs, ingress, egress);

        void Add(CompiledForm old, CompiledForm @new)
        {
            var book = new RuleBook();
            var candidates = new Candidates(
                book,
                new ReadForm(old, [.. _both.Select(workload => workload.Old!.Pods[0])], book),
                new ReadForm(@new, [.. _both.Select(workload => workload.New!.Pods[0])], book),
                renamed);
            foreach (var (source, destination) in candidates.Find())
                if (source != destination) pairs.Add(((long)source * _both.Length) + destination);
            ingress.UnionWith(candidates.Changed(Direction.Ingress));
            egress.UnionWith(candidates.Changed(Direction.Egress));
        }
    }

    /// <summary>The workloads at which a port name that some policy uses means something else than before.</summary>
    private List<int> Renamed()
    {
        var (old, @new) = (_old.Reachability.Certain, _new.Reachability.Certain);
        var names = old.PortNames();
        names.UnionWith(@new.PortNames());
        if (names.Count == 0) return [];
        return [.. Enumerable.Range(0, _both.Length).Where(i => !Used(old.PortsOf(_both[i].Old!.Pods[0])).SequenceEqual(Used(@new.PortsOf(_both[i].New!.Pods[0]))))];

        IEnumerable<NamedPort> Used(PortSignature ports) => ports.Ports.Where(port => names.Contains((port.Protocol, port.Name)));
    }

    /// <summary>The connections of workloads that only this state has.</summary>
    private IEnumerable<(Counterpart Source, Counterpart Destination, Reach Reach)> Alone(ClusterView view, Func<Counterpart, ViewEntry?> side)
    {
        // The pods of a workload that the other state tells apart are one entry here.
        var here = new Dictionary<ViewEntry, List<Counterpart>>(ReferenceEqualityComparer.Instance);
        var alone = new HashSet<ViewEntry>(ReferenceEqualityComparer.Instance);
        foreach (var workload in Workloads)
        {
            if (side(workload) is not { } entry) continue;
            if (!here.TryGetValue(entry, out var known)) here.Add(entry, known = []);
            known.Add(workload);
            if (!workload.IsInBoth) alone.Add(entry);
        }

        if (alone.Count == 0) yield break;
        foreach (var connection in view.Connections(focus: alone))
            foreach (var source in Of(connection.Source))
                foreach (var destination in Of(connection.Destination)) yield return (source, destination, connection.Reach);

        List<Counterpart> Of(ViewEntry entry) => entry.Range is { } range ? [Counterpart.Of(range)] : here[entry];
    }
}
