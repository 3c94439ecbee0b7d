using System.Collections.Immutable;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>Holds a view of a cluster to its promises: nothing is lost, and what it shows as one cannot be told apart.</summary>
internal sealed class ViewComparison(ClusterObjects cluster)
{
    private readonly ClusterView _view = ClusterView.Create(Reachability.Compile(Snapshot.Create(cluster)));
    private readonly NaiveOracle _oracle = new(cluster);
    private readonly ImmutableArray<Wire> _wires =
    [
        .. from protocol in Vocabulary.Protocols from port in Boundaries.Ports(cluster) select new Wire(protocol, port),
        new Wire(null, 0),
    ];

    /// <summary>How many answers were compared.</summary>
    public long Answers { get; private set; }

    /// <summary>Compares all; throws at the first difference.</summary>
    public void Run()
    {
        CompareEntries();
        CompareRanges(_view.OutsideSources, "outside sources");
        CompareRanges(_view.OutsideDestinations, "outside destinations");
        var all = Pairs().ToList();
        foreach (var (source, destination) in all) Compare(source, destination);
        CompareConnections(all);
    }

    private IEnumerable<(ViewEntry Source, ViewEntry Destination)> Pairs() =>
        from source in _view.Workloads.Concat(_view.OutsideSources)
        from destination in _view.Workloads.Concat(_view.OutsideDestinations)
        where source.Range is null || destination.Range is null
        select (source, destination);

    private void CompareEntries()
    {
        Agree.OnAll(
            Enumerable.Range(0, _view.Reachability.Snapshot.Pods.Length),
            _view.Workloads.SelectMany(entry => entry.Pods).Order(),
            () => "the pods of all entries");
        Agree.On(true, _view.Workloads.All(entry => !entry.Pods.IsEmpty && entry.Range is null), () => "entries have pods");
        var names = _view.Workloads.Select(entry => entry.Name).ToList();
        Agree.OnAll(names.Distinct().Order(StringComparer.Ordinal), names, () => "the names of the entries, distinct and in order");
    }

    private static void CompareRanges(ImmutableArray<ViewEntry> entries, string what)
    {
        Agree.On(true, entries.All(entry => entry.Range is not null && entry.Pods.IsEmpty), () => $"{what} are ranges");
        foreach (var family in entries.Select(entry => entry.Range!.Value.First.Family).Append(IpFamily.V4).Distinct())
        {
            var next = UInt128.Zero;
            foreach (var range in entries.Select(entry => entry.Range!.Value).Where(range => range.First.Family == family))
            {
                Agree.On(new Address(family, next), range.First, () => $"{what}: the first address after the range before");
                Agree.On(true, range.Last.Family == family && range.First <= range.Last, () => $"{what}: {range} is a range");
                next = range.Last == Address.Max(family) ? 0 : range.Last.Value + 1;
            }

            Agree.On(UInt128.Zero, next, () => $"{what}: the ranges end with the last address of {family}");
        }
    }

    private void Compare(ViewEntry source, ViewEntry destination)
    {
        var reach = _view.Between(source, destination);
        foreach (var from in Ends(source))
            foreach (var to in Ends(destination))
                foreach (var wire in _wires)
                {
                    Agree.On(
                        _oracle.AllowedByPolicy(from, to, wire.Protocol, wire.Port),
                        ClusterComparison.In(reach, wire),
                        () => $"view: {source.Name} ({from}) to {destination.Name} ({to}), {wire}");
                    Answers++;
                }
    }

    private IEnumerable<End> Ends(ViewEntry entry)
    {
        if (entry.Range is not { } range) return entry.Pods.Select(pod => End.Of(_view.Reachability.Snapshot.Pods[pod].Pod));
        var middle = range.First.Value + ((range.Last.Value - range.First.Value) / 2);
        return [End.Of(range.First), End.Of(new Address(range.First.Family, middle)), End.Of(range.Last)];
    }

    private void CompareConnections(List<(ViewEntry Source, ViewEntry Destination)> pairs)
    {
        var lines = _view.Connections().ToList();
        foreach (var (source, destination) in pairs)
        {
            var reach = _view.Between(source, destination);
            var found = lines.Where(line => Covers(line.Source, source) && Covers(line.Destination, destination)).ToList();
            var listed = reach.Possible.IsEmpty || source.Name == destination.Name ? 0 : 1;
            Agree.On(listed, found.Count, () => $"lines for {source.Name} to {destination.Name}");
            if (listed == 1) Agree.On(reach, found[0].Reach, () => $"the line for {source.Name} to {destination.Name}");
        }

        foreach (var line in lines)
        {
            Agree.On(false, line.Reach.Possible.IsEmpty, () => $"{line.Source.Name} to {line.Destination.Name} is listed without a connection");
            Agree.On(
                false,
                lines.Any(other => other.Reach.Equals(line.Reach)
                    && ((other.Destination.Name == line.Destination.Name && Touch(line.Source, other.Source))
                        || (other.Source.Name == line.Source.Name && Touch(line.Destination, other.Destination)))),
                () => $"{line.Source.Name} to {line.Destination.Name} could be joined with its neighbour");
        }

        Agree.OnAll(
            _view.Workloads.SelectMany(source => lines.Where(line => line.Source.Range is null && line.Source.Name == source.Name).ToList())
                .Concat(lines.Where(line => line.Source.Range is not null)).Select(Describe),
            lines.Select(Describe),
            () => "the lines in order of their sources");
        Agree.OnAll(
            lines.Where(line => line.Source.Range is null && line.Destination.Range is null).Select(Describe),
            _view.Connections(includeOutside: false).Select(Describe),
            () => "the lines without those to the outside");
    }

    private static string Describe(Connection line) => $"{line.Source.Name} -> {line.Destination.Name}: {line.Reach}";

    private static bool Covers(ViewEntry shown, ViewEntry entry) => entry.Range is { } inner
        ? shown.Range is { } outer && outer.First <= inner.First && inner.Last <= outer.Last
        : shown.Name == entry.Name;

    private static bool Touch(ViewEntry left, ViewEntry right) =>
        left.Range is { } first && right.Range is { } second && first.First.Family == second.First.Family
        && first.Last != Address.Max(first.Last.Family) && first.Last.Value + 1 == second.First.Value;
}
