using System.Collections.Frozen;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>The kinds that controllers read and write. Equal to the server's own by group, version and plural.</summary>
internal static class Kinds
{
    public static readonly ResourceType Namespaces = new("", "v1", "Namespace", "namespaces", IsNamespaced: false);
    public static readonly ResourceType Nodes = new("", "v1", "Node", "nodes", IsNamespaced: false);
    public static readonly ResourceType Pods = new("", "v1", "Pod", "pods", IsNamespaced: true);
    public static readonly ResourceType Services = new("", "v1", "Service", "services", IsNamespaced: true);
    public static readonly ResourceType ServiceAccounts = new("", "v1", "ServiceAccount", "serviceaccounts", IsNamespaced: true);
    public static readonly ResourceType ConfigMaps = new("", "v1", "ConfigMap", "configmaps", IsNamespaced: true);
    public static readonly ResourceType Claims = new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", IsNamespaced: true);
    public static readonly ResourceType Events = new("", "v1", "Event", "events", IsNamespaced: true);
    public static readonly ResourceType Deployments = new("apps", "v1", "Deployment", "deployments", IsNamespaced: true);
    public static readonly ResourceType ReplicaSets = new("apps", "v1", "ReplicaSet", "replicasets", IsNamespaced: true);
    public static readonly ResourceType ReplicationControllers = new("", "v1", "ReplicationController", "replicationcontrollers", IsNamespaced: true);
    public static readonly ResourceType StatefulSets = new("apps", "v1", "StatefulSet", "statefulsets", IsNamespaced: true);
    public static readonly ResourceType DaemonSets = new("apps", "v1", "DaemonSet", "daemonsets", IsNamespaced: true);
    public static readonly ResourceType Revisions = new("apps", "v1", "ControllerRevision", "controllerrevisions", IsNamespaced: true);
    public static readonly ResourceType Endpoints = new("", "v1", "Endpoints", "endpoints", IsNamespaced: true);
    public static readonly ResourceType Jobs = new("batch", "v1", "Job", "jobs", IsNamespaced: true);
    public static readonly ResourceType EndpointSlices = new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", IsNamespaced: true);

    /// <summary>Those that controllers look into all the time.</summary>
    public static readonly FrozenSet<ResourceType> OftenRead =
        FrozenSet.ToFrozenSet([Namespaces, Nodes, Pods, Services, Deployments, ReplicaSets, ReplicationControllers, StatefulSets, DaemonSets, Jobs, EndpointSlices]);
}
