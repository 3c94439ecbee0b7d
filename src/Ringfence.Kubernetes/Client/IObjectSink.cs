using Ringfence.Model;

namespace Ringfence.Kubernetes.Client;

/// <summary>
/// Takes over the objects of a cluster as they come from the API. Each kind comes in its own order, and on its own thread at times; a kind's calls
/// come one after another.
/// </summary>
public interface IObjectSink
{
    /// <summary>All objects of a kind, as of one moment: those that are not among them are gone.</summary>
    /// <param name="kind">The kind, such as <c>Pod</c>.</param>
    /// <param name="objects">The objects; none where the cluster has none.</param>
    void Replace(string kind, IReadOnlyCollection<KubernetesObject> objects);

    /// <summary>An object is new or different, or gone.</summary>
    /// <param name="changed">The object; where <paramref name="removed"/>, only its kind, namespace and name matter.</param>
    /// <param name="removed">Whether it is gone.</param>
    void Change(KubernetesObject changed, bool removed);

    /// <summary>An object is there that cannot be read.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="namespace">Its namespace; empty for one without.</param>
    /// <param name="name">Its name; empty where that cannot be read either.</param>
    /// <param name="why">What is wrong with it.</param>
    void Refuse(string kind, string @namespace, string name, string why);
}
