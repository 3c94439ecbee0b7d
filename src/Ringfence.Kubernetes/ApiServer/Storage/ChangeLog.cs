using System.Runtime.InteropServices;

namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>
/// The latest changes of all objects, bounded in number and in bytes, for those who watch. Who reads slower than the log forgets is told so.
/// Safe for several threads.
/// </summary>
/// <param name="mostChanges">Changes that are kept.</param>
/// <param name="mostBytes">Bytes of JSON that they may hold.</param>
internal sealed class ChangeLog(int mostChanges, long mostBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceType, List<Waiter>> _waiters = [];
    private readonly List<Waiter> _waitersForAll = [];
    private StoredChange[] _ring = new StoredChange[64];
    private int _first;
    private int _count;
    private long _bytes;

    /// <summary>The version of the latest change.</summary>
    public long Version { get; private set; }

    /// <summary>Changes after this version are kept; of it and older ones, none.</summary>
    public long Floor { get; private set; }

    /// <summary>Begins with what was kept.</summary>
    public void Start(long floor, long version) => (Floor, Version) = (floor, version);

    /// <summary>Adds a change, and wakes who waits for it.</summary>
    public void Add(StoredChange change)
    {
        lock (_gate)
        {
            if (_count == _ring.Length) Grow();
            _ring[(_first + _count++) & (_ring.Length - 1)] = change;
            _bytes += change.Object.Json.Length;
            Version = change.Object.Version;
            if (_waiters.TryGetValue(change.Object.Type, out var interested)) Wake(interested);
            Wake(_waitersForAll);
        }
    }

    /// <summary>The changes that are too many once one more of this size comes, oldest first; a good number at once, so that it is rarely asked.</summary>
    public List<StoredChange> Surplus(int upcomingBytes)
    {
        lock (_gate)
        {
            var surplus = new List<StoredChange>();
            if (_count < mostChanges && _bytes + upcomingBytes <= mostBytes) return surplus;
            var (keep, keepBytes) = (mostChanges - 1 - mostChanges / 16, mostBytes - upcomingBytes - mostBytes / 16);
            var left = _bytes;
            // The newest stays in any case: it carries the version.
            for (var i = 0; i < _count - 1 && (_count - i > keep || left > keepBytes); i++)
            {
                surplus.Add(At(i));
                left -= At(i).Object.Json.Length;
            }

            return surplus;
        }
    }

    /// <summary>Forgets the oldest changes.</summary>
    public void Forget(List<StoredChange> oldest)
    {
        lock (_gate)
        {
            foreach (var change in oldest)
            {
                _ring[_first] = null!;
                _first = (_first + 1) & (_ring.Length - 1);
                _count--;
                _bytes -= change.Object.Json.Length;
                Floor = change.Object.Version;
            }
        }
    }

    /// <summary>The changes of a kind after a version, latest first; null where they are not kept any more.</summary>
    public List<StoredChange>? Since(ResourceType type, long version)
    {
        lock (_gate)
        {
            if (version < Floor) return null;
            var changes = new List<StoredChange>();
            for (var i = _count - 1; i >= 0 && At(i).Object.Version > version; i--)
                if (At(i).Object.Type.Equals(type)) changes.Add(At(i));
            return changes;
        }
    }

    /// <summary>Reads on from a version.</summary>
    /// <param name="type">The kind; null for all.</param>
    /// <param name="position">The version that is known; becomes the one that is known then.</param>
    /// <param name="into">Gets the changes, at most <paramref name="most"/>.</param>
    /// <param name="most">The most that is taken at once.</param>
    /// <returns>Completes with the position to read on from, once there is something; null where something was read.</returns>
    /// <exception cref="ApiException">The changes are not kept any more.</exception>
    public Waiter? Read(ResourceType? type, ref long position, List<StoredChange> into, int most)
    {
        lock (_gate)
        {
            if (position < Floor) throw Refusal.Expired(position, Floor);
            for (var i = IndexAfter(position); i < _count; i++)
            {
                var change = At(i);
                position = change.Object.Version;
                if (type is not null && !change.Object.Type.Equals(type)) continue;
                into.Add(change);
                if (into.Count == most) return null;
            }

            if (into.Count > 0) return null;
            var waiter = new Waiter();
            if (type is null) _waitersForAll.Add(waiter);
            else (CollectionsMarshal.GetValueRefOrAddDefault(_waiters, type, out _) ??= []).Add(waiter);
            return waiter;
        }
    }

    /// <summary>The version up to which a waiter has missed nothing; null where it is awake already.</summary>
    public long? PositionOf(Waiter waiter)
    {
        lock (_gate) return waiter.Task.IsCompleted ? null : Version;
    }

    /// <summary>Ends waiting.</summary>
    public void Leave(ResourceType? type, Waiter waiter)
    {
        lock (_gate)
        {
            if (type is null) _waitersForAll.Remove(waiter);
            else if (_waiters.TryGetValue(type, out var interested)) interested.Remove(waiter);
        }
    }

    // A waiter had read all there was: what came between then and this change is not for it, and may be forgotten already.
    private void Wake(List<Waiter> interested)
    {
        foreach (var waiter in interested) waiter.TrySetResult(Version - 1);
        interested.Clear();
    }

    private StoredChange At(int index) => _ring[(_first + index) & (_ring.Length - 1)];

    private int IndexAfter(long version)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (At(middle).Object.Version <= version) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private void Grow()
    {
        var wider = new StoredChange[_ring.Length * 2];
        for (var i = 0; i < _count; i++) wider[i] = At(i);
        (_ring, _first) = (wider, 0);
    }

    /// <summary>Somebody who waits for the next change.</summary>
    internal sealed class Waiter() : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
}
