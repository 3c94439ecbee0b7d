using Ringfence.Kubernetes.Client;
using Ringfence.Model;

namespace Ringfence.Agent.Following;

/// <summary>The namespace and name of an object.</summary>
/// <param name="Namespace">The namespace; empty for kinds without.</param>
/// <param name="Name">The name.</param>
internal readonly record struct ObjectName(string Namespace, string Name)
{
    public static ObjectName Of(KubernetesObject item) => new(item.Namespace, item.Name);

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}

/// <summary>What became of an object since it was last looked at.</summary>
/// <param name="Object">Its last version that can be read; null where none came.</param>
/// <param name="Removed">Whether it went at some time, and what is here came after that.</param>
/// <param name="Refused">Why its very last version cannot be read; null where it can, or is gone.</param>
internal readonly record struct Arrival(KubernetesObject? Object, bool Removed, string? Refused);

/// <summary>What came of one kind.</summary>
/// <param name="All">All objects as of some moment; null where no list came.</param>
/// <param name="Refused">Those of that moment that cannot be read.</param>
internal sealed record KindNews(IReadOnlyCollection<KubernetesObject>? All, IReadOnlyCollection<RefusedObject> Refused)
{
    /// <summary>What came after the list, or came without one.</summary>
    public Dictionary<ObjectName, Arrival> Changes { get; } = [];
}

/// <summary>
/// Collects what comes from the API until somebody takes it: of each object only the last, so that it is bounded by the cluster and not by how often
/// things change. Thread-safe.
/// </summary>
/// <param name="arrived">Told that something is there; on the thread that brought it.</param>
internal sealed class ObjectInbox(Action arrived) : IObjectSink
{
    private readonly Lock _lock = new();
    private Dictionary<string, KindNews> _news = new(StringComparer.Ordinal);

    /// <summary>Takes what came, by kind; empty where nothing did.</summary>
    public Dictionary<string, KindNews> Take()
    {
        lock (_lock)
        {
            if (_news.Count == 0) return _news;
            var taken = _news;
            _news = new(StringComparer.Ordinal);
            return taken;
        }
    }

    /// <inheritdoc/>
    public void Replace(string kind, IReadOnlyCollection<KubernetesObject> objects, IReadOnlyCollection<RefusedObject> refused)
    {
        lock (_lock) _news[kind] = new KindNews(objects, refused);
        arrived();
    }

    /// <inheritdoc/>
    public void Change(KubernetesObject changed, bool removed)
    {
        lock (_lock)
        {
            var changes = Of(changed.Kind).Changes;
            var name = ObjectName.Of(changed);
            changes[name] = removed ? new Arrival(null, Removed: true, null) : new Arrival(changed, changes.GetValueOrDefault(name).Removed, null);
        }

        arrived();
    }

    /// <inheritdoc/>
    public void Refuse(RefusedObject refused)
    {
        lock (_lock)
        {
            var changes = Of(refused.Kind).Changes;
            var name = new ObjectName(refused.Namespace, refused.Name);
            changes[name] = changes.GetValueOrDefault(name) with { Refused = refused.Why };
        }

        arrived();
    }

    private KindNews Of(string kind)
    {
        if (!_news.TryGetValue(kind, out var news)) _news.Add(kind, news = new KindNews(null, []));
        return news;
    }
}
