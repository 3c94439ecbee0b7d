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
    private readonly HashSet<T> _objects = new(ByName.Instance);
    private readonly Dictionary<ObjectName, string> _refused = [];

    /// <summary>Whether all objects were seen once.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The objects that take part.</summary>
    public IReadOnlyCollection<T> Objects => _objects;

    /// <summary>Why the last versions of some objects cannot be read. Of these an earlier one may be in force.</summary>
    public IReadOnlyDictionary<ObjectName, string> Refused => _refused;

    /// <summary>Finds an object.</summary>
    public bool TryGet(ObjectName name, [NotNullWhen(true)] out T? found) => _objects.GetAlternateLookup<ObjectName>().TryGetValue(name, out found);

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
        foreach (var refused in news.Refused) _refused[new ObjectName(refused.Namespace, refused.Name)] = refused.Why;
        if (_objects.Count > 0)
        {
            var seen = news.All!.Select(ObjectName.Of).Concat(_refused.Keys).ToHashSet();
            foreach (var name in _objects.Select(ObjectName.Of).Where(name => !seen.Contains(name)).ToList()) Set(name, null, changes);
        }

        _objects.EnsureCapacity(news.All!.Count);
        changes.EnsureCapacity(news.All.Count);
        foreach (var item in news.All)
            if (item is T now) Set(ObjectName.Of(item), now, changes);
        IsComplete = true;
    }

    private void Set(ObjectName name, T? now, List<ObjectChange<T>> changes)
    {
        TryGet(name, out var before);
        var counts = now is null ? null : reduce(now);
        if (counts is null ? before is null : before is not null && same(before, counts)) return;
        if (before is not null) _objects.Remove(before);
        if (counts is not null) _objects.Add(counts);
        changes.Add(new(name, before, counts));
    }

    /// <summary>Objects have their names themselves: a hundred thousand pods save megabytes where they are not kept beside them.</summary>
    private sealed class ByName : IEqualityComparer<T>, IAlternateEqualityComparer<ObjectName, T>
    {
        public static readonly ByName Instance = new();

        public bool Equals(T? x, T? y) => ReferenceEquals(x, y) || (x is not null && y is not null && ObjectName.Of(x) == ObjectName.Of(y));

        public int GetHashCode(T item) => ObjectName.Of(item).GetHashCode();

        public bool Equals(ObjectName alternate, T other) => alternate == ObjectName.Of(other);

        public int GetHashCode(ObjectName alternate) => alternate.GetHashCode();

        public T Create(ObjectName alternate) => throw new NotSupportedException("a name is no object");
    }
}
