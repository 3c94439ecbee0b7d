using System.Collections.Immutable;
using Ringfence.Analysis.Differences;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Engine.Tests.Properties;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Differences;

/// <summary>Holds a difference to the naive oracle: what it claims to differ does, as it claims, and what it says nothing about does not.</summary>
internal sealed class DifferenceFacts
{
    private readonly ClusterView _old;
    private readonly ClusterView _new;
    private readonly NaiveOracle _before;
    private readonly NaiveOracle _after;
    private readonly ClusterDifference _difference;
    private readonly ILookup<(string Source, string Destination), ConnectionChange> _claims;
    private readonly ImmutableArray<(Protocol? Protocol, int Port)> _wires;
    private readonly ImmutableArray<Address> _outside;

    public DifferenceFacts(ClusterObjects old, ClusterObjects @new)
    {
        (_old, _new) = (View(old), View(@new));
        (_before, _after) = (new NaiveOracle(old), new NaiveOracle(@new));
        _difference = ClusterDifference.Between(_old, _new);
        _claims = _difference.Changes.ToLookup(change => (Key(change.Source), Key(change.Destination)));
        _wires =
        [
            .. from protocol in Vocabulary.Protocols from port in Boundaries.Ports(old).Union(Boundaries.Ports(@new)) select ((Protocol?)protocol, port),
            (null, 0),
        ];
        _outside = [.. Boundaries.Addresses(old).Union(Boundaries.Addresses(@new))];
    }

    /// <summary>How many facts were compared.</summary>
    public long Facts { get; private set; }

    /// <summary>Compares all; throws at the first that is not as claimed.</summary>
    public void Compare()
    {
        var workloads = ClusterComparison.Create(_old, _new).Workloads;
        Agree.On(workloads.Length, workloads.DistinctBy(workload => workload.Name).Count(), () => "names of workloads");
        Covers(workloads.Select(workload => workload.Old), _old);
        Covers(workloads.Select(workload => workload.New), _new);
        foreach (var source in workloads)
            foreach (var destination in workloads)
                if (source != destination) Compare(source, destination);
        foreach (var workload in workloads)
        {
            Compare(workload, Direction.Egress);
            Compare(workload, Direction.Ingress);
        }

        foreach (var change in _difference.Changes) Reasons(change);
    }

    private static ClusterView View(ClusterObjects cluster) => ClusterView.Create(Reachability.Compile(Snapshot.Create(cluster)));

    // All ranges have one key: which of them holds an address is looked for.
    private static string Key(Counterpart end) => end.Entry.Range is null ? end.Name : "";

    private static void Covers(IEnumerable<ViewEntry?> entries, ClusterView view) => Agree.OnAll(
        view.Workloads.Select(entry => entry.Name),
        entries.OfType<ViewEntry>().Distinct(ReferenceEqualityComparer.Instance).Cast<ViewEntry>().Select(entry => entry.Name).Order(StringComparer.Ordinal),
        () => "workloads");

    private void Compare(Counterpart source, Counterpart destination)
    {
        if ((source.Old is null && destination.New is null) || (source.New is null && destination.Old is null)) return;
        var claims = _claims[(source.Name, destination.Name)].ToList();
        Agree.On(true, claims.Count <= 1, () => $"claims about {source.Name} and {destination.Name}");
        Compare(source.Name, destination.Name, Pods(_old, source.Old), Pods(_new, source.New), Pods(_old, destination.Old), Pods(_new, destination.New), claims);
    }

    private void Compare(Counterpart workload, Direction direction)
    {
        var (old, @new) = (Pods(_old, workload.Old), Pods(_new, workload.New));
        // IPv6 is shown where the input has it: of a workload of one state alone, where that state does.
        var families = new[] { workload.Old is null ? null : _old, workload.New is null ? null : _new }
            .OfType<ClusterView>().SelectMany(view => view.OutsideSources).Select(range => range.Range!.Value.First.Family).ToHashSet();
        foreach (var address in _outside.Where(address => families.Contains(address.Family)))
        {
            ImmutableArray<End> outside = [End.Of(address)];
            var claims = _claims[direction == Direction.Egress ? (workload.Name, "") : ("", workload.Name)]
                .Where(claim => (direction == Direction.Egress ? claim.Destination : claim.Source).Entry.Range is { } range && range.First <= address && address <= range.Last).ToList();
            Agree.On(true, claims.Count <= 1, () => $"claims about {workload.Name} and {address}");
            if (direction == Direction.Egress) Compare(workload.Name, $"{address}", old, @new, outside, outside, claims);
            else Compare($"{address}", workload.Name, outside, outside, old, @new, claims);
        }
    }

    private void Compare(
        string source, string destination, ImmutableArray<End> oldSources, ImmutableArray<End> newSources, ImmutableArray<End> oldDestinations,
        ImmutableArray<End> newDestinations, List<ConnectionChange> claims)
    {
        foreach (var (protocol, port) in _wires)
        {
            var before = Ask(_before, oldSources, oldDestinations, protocol, port);
            var after = Ask(_after, newSources, newDestinations, protocol, port);
            string Question() => $"{source} to {destination}, {protocol} {port}, before {before}, after {after}";
            Facts++;
            if (claims.Count == 0)
            {
                Agree.On(before, after, Question);
                continue;
            }

            Agree.On(before, In(claims[0].Before, protocol, port), Question);
            Agree.On(after, In(claims[0].After, protocol, port), Question);
            Agree.On(before == Truth.No && after == Truth.Yes, Contains(claims[0].Opened, protocol, port), Question);
            Agree.On(before == Truth.Yes && after == Truth.No, Contains(claims[0].Closed, protocol, port), Question);
        }

        if (claims.Count > 0) Agree.On(false, claims[0].Before == claims[0].After, () => $"{source} to {destination}: claimed to differ");
    }

    // The pods of a workload have one answer, or the view would show them apart.
    private static Truth Ask(NaiveOracle oracle, ImmutableArray<End> sources, ImmutableArray<End> destinations, Protocol? protocol, int port)
    {
        var answers = (from source in sources from destination in destinations select oracle.AllowedByPolicy(source, destination, protocol, port)).Distinct().ToList();
        Agree.On(true, answers.Count <= 1, () => "answers of one pair of workloads");
        return answers.Count == 0 ? Truth.No : answers[0];
    }

    private static ImmutableArray<End> Pods(ClusterView view, ViewEntry? entry) =>
        entry is null ? [] : [.. entry.Pods.Select(pod => End.Of(view.Reachability.Snapshot.Pods[pod].Pod))];

    private static Truth In(Reach reach, Protocol? protocol, int port) =>
        Contains(reach.Certain, protocol, port) ? Truth.Yes : Contains(reach.Possible, protocol, port) ? Truth.Maybe : Truth.No;

    private static bool Contains(ConnectionSet set, Protocol? protocol, int port) => protocol is { } known ? set.Contains(known, port) : set.OtherProtocols;

    private void Reasons(ConnectionChange change)
    {
        var reason = _difference.ReasonOf(change);
        Agree.On(true, reason.Causes.Length > 0, () => $"a cause for {change.Source.Name} to {change.Destination.Name}");
    }
}
