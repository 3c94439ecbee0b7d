using System.Collections.Concurrent;
using Ringfence.Kubernetes.Client;
using Ringfence.Model;

namespace Ringfence.Bench.Api;

/// <summary>Keeps the objects that a feed gives, and counts.</summary>
internal sealed class CountingSink : IObjectSink
{
    private readonly ConcurrentDictionary<string, Dictionary<(string Namespace, string Name), KubernetesObject>> _kinds = new(StringComparer.Ordinal);
    private long _changes;
    private long _refused;

    public long Changes => Interlocked.Read(ref _changes);

    public long Refused => Interlocked.Read(ref _refused);

    public int Count => _kinds.Values.Sum(kind => kind.Count);

    public void Replace(string kind, IReadOnlyCollection<KubernetesObject> objects, IReadOnlyCollection<RefusedObject> refused)
    {
        var known = new Dictionary<(string, string), KubernetesObject>(objects.Count);
        foreach (var item in objects) known[(item.Namespace, item.Name)] = item;
        _kinds[kind] = known;
        Interlocked.Add(ref _refused, refused.Count);
    }

    public void Change(KubernetesObject changed, bool removed)
    {
        var known = _kinds[changed.Kind];
        if (removed) known.Remove((changed.Namespace, changed.Name));
        else known[(changed.Namespace, changed.Name)] = changed;
        Interlocked.Increment(ref _changes);
    }

    public void Refuse(RefusedObject refused) => Interlocked.Increment(ref _refused);
}
