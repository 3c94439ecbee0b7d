using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>
/// The kinds that are built into the server. A kind more is an entry here and its fields in the schema text; <see cref="ServedKinds"/> has the custom
/// ones too.
/// </summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/</remarks>
public static class ResourceCatalog
{
    private static readonly ImmutableArray<string> s_all = ["all"];
    private static readonly ImmutableArray<string> s_extensions = ["api-extensions"];
    private static readonly ImmutableArray<string> s_status = ["status"];
    private static readonly ImmutableArray<string> s_scaled = ["status", "scale"];
    private static readonly ResourceType s_event = new("", "v1", "Event", "events", true) { ShortNames = ["ev"] };
    private static readonly ResourceType s_autoscaler = new("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true) { ShortNames = ["hpa"], Categories = s_all, Subresources = s_status };

    /// <summary>Every kind, the core group first, then by group and plural.</summary>
    public static ImmutableArray<ResourceType> All { get; } =
    [
        new("", "v1", "ConfigMap", "configmaps", true) { ShortNames = ["cm"] },
        new("", "v1", "Endpoints", "endpoints", true) { ShortNames = ["ep"] },
        s_event,
        new("", "v1", "LimitRange", "limitranges", true) { ShortNames = ["limits"] },
        new("", "v1", "Namespace", "namespaces", false) { ShortNames = ["ns"], Subresources = ["finalize", "status"] },
        new("", "v1", "Node", "nodes", false) { ShortNames = ["no"], Subresources = s_status },
        new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true) { ShortNames = ["pvc"], Subresources = s_status },
        new("", "v1", "PersistentVolume", "persistentvolumes", false) { ShortNames = ["pv"], Subresources = s_status },
        new("", "v1", "Pod", "pods", true) { ShortNames = ["po"], Categories = s_all, Subresources = s_status },
        new("", "v1", "PodTemplate", "podtemplates", true),
        new("", "v1", "ReplicationController", "replicationcontrollers", true) { ShortNames = ["rc"], Categories = s_all, Subresources = s_scaled },
        new("", "v1", "ResourceQuota", "resourcequotas", true) { ShortNames = ["quota"], Subresources = s_status },
        new("", "v1", "Secret", "secrets", true),
        new("", "v1", "ServiceAccount", "serviceaccounts", true) { ShortNames = ["sa"] },
        new("", "v1", "Service", "services", true) { ShortNames = ["svc"], Categories = s_all, Subresources = s_status },
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false)
        {
            ShortNames = ["crd", "crds"], Categories = ["api-extensions"], Subresources = s_status,
        },
        new("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", false) { Categories = s_extensions },
        new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false) { Categories = s_extensions },
        new("apps", "v1", "ControllerRevision", "controllerrevisions", true),
        new("apps", "v1", "DaemonSet", "daemonsets", true) { ShortNames = ["ds"], Categories = s_all, Subresources = s_status },
        new("apps", "v1", "Deployment", "deployments", true) { ShortNames = ["deploy"], Categories = s_all, Subresources = s_scaled },
        new("apps", "v1", "ReplicaSet", "replicasets", true) { ShortNames = ["rs"], Categories = s_all, Subresources = s_scaled },
        new("apps", "v1", "StatefulSet", "statefulsets", true) { ShortNames = ["sts"], Categories = s_all, Subresources = s_scaled },
        s_autoscaler,
        s_autoscaler with { Version = "v1", KeptAs = s_autoscaler },
        new("batch", "v1", "CronJob", "cronjobs", true) { ShortNames = ["cj"], Categories = s_all, Subresources = s_status },
        new("batch", "v1", "Job", "jobs", true) { Categories = s_all, Subresources = s_status },
        new("coordination.k8s.io", "v1", "Lease", "leases", true),
        new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true),
        s_event with { Group = "events.k8s.io", KeptAs = s_event },
        new("networking.k8s.io", "v1", "IngressClass", "ingressclasses", false),
        new("networking.k8s.io", "v1", "Ingress", "ingresses", true) { ShortNames = ["ing"], Subresources = s_status },
        new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true) { ShortNames = ["netpol"] },
        new("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", false),
        new("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true) { ShortNames = ["pdb"], Subresources = s_status },
        new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false),
        new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false),
        new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true),
        new("rbac.authorization.k8s.io", "v1", "Role", "roles", true),
        new("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", false) { ShortNames = ["pc"] },
        new("storage.k8s.io", "v1", "CSIDriver", "csidrivers", false),
        new("storage.k8s.io", "v1", "StorageClass", "storageclasses", false) { ShortNames = ["sc"] },
    ];

    private static readonly FrozenDictionary<(string Group, string Version, string Plural), ResourceType> s_byPath =
        All.ToFrozenDictionary(type => (type.Group, type.Version, type.Plural));

    private static readonly FrozenDictionary<(string ApiVersion, string Kind), ResourceType> s_byKind =
        All.ToFrozenDictionary(type => (type.ApiVersion, type.Kind));

    /// <summary>The kind of a path; null where it is not served.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    /// <param name="plural">The name in paths.</param>
    public static ResourceType? Find(string group, string version, string plural) => s_byPath.GetValueOrDefault((group, version, plural));

    /// <summary>The kind of an object; null where it is not served.</summary>
    /// <param name="apiVersion">Its <c>apiVersion</c>.</param>
    /// <param name="kind">Its <c>kind</c>.</param>
    public static ResourceType? OfKind(string apiVersion, string kind) => s_byKind.GetValueOrDefault((apiVersion, kind));
}
