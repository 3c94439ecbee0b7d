using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>Expectations that say what is open today: they hold now, and fail as soon as anything else is open or closed.</summary>
/// <param name="Cases">The cases: each workload and who reaches it, then what is reached outside.</param>
/// <param name="LeftOut">The destinations of which nothing is proposed, each with the reason.</param>
public sealed record ExpectationProposal(ImmutableArray<ExpectationCase> Cases, ImmutableArray<string> LeftOut)
{
    /// <summary>Proposes expectations.</summary>
    public static ExpectationProposal Of(ClusterView view) => new ProposalWriter(view).Write();
}

/// <summary>Writes down what is open, destination by destination.</summary>
internal sealed class ProposalWriter
{
    private readonly ClusterView _view;
    private readonly ReachTable _reach;
    private readonly EndpointFinder _finder;
    private readonly ImmutableArray<JudgedEnd> _sources;
    private readonly ImmutableArray<JudgedEnd> _destinations;
    private readonly Dictionary<JudgedEnd, ExpectedEnd?> _names = new(ReferenceEqualityComparer.Instance);
    private readonly ILookup<string, JudgedEnd> _byNamespace;
    private readonly List<string> _leftOut = [];

    public ProposalWriter(ClusterView view)
    {
        (_view, _reach, _finder) = (view, new ReachTable(view.Reachability), new EndpointFinder(view.Reachability.Snapshot));
        var ends = new EndResolver(view);
        (_sources, _destinations) = (ends.Everyone(asSource: true), ends.Everyone(asSource: false));
        foreach (var end in _sources.Concat(_destinations)) _names[end] = NameOf(end);
        _byNamespace = _sources.Where(end => end.Range is null).ToLookup(end => NamespaceOf(end), StringComparer.Ordinal);
    }

    public ExpectationProposal Write()
    {
        var cases = _destinations.Where(end => end.Range is null).Select(Into).Append(Outside()).OfType<ExpectationCase>().ToImmutableArray();
        return new ExpectationProposal(cases, [.. _leftOut]);
    }

    private ExpectationCase? Into(JudgedEnd destination)
    {
        if (_names[destination] is not { } name) return LeaveOut(destination.Name, "it has no name of its own");
        var sources = _sources.Where(source => !source.IsItself(destination)).ToList();
        var reach = sources.ToDictionary(source => source, source => _reach.Between(source, destination), (IEqualityComparer<JudgedEnd>)ReferenceEqualityComparer.Instance);
        if (reach.FirstOrDefault(item => !item.Value.IsCertain) is { Key: { } unclear }) return LeaveOut(destination.Name, $"the input does not decide what {unclear.Name} reaches there");
        var open = reach.Where(item => !item.Value.Certain.IsEmpty).GroupBy(item => item.Value.Certain, item => item.Key).Select(group => (Connections: group.Key, Sources: group.ToList())).ToList();
        if (open.Count == 0) return Case($"nobody reaches {destination.Name}", Entry(ExpectationMode.Deny, [Everyone(isElse: false)], [name], ConnectionSet.All));
        if (open is [var (connections, all)] && all.Count == sources.Count)
            return Case($"everyone reaches {destination.Name}", Entry(ExpectationMode.Only, [Everyone(isElse: false)], [name], connections));

        // Who reaches nothing need not be named, unless all but a few reach something. A pod and its own node cannot be denied each other.
        var closed = sources.FindAll(source => reach[source].Certain.IsEmpty);
        var most = open.MaxBy(group => group.Sources.Count);
        var isElse = most.Sources.Count > sources.Count / 2 && (closed.Count == 0 || !destination.MayBeNode) && !closed.Exists(source => source.MayBeNode || source.Range is not null);
        var entries = new List<Expectation>();
        foreach (var group in open.OrderBy(group => isElse && group.Sources == most.Sources))
        {
            var from = isElse && group.Sources == most.Sources ? [Everyone(isElse: true)] : Names(group.Sources, destination);
            if (from.IsDefault) return LeaveOut(destination.Name, "a source has no name of its own");
            entries.Add(Entry(ExpectationMode.Only, from, [name], group.Connections));
        }

        if (isElse && closed.Count > 0)
        {
            var from = Names(closed, destination);
            if (from.IsDefault) return LeaveOut(destination.Name, "a source has no name of its own");
            entries.Add(Entry(ExpectationMode.Deny, from, [name], ConnectionSet.All));
        }

        return Case($"who reaches {destination.Name}", [.. entries]);
    }

    /// <summary>What is reached outside: by each source everywhere, and then range by range what it reaches besides.</summary>
    private ExpectationCase? Outside()
    {
        const string What = "addresses outside";
        var workloads = _sources.Where(source => source.Range is null).ToList();
        var ranges = _destinations.Where(destination => destination.Range is not null).ToList();
        var everywhere = new Dictionary<JudgedEnd, ConnectionSet>(ReferenceEqualityComparer.Instance);
        var somewhere = new Dictionary<(ConnectionSet, string), (List<JudgedEnd> Sources, ConnectionSet Connections, List<JudgedEnd> Ranges)>();
        foreach (var source in workloads)
        {
            var reach = ranges.ConvertAll(range => _reach.Between(source, range));
            if (reach.Exists(open => !open.IsCertain)) return LeaveOut(What, $"the input does not decide what {source.Name} reaches there");
            everywhere[source] = reach.Aggregate(ConnectionSet.All, (all, open) => all.Intersect(open.Certain));
            foreach (var open in reach.Select((each, i) => (each.Certain, Range: ranges[i])).Where(item => !item.Certain.Equals(everywhere[source])).GroupBy(item => item.Certain, item => item.Range))
            {
                var key = (open.Key, string.Join(' ', open.Select(range => range.Name)));
                if (!somewhere.TryGetValue(key, out var group)) somewhere[key] = group = ([], open.Key, [.. open]);
                group.Sources.Add(source);
            }
        }

        if (workloads.Count == 0) return null;
        if (somewhere.Count == 0 && everywhere.Values.All(open => open.IsEmpty))
            return Case("nobody reaches addresses outside", Entry(ExpectationMode.Deny, [Everyone(isElse: false)], [External], ConnectionSet.All));
        var entries = new List<Expectation>();
        foreach (var group in everywhere.Where(item => !item.Value.IsEmpty).GroupBy(item => item.Value, item => item.Key))
        {
            var from = group.Count() == workloads.Count ? [Everyone(isElse: false)] : Names([.. group], null);
            if (from.IsDefault) return LeaveOut(What, "a source has no name of its own");
            entries.Add(Entry(ExpectationMode.Only, from, [External], group.Key));
        }

        foreach (var (sources, connections, group) in somewhere.Values.Where(group => !group.Connections.IsEmpty))
        {
            var from = Names(sources, null);
            if (from.IsDefault) return LeaveOut(What, "a source has no name of its own");
            entries.Add(Entry(ExpectationMode.Only, from, [.. Ranges(group)], connections));
        }

        // Ranges that nobody reaches would not be mentioned.
        var mentioned = everywhere.Values.Any(open => !open.IsEmpty) ? ranges : somewhere.Values.Where(group => !group.Connections.IsEmpty).SelectMany(group => group.Ranges);
        if (ranges.Except(mentioned, ReferenceEqualityComparer.Instance as IEqualityComparer<JudgedEnd>).ToList() is { Count: > 0 } unreached)
            entries.Add(Entry(ExpectationMode.Deny, [Everyone(isElse: false)], [.. Ranges(unreached)], ConnectionSet.All));
        return Case("what is reached outside", [.. entries]);
    }

    private ExpectationCase? LeaveOut(string what, string why)
    {
        _leftOut.Add($"{what}: {why}");
        return null;
    }

    /// <summary>The names of sources, a whole namespace as one; default where one of them has none.</summary>
    private ImmutableArray<ExpectedEnd> Names(List<JudgedEnd> sources, JudgedEnd? destination)
    {
        var names = ImmutableArray.CreateBuilder<ExpectedEnd>();
        foreach (var group in sources.Where(source => source.Range is null).GroupBy(NamespaceOf, StringComparer.Ordinal))
        {
            // A pod and itself is no flow, so that it may be in a namespace with the others.
            var own = group.Count() + (destination is not null && _byNamespace[group.Key].Any(end => end.IsItself(destination)) ? 1 : 0);
            if (group.Skip(1).Any() && own == _byNamespace[group.Key].Count()) names.Add(new SelectedEnd(LabelSelector.Everything, group.Key, null, "", default));
            else foreach (var source in group) names.Add(_names[source]!);
        }

        var ranges = sources.Where(source => source.Range is not null).ToList();
        if (ranges.Count > 0) names.AddRange(ranges.Count == _sources.Count(source => source.Range is not null) ? [External] : Ranges(ranges));
        return names.Contains(null!) ? default : names.ToImmutable();
    }

    private static IEnumerable<ExpectedEnd> Ranges(List<JudgedEnd> ranges)
    {
        AddressRange? open = null;
        foreach (var range in ranges.Select(end => end.Range!.Value).OrderBy(range => range.First))
        {
            if (open is { } before && AddressRanges.Touch(before, range))
            {
                open = new AddressRange(before.First, range.Last);
                continue;
            }

            if (open is { } done) yield return OfRange(done);
            open = range;
        }

        if (open is { } last) yield return OfRange(last);
    }

    private static RangeEnd OfRange(AddressRange range) => new(range, range.ToString(), default);

    private static readonly ExpectedEnd External = new NamedEnd(new ExternalText("external", null), "external", default);

    private static EveryoneEnd Everyone(bool isElse) => new(isElse, isElse ? EveryoneEnd.EveryoneElse : EveryoneEnd.Everyone, default);

    private static ExpectationCase Case(string name, params ImmutableArray<Expectation> entries) => new(name, entries, default);

    private static Expectation Entry(ExpectationMode mode, ImmutableArray<ExpectedEnd> from, ImmutableArray<ExpectedEnd> to, ConnectionSet connections) =>
        new(mode, from, to, connections.IsAll ? [] : [.. Ports(connections)], default);

    private static IEnumerable<ExpectedPort> Ports(ConnectionSet connections)
    {
        foreach (var protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
            foreach (var range in connections.Ports(protocol))
                yield return new ExpectedPort(range.First, range.Last, null, protocol == Protocol.Tcp ? null : protocol);
    }

    private string NamespaceOf(JudgedEnd end) => _view.EntryOf(end.Pods[0]).Namespace;

    // The shortest name that means just these pods.
    private NamedEnd? NameOf(JudgedEnd end)
    {
        if (end.Range is not null) return null;
        var entry = _view.EntryOf(end.Pods[0]);
        var name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
        foreach (var text in (NamedText[])[new($"{entry.Namespace}/{name}", null, entry.Namespace, null, name), new($"{entry.Namespace}/{Kinds.Shorten(entry.Kind)}/{name}", null, entry.Namespace, entry.Kind, name)])
        {
            try
            {
                var found = _finder.FindPods(text);
                if (found.AsWorkload == entry.HasReplicas && found.Pods.Order().SequenceEqual(entry.Pods.Order())) return new NamedEnd(text, text.Text, default);
            }
            catch (InputException)
            {
                // The next name may be clear.
            }
        }

        return null;
    }
}
