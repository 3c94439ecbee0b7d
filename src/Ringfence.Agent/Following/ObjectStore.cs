using System.Diagnostics.CodeAnalysis;
using Ringfence.Model;

namespace Ringfence.Agent.Following;

/// <summary>An object that is another than before.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Before">What it was; null where it took no part.</param>
/// <param name="Now">What it is; null where it takes no part any more.</param>
internal readonly record struct ObjectChange<T>(ObjectName Name, T? Before, T? Now)
    where T : KubernetesObject;

/// <summary>
/// The objects of one kind in the version that counts: the last that could be read. Of each it keeps what enforcement needs, and tells of a change only
/// where that changed: most updates of pods say nothing about reach.
/// </summary>
/// <param name="reduce">What counts of an object; null where it takes no part.</param>
/// <param name="same">Whether two versions mean the same.</param>
internal sealed class ObjectStore<T>(Func<T, T?> reduce, Func<T, T, bool> same)
    where T : KubernetesObject
{
    private readonly Dictionary<ObjectName, T> _objects = [];
    private readonly Dictionary<ObjectName, string> _refused = [];

    /// <summary>Whether all objects were seen once.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The objects that take part.</summary>
    public IReadOnlyDictionary<ObjectName, T> Objects => _objects;

    /// <summary>Why the last versions of some objects cannot be read. Of these an earlier one may be in force.</summary>
    public IReadOnlyDictionary<ObjectName, string> Refused => _refused;

    /// <summary>Finds an object.</summary>
    public bool TryGet(ObjectName name, [NotNullWhen(true)] out T? found) => _objects.TryGetValue(name, out found);

    /// <summary>Takes over what came.</summary>
    /// <returns>What changed of what counts.</returns>
    public List<ObjectChange<T>> Take(KindNews news)
    {
        var changes = new List<ObjectChange<T>>();
        if (news.All is not null) TakeAll(news, changes);
        foreach (var (name, arrival) in news.Changes)
        {
            if (arrival.Object is T now) Set(name, now, changes);
            else if (arrival.Removed) Set(name, null, changes);
            if (arrival.Refused is { } why) _refused[name] = why;
            else _refused.Remove(name);
        }

        return changes;
    }

    private void TakeAll(KindNews news, List<ObjectChange<T>> changes)
    {
        _refused.Clear();
        var seen = new HashSet<ObjectName>(news.All!.Count);
        foreach (var refused in news.Refused)
        {
            var name = new ObjectName(refused.Namespace, refused.Name);
            _refused[name] = refused.Why;
            seen.Add(name);
        }

        _objects.EnsureCapacity(news.All.Count);
        foreach (var item in news.All)
        {
            if (item is not T now) continue;
            seen.Add(ObjectName.Of(item));
            Set(ObjectName.Of(item), now, changes);
        }

        if (_objects.Count > 0)
            foreach (var name in _objects.Keys.Where(name => !seen.Contains(name)).ToList()) Set(name, null, changes);
        IsComplete = true;
    }

    private void Set(ObjectName name, T? now, List<ObjectChange<T>> changes)
    {
        var before = _objects.GetValueOrDefault(name);
        var counts = now is null ? null : reduce(now);
        if (counts is null ? before is null : before is not null && same(before, counts)) return;
        if (counts is null) _objects.Remove(name);
        else _objects[name] = counts;
        changes.Add(new(name, before, counts));
    }
}
