using Ringfence.Model;

namespace Ringfence.Engine.Compilation;

/// <summary>
/// What happened to pods and peers since the form was built, so that others can follow at the cost of what changed. It remembers so much and no more: who
/// asks too late looks at everything.
/// </summary>
internal sealed class ChangeJournal
{
    private readonly Ring<PodMove> _pods = new(4096);
    private readonly Ring<(Peer Peer, int Class)> _peers = new(16384);

    /// <summary>How much happened so far.</summary>
    public (long Pods, long Peers) Now => (_pods.Count, _peers.Count);

    /// <summary>A pod is another than before, or in another class.</summary>
    public void Moved(PodMove move) => _pods.Add(move);

    /// <summary>A peer matches a class that it did not, or the other way round, though no pod changed.</summary>
    public void Toggled(Peer peer, int podClass) => _peers.Add((peer, podClass));

    /// <summary>The pods that were moved since, each as it was then, once; null where that is not remembered.</summary>
    public IReadOnlyCollection<PodMove>? PodsSince(long then)
    {
        if (_pods.Since(then) is not { } moves) return null;
        var first = new Dictionary<int, PodMove>();
        foreach (var move in moves) first.TryAdd(move.Pod, move);
        return first.Values;
    }

    /// <summary>The peers and classes that went from match to no match since, or back; null where that is not remembered.</summary>
    public IReadOnlySet<(Peer Peer, int Class)>? PeersSince(long then)
    {
        if (_peers.Since(then) is not { } toggles) return null;
        var odd = new HashSet<(Peer, int)>();
        foreach (var toggle in toggles)
            if (!odd.Remove(toggle)) odd.Add(toggle);
        return odd;
    }

    /// <summary>The last entries of a list that only grows.</summary>
    private sealed class Ring<T>(int room)
    {
        private T[] _entries = [];

        public long Count { get; private set; }

        public void Add(T entry)
        {
            if (Count == _entries.Length && Count < room) Array.Resize(ref _entries, Math.Clamp(_entries.Length * 2, 16, room));
            _entries[Count++ % _entries.Length] = entry;
        }

        // While the ring has not come round, entries lie in their places; it grows only then.
        public IEnumerable<T>? Since(long then)
        {
            if (Count - then > _entries.Length) return null;
            return Entries(then);
        }

        private IEnumerable<T> Entries(long then)
        {
            for (var at = then; at < Count; at++) yield return _entries[at % _entries.Length];
        }
    }
}

/// <summary>A pod's place before it was moved.</summary>
/// <param name="Pod">Its number.</param>
/// <param name="Before">What it was; null where there was none.</param>
/// <param name="Class">The class that it was in; -1 for none.</param>
internal readonly record struct PodMove(int Pod, Pod? Before, int Class);
