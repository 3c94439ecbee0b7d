using System.Globalization;
using Ringfence.Kubernetes.Client;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Tests.Client;

/// <summary>What a sink was told comes to: for each object its version, or that it cannot be read.</summary>
internal sealed class ObservedSink : IObjectSink
{
    public const string Unreadable = "unreadable";

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Name), string> _objects = [];

    public int Replaces { get; private set; }

    public int Changes { get; private set; }

    public Dictionary<string, string> Of(string kind)
    {
        lock (_lock) return _objects.Where(pair => pair.Key.Kind == kind).ToDictionary(pair => pair.Key.Name, pair => pair.Value);
    }

    public void Replace(string kind, IReadOnlyCollection<KubernetesObject> objects, IReadOnlyCollection<RefusedObject> refused)
    {
        lock (_lock)
        {
            Replaces++;
            foreach (var key in _objects.Keys.Where(key => key.Kind == kind).ToList()) _objects.Remove(key);
            foreach (var item in objects) _objects[(kind, item.QualifiedName)] = Version(item);
            foreach (var item in refused) _objects[(kind, $"{item.Namespace}/{item.Name}")] = Unreadable;
        }
    }

    public void Change(KubernetesObject changed, bool removed)
    {
        lock (_lock)
        {
            Changes++;
            if (removed) _objects.Remove((changed.Kind, changed.QualifiedName));
            else _objects[(changed.Kind, changed.QualifiedName)] = Version(changed);
        }
    }

    public void Refuse(RefusedObject refused)
    {
        lock (_lock) _objects[(refused.Kind, $"{refused.Namespace}/{refused.Name}")] = Unreadable;
    }

    private static string Version(KubernetesObject item) => item.Annotations.TryGet("ringfence.dev/version", out var version) ? version : "none";
}
