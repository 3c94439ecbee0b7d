namespace Ringfence.Model.Decoding;

/// <summary>
/// The fields of the Kubernetes API, up to 1.36 and with those that older clusters still serve, at the levels that are read:
/// https://kubernetes.io/docs/reference/kubernetes-api/
/// </summary>
internal static class KnownFields
{
    public static readonly FieldNames Object = new("apiVersion kind metadata spec status");

    public static readonly FieldNames ObjectMeta = new("""
        name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp
        deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields clusterName initializers
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames OwnerReference = new("apiVersion kind name uid controller blockOwnerDeletion");

    public static readonly FieldNames PodTemplate = new("metadata spec");

    public static readonly FieldNames PodSpec = new("""
        volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds
        dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC
        hostUsers shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations
        hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead
        topologySpreadConstraints setHostnameAsFQDN os schedulingGates resourceClaims resources hostnameOverride workloadRef
        schedulingGroup
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames Container = new("""
        name image command args workingDir ports envFrom env resources resizePolicy restartPolicy restartPolicyRules volumeMounts
        volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy
        imagePullPolicy securityContext stdin stdinOnce tty
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames ContainerPort = new("name hostPort containerPort protocol hostIP");

    public static readonly FieldNames DeploymentSpec = new("""
        replicas selector template strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds rollbackTo
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames ReplicaSetSpec = new("replicas minReadySeconds selector template");

    public static readonly FieldNames StatefulSetSpec = new("""
        replicas selector template volumeClaimTemplates serviceName podManagementPolicy updateStrategy revisionHistoryLimit
        minReadySeconds persistentVolumeClaimRetentionPolicy ordinals
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames DaemonSetSpec = new("selector template updateStrategy minReadySeconds revisionHistoryLimit templateGeneration");

    public static readonly FieldNames JobSpec = new("""
        parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex
        maxFailedIndexes selector manualSelector template ttlSecondsAfterFinished completionMode suspend podReplacementPolicy
        managedBy scheduling
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames CronJobSpec = new("""
        schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate successfulJobsHistoryLimit
        failedJobsHistoryLimit
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames NamespaceSpec = new("finalizers");

    public static readonly FieldNames NodeSpec = new("podCIDR podCIDRs providerID unschedulable taints configSource externalID");

    public static readonly FieldNames ServiceSpec = new("""
        ports selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP loadBalancerSourceRanges externalName
        externalTrafficPolicy healthCheckNodePort publishNotReadyAddresses sessionAffinityConfig ipFamilies ipFamilyPolicy
        allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution topologyKeys ipFamily
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames ServicePort = new("name protocol appProtocol port targetPort nodePort");

    public static readonly FieldNames EndpointSlice = new("apiVersion kind metadata addressType endpoints ports");

    public static readonly FieldNames Endpoint = new("""
        addresses conditions hostname targetRef deprecatedTopology topology nodeName zone hints
        """.ReplaceLineEndings(" "));

    public static readonly FieldNames EndpointConditions = new("ready serving terminating");

    public static readonly FieldNames EndpointPort = new("name protocol port appProtocol");

    public static readonly FieldNames ObjectReference = new("kind namespace name uid apiVersion resourceVersion fieldPath");

    public static readonly FieldNames IngressSpec = new FieldNames("ingressClassName defaultBackend tls rules")
        .Advise("backend", "it is \"defaultBackend\" in networking.k8s.io/v1");

    public static readonly FieldNames IngressRule = new("host http");

    public static readonly FieldNames HttpIngressRule = new("paths");

    public static readonly FieldNames HttpIngressPath = new("path pathType backend");

    public static readonly FieldNames IngressBackend = new FieldNames("service resource")
        .Advise("serviceName", "write service.name, as networking.k8s.io/v1 has it")
        .Advise("servicePort", "write service.port.number or service.port.name, as networking.k8s.io/v1 has it");

    public static readonly FieldNames IngressService = new("name port");

    public static readonly FieldNames ServiceBackendPort = new("name number");

    public static readonly FieldNames NetworkPolicySpec = new FieldNames("podSelector ingress egress policyTypes")
        .Advise("from", "it belongs in an entry of \"ingress\"")
        .Advise("to", "it belongs in an entry of \"egress\"")
        .Advise("ports", "it belongs in an entry of \"ingress\" or \"egress\"")
        .Advise("policyType", "did you mean \"policyTypes\"?")
        .Advise("namespaceSelector", "it belongs in an entry of \"from\" or \"to\"; a policy selects pods of its own namespace only");

    public static readonly FieldNames IngressPolicyRule = new FieldNames("ports from")
        .Advise("to", "an ingress rule has \"from\"")
        .Advise("podSelector", "it belongs in an entry of \"from\"")
        .Advise("namespaceSelector", "it belongs in an entry of \"from\"")
        .Advise("ipBlock", "it belongs in an entry of \"from\"");

    public static readonly FieldNames EgressPolicyRule = new FieldNames("ports to")
        .Advise("from", "an egress rule has \"to\"")
        .Advise("podSelector", "it belongs in an entry of \"to\"")
        .Advise("namespaceSelector", "it belongs in an entry of \"to\"")
        .Advise("ipBlock", "it belongs in an entry of \"to\"");

    public static readonly FieldNames PolicyPeer = new FieldNames("podSelector namespaceSelector ipBlock")
        .Advise("ports", "it belongs to the rule, beside \"from\" or \"to\": check the indentation")
        .Advise("cidr", "it belongs in \"ipBlock\"")
        .Advise("except", "it belongs in \"ipBlock\"")
        .Advise("matchLabels", "it belongs in \"podSelector\" or \"namespaceSelector\"")
        .Advise("matchExpressions", "it belongs in \"podSelector\" or \"namespaceSelector\"")
        .Advise("serviceAccountSelector", "NetworkPolicy cannot select service accounts");

    public static readonly FieldNames PolicyPort = new FieldNames("protocol port endPort")
        .Advise("targetPort", "did you mean \"port\"? A policy's port is the pod's own port")
        .Advise("containerPort", "did you mean \"port\"?");

    public static readonly FieldNames IpBlock = new("cidr except");

    public static readonly FieldNames LabelSelector = new("matchLabels matchExpressions");

    public static readonly FieldNames LabelRequirement = new("key operator values");
}
