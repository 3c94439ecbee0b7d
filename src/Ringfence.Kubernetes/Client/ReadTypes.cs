using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer;

namespace Ringfence.Kubernetes.Client;

/// <summary>The kinds that are read from a cluster.</summary>
public static class ReadTypes
{
    /// <summary>Namespaces.</summary>
    public static readonly ResourceType Namespaces = new("", "v1", "Namespace", "namespaces", IsNamespaced: false);

    /// <summary>Nodes.</summary>
    public static readonly ResourceType Nodes = new("", "v1", "Node", "nodes", IsNamespaced: false);

    /// <summary>Pods.</summary>
    public static readonly ResourceType Pods = new("", "v1", "Pod", "pods", IsNamespaced: true);

    /// <summary>Services.</summary>
    public static readonly ResourceType Services = new("", "v1", "Service", "services", IsNamespaced: true);

    /// <summary>EndpointSlices.</summary>
    public static readonly ResourceType EndpointSlices = new("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", IsNamespaced: true);

    /// <summary>NetworkPolicies.</summary>
    public static readonly ResourceType NetworkPolicies = new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", IsNamespaced: true);

    /// <summary>Ingresses.</summary>
    public static readonly ResourceType Ingresses = new("networking.k8s.io", "v1", "Ingress", "ingresses", IsNamespaced: true);

    /// <summary>Workloads of every kind.</summary>
    public static readonly ImmutableArray<ResourceType> Workloads =
    [
        new("apps", "v1", "Deployment", "deployments", IsNamespaced: true),
        new("apps", "v1", "StatefulSet", "statefulsets", IsNamespaced: true),
        new("apps", "v1", "DaemonSet", "daemonsets", IsNamespaced: true),
        new("apps", "v1", "ReplicaSet", "replicasets", IsNamespaced: true),
        new("", "v1", "ReplicationController", "replicationcontrollers", IsNamespaced: true),
        new("batch", "v1", "Job", "jobs", IsNamespaced: true),
        new("batch", "v1", "CronJob", "cronjobs", IsNamespaced: true),
    ];

    /// <summary>Policies that can change every answer and are not evaluated; clusters serve them where they have the network plugin that knows them.</summary>
    public static readonly ImmutableArray<ResourceType> OtherPolicies =
    [
        new("policy.networking.k8s.io", "v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies", IsNamespaced: false),
        new("policy.networking.k8s.io", "v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies", IsNamespaced: false),
        new("policy.networking.k8s.io", "v1alpha1", "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", IsNamespaced: false),
        new("crd.projectcalico.org", "v1", "NetworkPolicy", "networkpolicies", IsNamespaced: true),
        new("crd.projectcalico.org", "v1", "GlobalNetworkPolicy", "globalnetworkpolicies", IsNamespaced: false),
        new("crd.projectcalico.org", "v1", "StagedNetworkPolicy", "stagednetworkpolicies", IsNamespaced: true),
        new("crd.projectcalico.org", "v1", "StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies", IsNamespaced: false),
        new("crd.projectcalico.org", "v1", "StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies", IsNamespaced: true),
        new("cilium.io", "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies", IsNamespaced: true),
        new("cilium.io", "v2", "CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies", IsNamespaced: false),
        new("cilium.io", "v2", "CiliumEgressGatewayPolicy", "ciliumegressgatewaypolicies", IsNamespaced: false),
        new("cilium.io", "v2", "CiliumLocalRedirectPolicy", "ciliumlocalredirectpolicies", IsNamespaced: true),
        new("crd.antrea.io", "v1beta1", "NetworkPolicy", "networkpolicies", IsNamespaced: true),
        new("crd.antrea.io", "v1beta1", "ClusterNetworkPolicy", "clusternetworkpolicies", IsNamespaced: false),
    ];
}
