namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>
/// What is to be looked at, first in, first out; a key that waits already is not added again. What failed comes again after a time that doubles
/// with every failure, up to <see cref="LongestDelay"/>; what changes all the time is looked at once in a pace, not for every change. For one thread.
/// </summary>
/// <param name="time">The time.</param>
/// <param name="pace">The time for one look at a key, where it is looked at again and again; after a rest a few are free.</param>
internal sealed class WorkQueue(TimeProvider time, TimeSpan pace)
{
    /// <summary>The delay after the first failure.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest delay after failures.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private const int MostPaced = 1024;

    // A rollout of a few pods is a few looks: they need not wait.
    private const int Burst = 6;

    private readonly long _start = time.GetTimestamp();
    private readonly Queue<ObjectKey> _ready = [];
    private readonly HashSet<ObjectKey> _waiting = [];
    private readonly PriorityQueue<ObjectKey, TimeSpan> _later = new();
    private readonly Dictionary<ObjectKey, TimeSpan> _due = [];
    private readonly Dictionary<ObjectKey, int> _failures = [];

    // Until when the looks at a key so far would have lasted, in its pace.
    private readonly Dictionary<ObjectKey, TimeSpan> _allowance = [];
    private readonly HashSet<ObjectKey> _paced = [];

    /// <summary>Whether a key waits, now or for its pace; not those that are wanted at a later time, or failed.</summary>
    public bool IsBusy => _ready.Count + _paced.Count > 0;

    /// <summary>How long until the next key that is to be looked at later is due; null where there is none.</summary>
    public TimeSpan? NextDue => _later.TryPeek(out _, out var due) ? due - Clock : null;

    // Since the queue is there: a clock that is set must not hold anything up.
    private TimeSpan Clock => time.GetElapsedTime(_start);

    /// <summary>Adds a key.</summary>
    public void Add(ObjectKey key)
    {
        if (_waiting.Contains(key) || _paced.Contains(key)) return;
        if (_allowance.TryGetValue(key, out var used) && used - Clock - (Burst * pace) is var rest && rest > TimeSpan.Zero)
        {
            _paced.Add(key);
            AddAfter(key, rest);
            return;
        }

        _waiting.Add(key);
        _ready.Enqueue(key);
    }

    /// <summary>Adds a key after a time, unless it is due before.</summary>
    public void AddAfter(ObjectKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        var due = Clock + delay;
        if (_due.TryGetValue(key, out var before) && before <= due) return;
        _due[key] = due;
        _later.Enqueue(key, due);
    }

    /// <summary>Takes the next key.</summary>
    public bool TryTake(out ObjectKey key)
    {
        var now = Clock;
        while (_later.TryPeek(out var late, out var due) && due <= now)
        {
            _later.Dequeue();
            if (!_due.TryGetValue(late, out var wanted) || wanted != due) continue;
            _due.Remove(late);
            _paced.Remove(late);
            if (_waiting.Add(late)) _ready.Enqueue(late);
        }

        if (!_ready.TryDequeue(out key)) return false;
        _waiting.Remove(key);
        if (pace > TimeSpan.Zero) Pace(key);
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

    private void Pace(ObjectKey key)
    {
        var now = Clock;
        if (_allowance.Count >= MostPaced)
        {
            foreach (var old in _allowance.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList()) _allowance.Remove(old);
        }

        var used = _allowance.GetValueOrDefault(key);
        _allowance[key] = (used > now ? used : now) + pace;
    }
}
