using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>Finds whom expectations name in a cluster.</summary>
internal sealed class EndResolver
{
    private readonly ClusterView _view;
    private readonly Snapshot _snapshot;
    private readonly EndpointFinder _finder;
    private readonly Lazy<HashSet<Address>> _inside;
    private readonly Lazy<ImmutableArray<JudgedEnd>> _everySource;
    private readonly Lazy<ImmutableArray<JudgedEnd>> _everyDestination;

    public EndResolver(ClusterView view)
    {
        (_view, _snapshot) = (view, view.Reachability.Snapshot);
        _finder = new EndpointFinder(_snapshot);
        _inside = new(() => [.. _snapshot.Pods.Where(pod => !pod.Pod.Network.HostNetwork).SelectMany(pod => pod.Pod.Addresses)]);
        _everySource = new(() => [.. Workloads(), .. view.OutsideSources.Where(entry => !IsInside(entry.Range!.Value)).Select(entry => OfRange(entry.Range!.Value, asSource: true))]);
        _everyDestination = new(() => [.. Workloads(), .. view.OutsideDestinations.Where(entry => !IsInside(entry.Range!.Value)).Select(entry => OfRange(entry.Range!.Value, asSource: false))]);
    }

    /// <summary>Every workload, and every range outside that policies tell apart.</summary>
    public ImmutableArray<JudgedEnd> Everyone(bool asSource) => (asSource ? _everySource : _everyDestination).Value;

    /// <summary>Finds an end. A Service is followed to the pods behind it by <see cref="TargetResolver"/>.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public ImmutableArray<JudgedEnd> Find(ExpectedEnd end, bool asSource, Remarks remarks) => end switch
    {
        EveryoneEnd => Everyone(asSource),
        SelectedEnd selected => Select(selected, remarks),
        RangeEnd range => Find(range, asSource, remarks),
        NamedEnd named => Find(_finder.Find(named.Endpoint), asSource, remarks),
        _ => [],
    };

    /// <summary>Finds a Service.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public Service FindService(ServiceText text) => ((ServiceEndpoint)_finder.Find(text)).Service;

    /// <summary>The end that some pods make, which belong to one entry of the view.</summary>
    public JudgedEnd OfPods(ViewEntry entry, ImmutableArray<int> pods)
    {
        var isWhole = pods.Length == entry.Pods.Length;
        var name = isWhole ? entry.Name
            : pods is [var pod] ? _snapshot.Pods[pod].Pod.QualifiedName
            : $"{entry.Name} ({pods.Length} of {entry.Pods.Length} pods)";
        return new JudgedEnd(name, Party.OfPod(pods[0]), pods, null)
        {
            Kind = _view.AtomOf(entry), HasReplicas = isWhole && entry.HasReplicas, MayBeNode = entry.HostNetwork,
        };
    }

    /// <summary>The ends that some pods make.</summary>
    public IEnumerable<JudgedEnd> OfPods(IEnumerable<int> pods) =>
        pods.GroupBy(_view.EntryOf, ReferenceEqualityComparer.Instance as IEqualityComparer<ViewEntry>).Select(group => OfPods(group.Key, [.. group]));

    /// <summary>The end that a range makes; policies must not tell its addresses apart.</summary>
    public JudgedEnd OfRange(AddressRange range, bool asSource) => new(range.ToString(), Party.OfAddress(range.First), [], range) { Kind = KindOf(range.First, asSource) };

    /// <summary>The ends that a range makes where policies tell its addresses apart.</summary>
    public IEnumerable<JudgedEnd> OfRanges(AddressRange block, bool asSource)
    {
        var cut = (asSource ? _view.OutsideSources : _view.OutsideDestinations).Select(entry => entry.Range!.Value).Where(range => range.First.Family == block.First.Family).ToList();
        // IPv6 is cut only where the input has IPv6; what is not cut, policies do not tell apart.
        if (cut.Count == 0) return [OfRange(block, asSource)];
        return cut.Select(range => AddressRanges.Intersect(range, block)).OfType<AddressRange>().Where(range => !IsInside(range)).Select(range => OfRange(range, asSource));
    }

    // A rule may name the addresses of pods; those are not outside.
    private bool IsInside(AddressRange range)
    {
        for (var address = range.First; _inside.Value.Contains(address); address = new Address(address.Family, address.Value + 1))
            if (address == range.Last) return true;
        return false;
    }

    /// <summary>The pods and addresses of several lists, each once. Of what is named by itself and found otherwise too, the name counts.</summary>
    public ImmutableArray<JudgedEnd> Distinct(IReadOnlyCollection<ImmutableArray<JudgedEnd>> lists, bool asSource)
    {
        var pods = new HashSet<int>();
        var ranges = new List<AddressRange>();
        var distinct = ImmutableArray.CreateBuilder<JudgedEnd>();
        foreach (var list in lists.OrderByDescending(list => list.Any(end => end.IsNamed)))
        {
            var known = ranges.ToArray();
            foreach (var end in list)
            {
                if (end.Range is { } range)
                {
                    foreach (var piece in AddressRanges.Cut(range, known))
                        if (!Array.Exists(known, other => AddressRanges.Intersect(other, piece) is not null)) distinct.Add(piece == range ? end : OfRange(piece, asSource));
                    ranges.Add(range);
                    continue;
                }

                var fresh = end.Pods.Where(pods.Add).ToImmutableArray();
                if (fresh.Length == end.Pods.Length) distinct.Add(end);
                else if (fresh.Length > 0) distinct.Add(OfPods(fresh).Single() with { IsNamed = end.IsNamed });
            }
        }

        return distinct.ToImmutable();
    }

    private IEnumerable<JudgedEnd> Workloads() => _view.Workloads.Select(entry => OfPods(entry, entry.Pods));

    private ImmutableArray<JudgedEnd> Find(Endpoint endpoint, bool asSource, Remarks remarks)
    {
        if (endpoint.Note is { } note) remarks.Notes.Add(note);
        switch (endpoint)
        {
            case PodsEndpoint pods:
                return [.. OfPods(pods.Pods).Select(end => end with { IsNamed = true, HasReplicas = end.HasReplicas && pods.AsWorkload })];
            case AddressEndpoint { Address: var address }:
                return [OfRange(new AddressRange(address, address), asSource) with { Name = address.ToString(), IsNamed = true, MayBeNode = true }];
            case OutsideEndpoint { Within: { } block }:
                return [.. OfRanges(new AddressRange(block.First, block.Last), asSource)];
            default:
                return [.. Everyone(asSource).Where(end => end.Range is not null)];
        }
    }

    private ImmutableArray<JudgedEnd> Find(RangeEnd end, bool asSource, Remarks remarks)
    {
        if (_finder.PodsWithin(end.Text, end.Range) is { } note) remarks.Notes.Add(note);
        return [.. OfRanges(end.Range, asSource)];
    }

    private ImmutableArray<JudgedEnd> Select(SelectedEnd selected, Remarks remarks)
    {
        if (selected.Namespace is { } name && _snapshot.FindNamespace(name) is null)
            throw new InputException($"there is no namespace '{name}' in the input", Nearest(name, _snapshot.Namespaces.Select(known => known.Name)));
        var namespaces = new HashSet<string>(StringComparer.Ordinal);
        foreach (var candidate in _snapshot.Namespaces)
            if (selected.Namespace is { } own ? candidate.Name == own : Matches(selected.Namespaces!, candidate, remarks)) namespaces.Add(candidate.Name);
        var pods = new List<int>();
        for (var i = 0; i < _snapshot.Pods.Length; i++)
            if (_snapshot.Pods[i].Pod is var pod && namespaces.Contains(pod.Namespace) && selected.Pods.Matches(pod.Labels)) pods.Add(i);
        return pods.Count > 0 || !remarks.Missing.IsEmpty ? [.. OfPods(pods)] : throw NoPods(selected, namespaces);
    }

    // Of a namespace that is not declared only the name is known.
    private static bool Matches(LabelSelector selector, SnapshotNamespace candidate, Remarks remarks)
    {
        if (candidate.Declared) return selector.Matches(candidate.Labels);
        var (known, lacking) = (true, false);
        foreach (var requirement in selector.Requirements)
            if (requirement.Key == Namespace.NameLabel) known &= requirement.Matches(candidate.Labels);
            else lacking = true;
        if (known && lacking) remarks.Missing = remarks.Missing.Add($"the labels of namespace {candidate.Name}");
        return known && !lacking;
    }

    private InputException NoPods(SelectedEnd selected, HashSet<string> namespaces)
    {
        if (namespaces.Count == 0)
            return new InputException($"no namespace has the labels {selected.Namespaces}", $"There are {Some(_snapshot.Namespaces.Select(known => known.Name))}.");
        var labels = _snapshot.Pods.Where(pod => namespaces.Contains(pod.Pod.Namespace)).SelectMany(pod => pod.Pod.Labels).Select(label => $"{label.Key}={label.Value}").Distinct().ToList();
        return new InputException(
            $"there are no {selected.Text} in the input",
            selected.Pods.Requirements is [{ Operator: SelectorOperator.In, Values: [_] }] && Likeness.Nearest(selected.Pods.ToString(), labels) is { } near ? $"Did you mean {near}?"
            : labels.Count == 0 ? "There are no pods at all."
            : $"Pods there have {Some(labels.Order(StringComparer.Ordinal))}.");
    }

    private static string Nearest(string word, IEnumerable<string> known) =>
        Likeness.Nearest(word, known) is { } near ? $"Did you mean {near}?" : $"There are {Some(known)}.";

    private static string Some(IEnumerable<string> names) => string.Join(", ", names.Take(8)) + (names.Skip(8).Any() ? ", …" : "");

    private int KindOf(Address address, bool asSource)
    {
        var ranges = asSource ? _view.OutsideSources : _view.OutsideDestinations;
        var (low, high) = (0, ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var range = ranges[middle].Range!.Value;
            if (address < range.First) high = middle - 1;
            else if (address > range.Last) low = middle + 1;
            else return -1 - middle;
        }

        return int.MinValue;
    }
}

/// <summary>What is found on the way and belongs to a result.</summary>
internal sealed class Remarks
{
    public SortedSet<string> Notes { get; } = new(StringComparer.Ordinal);

    public ImmutableSortedSet<string> Missing { get; set; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
}
