using Ringfence.Model;

namespace Ringfence.Engine.Comparison;

/// <summary>
/// Pairs of workloads between which two forms may differ: only where rules that one of them has and the other lacks have a say. Whoever no
/// changed rule names is never looked at, so the work grows with what changed, not with the cluster.
/// </summary>
internal sealed class Candidates(RuleBook book, ReadForm old, ReadForm @new, IReadOnlyCollection<int> renamed)
{
    private readonly int _count = old.Egress.Length;
    private readonly ReadForm[] _forms = [old, @new];
    private readonly Dictionary<Direction, Naming> _naming = [];
    private (int[] Workloads, int[] Peers)[]? _namingPorts;

    /// <summary>The pairs, source and destination by number; the same pair may come more than once.</summary>
    public IEnumerable<(int Source, int Destination)> Find() =>
        Of(Direction.Egress).Concat(Of(Direction.Ingress).Select(pair => (pair.Destination, pair.Source)))
            .Concat(renamed.SelectMany(AskedByName));

    /// <summary>The workloads whose rules of a direction are not what they were.</summary>
    public IEnumerable<int> Changed(Direction direction) =>
        Enumerable.Range(0, _count).Where(workload => old.Lists(direction)[workload] != @new.Lists(direction)[workload]);

    /// <summary>A workload whose rules of a direction changed, and the others that this may concern.</summary>
    private IEnumerable<(int Source, int Destination)> Of(Direction direction)
    {
        foreach (var group in Changed(direction).GroupBy(workload => (Old: old.Lists(direction)[workload], New: @new.Lists(direction)[workload])))
        {
            if (group.Key is { Old: not ReadForm.Open, New: not ReadForm.Open })
            {
                var others = Named(group.Key.Old, group.Key.New);
                foreach (var workload in group)
                    foreach (var other in others) yield return (workload, other);
            }
            else
            {
                // Isolated now and not before, or the other way round: that matters to all whose own side lets it through.
                var naming = NamingOf(direction == Direction.Egress ? Direction.Ingress : Direction.Egress);
                foreach (var workload in group)
                    foreach (var other in naming.Of(workload)) yield return (workload, other);
            }
        }
    }

    /// <summary>Whom the rules name that are in one list and not in the other.</summary>
    private int[] Named(int oldList, int newList)
    {
        var rules = book.Rules(oldList).Except(book.Rules(newList)).Concat(book.Rules(newList).Except(book.Rules(oldList)));
        return Named(rules.Select(book.PeersOf).Distinct().ToList());
    }

    private int[] Named(IReadOnlyCollection<int> peers) => peers.Contains(RuleBook.Everyone)
        ? [.. Enumerable.Range(0, _count)]
        : [.. peers.SelectMany(book.Members).Distinct()];

    /// <summary>A workload whose ports have other names or numbers now, and the sources for which some rule asks it for a port by name.</summary>
    private IEnumerable<(int Source, int Destination)> AskedByName(int destination)
    {
        foreach (var form in _forms)
            if (form.Ingress[destination] is not ReadForm.Open and var list)
                foreach (var source in Named(PeersAskingByName(list))) yield return (source, destination);
        foreach (var (workloads, peers) in _namingPorts ??= NamingPorts())
            if (Array.Exists(peers, id => id == RuleBook.Everyone || Array.BinarySearch(book.Members(id), destination) >= 0))
                foreach (var source in workloads) yield return (source, destination);
    }

    /// <summary>The workloads whose egress rules name ports, and the peers of those rules.</summary>
    private (int[] Workloads, int[] Peers)[] NamingPorts() =>
    [
        .. _forms.SelectMany(form => Groups(form.Egress)).Select(group => (group.Workloads, Peers: PeersAskingByName(group.List))).Where(group => group.Peers.Length > 0),
    ];

    private int[] PeersAskingByName(int list) => [.. book.Rules(list).Where(book.HasNames).Select(book.PeersOf).Distinct()];

    private Naming NamingOf(Direction direction)
    {
        if (!_naming.TryGetValue(direction, out var naming)) _naming.Add(direction, naming = new Naming(book, _forms, direction));
        return naming;
    }

    private static IEnumerable<(int List, int[] Workloads)> Groups(int[] lists) => Enumerable.Range(0, lists.Length)
        .Where(workload => lists[workload] != ReadForm.Open)
        .GroupBy(workload => lists[workload], (list, workloads) => (list, workloads.ToArray()));

    /// <summary>The rules of a direction turned round, both forms together: by workload, which others may let it through.</summary>
    private sealed class Naming
    {
        private readonly List<int[]>?[] _groups;

        // Those that nothing isolates, admit everyone, or name so many that a list for each would not pay.
        private readonly List<int[]> _wide = [];

        public Naming(RuleBook book, ReadForm[] forms, Direction direction)
        {
            var count = forms[0].Lists(direction).Length;
            _groups = new List<int[]>?[count];
            foreach (var form in forms)
            {
                _wide.Add([.. Enumerable.Range(0, count).Where(workload => form.Lists(direction)[workload] == ReadForm.Open)]);
                foreach (var (list, workloads) in Groups(form.Lists(direction)))
                {
                    var peers = book.Rules(list).Select(book.PeersOf).Distinct().ToArray();
                    if (peers.Contains(RuleBook.Everyone) || peers.Sum(id => book.Members(id).Length) > count / 4) _wide.Add(workloads);
                    else foreach (var named in peers.SelectMany(book.Members).Distinct()) (_groups[named] ??= []).Add(workloads);
                }
            }
        }

        public IEnumerable<int> Of(int workload) => _wide.Concat(_groups[workload] ?? []).SelectMany(group => group);
    }
}
