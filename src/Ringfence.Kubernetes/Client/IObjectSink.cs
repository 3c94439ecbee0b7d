using Ringfence.Model;

namespace Ringfence.Kubernetes.Client;

/// <summary>
/// Takes over the objects of a cluster as they come from the API. Each kind comes in its own order, and on its own thread at times; a kind's calls
/// come one after another.
/// </summary>
public interface IObjectSink
{
    /// <summary>All objects of a kind, as of one moment: those that are neither among them nor refused are gone.</summary>
    /// <param name="kind">The kind, such as <c>Pod</c>.</param>
    /// <param name="objects">The objects; none where the cluster has none.</param>
    /// <param name="refused">Those that are there too and cannot be read; whatever was refused before and is not among them is gone, or can be read now.</param>
    void Replace(string kind, IReadOnlyCollection<KubernetesObject> objects, IReadOnlyCollection<RefusedObject> refused);

    /// <summary>An object is new or different, or gone.</summary>
    /// <param name="changed">The object; where <paramref name="removed"/>, only its kind, namespace and name matter.</param>
    /// <param name="removed">Whether it is gone.</param>
    void Change(KubernetesObject changed, bool removed);

    /// <summary>An object is there, new or different, that cannot be read.</summary>
    /// <param name="refused">What is known of it.</param>
    void Refuse(RefusedObject refused);
}

/// <summary>An object of the cluster that cannot be read.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; empty for one without.</param>
/// <param name="Name">Its name; empty where that cannot be read either.</param>
/// <param name="Why">What is wrong with it.</param>
public sealed record RefusedObject(string Kind, string Namespace, string Name, string Why);
