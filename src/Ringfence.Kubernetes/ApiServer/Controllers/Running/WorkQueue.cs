namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>
/// What is to be looked at, first in, first out; a key that waits already is not added again. What failed comes again after a time that doubles
/// with every failure, up to <see cref="LongestDelay"/>. For one thread.
/// </summary>
internal sealed class WorkQueue(TimeProvider time)
{
    /// <summary>The delay after the first failure.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest delay after failures.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly Queue<ObjectKey> _ready = [];
    private readonly HashSet<ObjectKey> _waiting = [];
    private readonly PriorityQueue<ObjectKey, DateTimeOffset> _later = new();
    private readonly Dictionary<ObjectKey, DateTimeOffset> _due = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];

    /// <summary>How many keys wait to be looked at now.</summary>
    public int Count => _ready.Count;

    /// <summary>When the next key that is to be looked at later is due; null where there is none.</summary>
    public DateTimeOffset? NextDue => _later.TryPeek(out _, out var due) ? due : null;

    /// <summary>Adds a key.</summary>
    public void Add(ObjectKey key)
    {
        if (_waiting.Add(key)) _ready.Enqueue(key);
    }

    /// <summary>Adds a key after a time, unless it is due before.</summary>
    public void AddAfter(ObjectKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        var due = time.GetUtcNow() + delay;
        if (_due.TryGetValue(key, out var before) && before <= due) return;
        _due[key] = due;
        _later.Enqueue(key, due);
    }

    /// <summary>Takes the next key.</summary>
    public bool TryTake(out ObjectKey key)
    {
        var now = time.GetUtcNow();
        while (_later.TryPeek(out var late, out var due) && due <= now)
        {
            _later.Dequeue();
            if (!_due.TryGetValue(late, out var wanted) || wanted != due) continue;
            _due.Remove(late);
            Add(late);
        }

        if (!_ready.TryDequeue(out key)) return false;
        _waiting.Remove(key);
        return true;
    }

    /// <summary>Takes note that a key was done.</summary>
    public void Succeeded(ObjectKey key) => _failures.Remove(key);

    /// <summary>Takes note that a key failed, and adds it for later.</summary>
    /// <returns>How often it failed in a row.</returns>
    public int Failed(ObjectKey key)
    {
        var failures = _failures.GetValueOrDefault(key) + 1;
        _failures[key] = failures;
        var delay = FirstDelay * Math.Pow(2, Math.Min(failures - 1, 16));
        AddAfter(key, delay < LongestDelay ? delay : LongestDelay);
        return failures;
    }
}
