using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.Client.Reading;
using Ringfence.Model;

namespace Ringfence.Lab.Kubelet;

/// <summary>A pod as the API has it.</summary>
/// <param name="Pod">What a lab can see of it.</param>
/// <param name="Stored">The object.</param>
/// <param name="Uid">Which one of this name it is.</param>
/// <param name="IsDeleting">Whether it is to go.</param>
/// <param name="HasNewContainers">Whether it has ephemeral containers that its status does not tell of.</param>
internal sealed record ServedPod(Pod Pod, StoredObject Stored, string Uid, bool IsDeleting, bool HasNewContainers);

/// <summary>What the API has that matters to a lab, brought up to date change by change. One thread at a time.</summary>
internal sealed class ServedState
{
    /// <summary>The kinds that matter.</summary>
    public static readonly ImmutableArray<ResourceType> Types =
    [
        Kind("v1", "Namespace"), Kind("v1", "Node"), Kind("v1", "Pod"), Kind("v1", "Service"), Kind("discovery.k8s.io/v1", "EndpointSlice"),
        Kind("networking.k8s.io/v1", "NetworkPolicy"), Kind("networking.k8s.io/v1", "Ingress"),
        Kind("apps/v1", "Deployment"), Kind("apps/v1", "ReplicaSet"), Kind("apps/v1", "StatefulSet"), Kind("apps/v1", "DaemonSet"),
        Kind("v1", "ReplicationController"), Kind("batch/v1", "Job"), Kind("batch/v1", "CronJob"),
    ];

    private readonly Dictionary<ResourceType, ServedObjects> _readers = Types.ToDictionary(type => type, type => new ServedObjects(type));
    private readonly Dictionary<ResourceType, SortedDictionary<string, (KubernetesObject Object, long Version)>> _objects =
        Types.ToDictionary(type => type, _ => new SortedDictionary<string, (KubernetesObject, long)>(StringComparer.Ordinal));

    private readonly Dictionary<string, ServedPod> _pods = new(StringComparer.Ordinal);

    /// <summary>The kind of pods.</summary>
    public static ResourceType PodType { get; } = Kind("v1", "Pod");

    /// <summary>The kind of nodes.</summary>
    public static ResourceType NodeType { get; } = Kind("v1", "Node");

    /// <summary>The pods by <c>ns/name</c>.</summary>
    public IReadOnlyDictionary<string, ServedPod> Pods => _pods;

    /// <summary>Whether the API has a node.</summary>
    public bool HasNode(string name) => _objects[NodeType].ContainsKey(name);

    /// <summary>Reads everything anew.</summary>
    /// <returns>The version after which changes are to be taken over.</returns>
    public long Load(IObjectApi api)
    {
        foreach (var objects in _objects.Values) objects.Clear();
        _pods.Clear();
        var version = long.MaxValue;
        foreach (var type in Types)
        {
            var (items, asOf) = api.List(type);
            version = Math.Min(version, asOf);
            foreach (var item in items) Put(item);
        }

        return version;
    }

    /// <summary>Takes a change over; one that is known already changes nothing.</summary>
    /// <returns>Whether it may matter to the lab.</returns>
    public bool Take(StoredChange change)
    {
        var item = change.Object;
        if (!_objects.TryGetValue(item.Type, out var objects)) return false;
        var name = NameOf(item);
        if (objects.TryGetValue(name, out var known) && known.Version >= item.Version) return false;
        if (change.Kind != ChangeKind.Deleted) return Put(item);
        _pods.Remove(name);
        return objects.Remove(name);
    }

    /// <summary>All of it.</summary>
    /// <param name="pods">The pods that are to run.</param>
    public ClusterObjects Objects(IEnumerable<Pod> pods) =>
        ClusterObjects.Of([.. Types.Where(type => type != PodType).SelectMany(type => _objects[type].Values.Select(item => item.Object)), .. pods]);

    private bool Put(StoredObject item)
    {
        var name = NameOf(item);
        if (_readers[item.Type].Read(item.Json.Span).Object is not { } read)
        {
            // What was valid before stays; what never was is not there.
            return false;
        }

        _objects[item.Type][name] = (read, item.Version);
        if (read is Pod pod)
        {
            var metadata = JsonFields.Find(item.Json.Span, "metadata"u8);
            var uid = Encoding.UTF8.GetString(JsonFields.Text(JsonFields.Find(metadata, "uid"u8)));
            _pods[name] = new ServedPod(pod, item, uid, !JsonFields.Find(metadata, "deletionTimestamp"u8).IsEmpty, HasNewContainers(item));
        }

        return true;
    }

    private static bool HasNewContainers(StoredObject pod)
    {
        const string List = "ephemeralContainers";
        if (JsonFields.Find(JsonFields.Find(pod.Json.Span, "spec"u8), "ephemeralContainers"u8).IsEmpty) return false;
        var value = pod.Parse();
        return (value["spec"]?[List] as JsonArray)?.Count > ((value["status"]?[PodStatusText.StatusesOf(List)] as JsonArray)?.Count ?? 0);
    }

    private static string NameOf(StoredObject item) => item.Namespace.Length == 0 ? item.Name : $"{item.Namespace}/{item.Name}";

    private static ResourceType Kind(string apiVersion, string kind) =>
        ResourceCatalog.OfKind(apiVersion, kind) ?? throw new InvalidOperationException($"the server has no kind {apiVersion} {kind}");
}
