using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine.Comparison;

/// <summary>A compiled form, read in the numbers of a <see cref="RuleBook"/>: which list of rules each workload has.</summary>
internal sealed class ReadForm
{
    /// <summary>The list of a workload that no policy isolates.</summary>
    public const int Open = -1;

    private readonly RuleBook _book;
    private readonly List<int>?[] _workloadsOfClass;
    private readonly Dictionary<Peer, int> _peers = [];
    private readonly Dictionary<Entry[], int> _lists = [];

    /// <param name="form">The form.</param>
    /// <param name="representatives">A pod of each workload, by the workload's number.</param>
    /// <param name="book">The numbers.</param>
    public ReadForm(CompiledForm form, int[] representatives, RuleBook book)
    {
        _book = book;
        _workloadsOfClass = new List<int>?[form.Classes.Count];
        for (var i = 0; i < representatives.Length; i++)
        {
            // The pods of a workload may be of several classes; policies do not tell those apart.
            var id = form.ClassOf(representatives[i]).Id;
            (_workloadsOfClass[id] ??= []).Add(i);
        }

        Egress = [.. representatives.Select(pod => List(form.EntriesOf(pod, Direction.Egress)))];
        Ingress = [.. representatives.Select(pod => List(form.EntriesOf(pod, Direction.Ingress)))];
    }

    /// <summary>By workload: its list of egress rules.</summary>
    public int[] Egress { get; }

    /// <summary>By workload: its list of ingress rules.</summary>
    public int[] Ingress { get; }

    /// <summary>The lists of a direction.</summary>
    public int[] Lists(Direction direction) => direction == Direction.Egress ? Egress : Ingress;

    private int List(Entry[]? entries)
    {
        if (entries is null) return Open;
        if (!_lists.TryGetValue(entries, out var list))
            _lists.Add(entries, list = _book.List(entries.Select(entry => _book.Rule(entry.Peer is null ? RuleBook.Everyone : Peers(entry.Peer), entry.Ports))));
        return list;
    }

    private int Peers(Peer peer)
    {
        if (_peers.TryGetValue(peer, out var known)) return known;
        var members = new List<int>();
        foreach (var id in peer.Columns.Members())
            if (_workloadsOfClass[id] is { } workloads) members.AddRange(workloads);
        members.Sort();
        return _peers[peer] = _book.Peers([.. members], peer.Key.Block);
    }
}
