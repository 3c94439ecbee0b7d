using System.Collections.Frozen;

namespace Ringfence.Kubernetes.ApiServer.Http.Protobuf;

/// <summary>A field of a message.</summary>
/// <param name="Name">Its name in JSON; <c>+</c> where its fields stand in the message around it.</param>
/// <param name="Type">A message, or one of the simple types.</param>
/// <param name="IsRepeated">Whether it is a list.</param>
/// <param name="KeepsZero">Whether an empty value is a value; else it is the same as none.</param>
internal sealed record ProtobufField(string Name, string Type, bool IsRepeated, bool KeepsZero);

/// <summary>
/// The numbers of fields on the wire, for the kinds that kubectl sends so. A message a line: <c>Message: number name type, …</c>, under its group and version where another one has the same name. Types in small letters are
/// simple: <c>s</c> text, <c>i</c> whole number, <c>b</c> truth value, <c>t</c> time, <c>n</c> number or text, <c>q</c> quantity, <c>ms</c>, <c>my</c> and
/// <c>mq</c> maps to text, bytes and quantities. <c>*</c> before a type is a list, <c>?</c> says that an empty value is one.
/// </summary>
internal static class ProtobufFields
{
    private const string Text =
        """
        TypeMeta: 1 apiVersion s, 2 kind s
        ObjectMeta: 1 name s, 2 generateName s, 3 namespace s, 4 selfLink s, 5 uid s, 6 resourceVersion s, 7 generation i, 8 creationTimestamp t, 9 deletionTimestamp t, 10 deletionGracePeriodSeconds ?i, 11 labels ms, 12 annotations ms, 13 ownerReferences *OwnerReference, 14 finalizers *s
        OwnerReference: 1 kind s, 3 name s, 4 uid s, 5 apiVersion s, 6 controller ?b, 7 blockOwnerDeletion ?b
        LabelSelector: 1 matchLabels ms, 2 matchExpressions *LabelSelectorRequirement
        LabelSelectorRequirement: 1 key s, 2 operator s, 3 values *s
        DeleteOptions: 1 gracePeriodSeconds ?i, 2 preconditions Preconditions, 3 orphanDependents ?b, 4 propagationPolicy s, 5 dryRun *s
        Preconditions: 1 uid s, 2 resourceVersion s
        Namespace: 1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus
        NamespaceSpec: 1 finalizers *s
        NamespaceStatus: 1 phase s
        ConfigMap: 1 metadata ObjectMeta, 2 data ms, 3 binaryData my, 4 immutable ?b
        Secret: 1 metadata ObjectMeta, 2 data my, 3 type s, 4 stringData ms, 5 immutable ?b
        ServiceAccount: 1 metadata ObjectMeta, 2 secrets *ObjectReference, 3 imagePullSecrets *LocalObjectReference, 4 automountServiceAccountToken ?b
        ObjectReference: 1 kind s, 2 namespace s, 3 name s, 4 uid s, 5 apiVersion s, 6 resourceVersion s, 7 fieldPath s
        LocalObjectReference: 1 name s
        Service: 1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus
        ServiceSpec: 1 ports *ServicePort, 2 selector ms, 3 clusterIP s, 4 type s, 5 externalIPs *s, 7 sessionAffinity s, 8 loadBalancerIP s, 9 loadBalancerSourceRanges *s, 10 externalName s, 11 externalTrafficPolicy s, 12 healthCheckNodePort i, 13 publishNotReadyAddresses b, 17 ipFamilyPolicy s, 18 clusterIPs *s, 19 ipFamilies *s, 20 allocateLoadBalancerNodePorts ?b, 21 loadBalancerClass s, 22 internalTrafficPolicy s
        ServicePort: 1 name s, 2 protocol s, 3 port i, 4 targetPort n, 5 nodePort i, 6 appProtocol s
        ServiceStatus: 1 loadBalancer LoadBalancerStatus
        LoadBalancerStatus:
        Deployment: 1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status DeploymentStatus
        DeploymentSpec: 1 replicas ?i, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy, 5 minReadySeconds i, 6 revisionHistoryLimit ?i, 7 paused b, 9 progressDeadlineSeconds ?i
        DeploymentStrategy: 1 type s, 2 rollingUpdate RollingUpdateDeployment
        RollingUpdateDeployment: 1 maxUnavailable n, 2 maxSurge n
        DeploymentStatus: 1 observedGeneration i, 2 replicas i, 3 updatedReplicas i, 4 availableReplicas i, 5 unavailableReplicas i, 7 readyReplicas i
        PodTemplateSpec: 1 metadata ObjectMeta, 2 spec PodSpec
        Pod: 1 metadata ObjectMeta, 2 spec PodSpec, 3 status PodStatus
        PodStatus: 1 phase s, 3 message s, 4 reason s, 5 hostIP s, 6 podIP s, 9 qosClass s, 11 nominatedNodeName s, 14 resize s
        PodSpec: 1 volumes *Volume, 2 containers *Container, 3 restartPolicy s, 4 terminationGracePeriodSeconds ?i, 5 activeDeadlineSeconds ?i, 6 dnsPolicy s, 7 nodeSelector ms, 8 serviceAccountName s, 9 serviceAccount s, 10 nodeName s, 11 hostNetwork b, 12 hostPID b, 13 hostIPC b, 14 securityContext PodSecurityContext, 15 imagePullSecrets *LocalObjectReference, 16 hostname s, 17 subdomain s, 18 affinity Affinity, 19 schedulerName s, 20 initContainers *Container, 21 automountServiceAccountToken ?b, 22 tolerations *Toleration, 23 hostAliases *HostAlias, 24 priorityClassName s, 25 priority ?i, 26 dnsConfig PodDNSConfig, 27 shareProcessNamespace ?b, 28 readinessGates *PodReadinessGate, 29 runtimeClassName s, 30 enableServiceLinks ?b, 31 preemptionPolicy s, 32 overhead mq, 33 topologySpreadConstraints *TopologySpreadConstraint, 35 setHostnameAsFQDN ?b, 36 os PodOS, 37 hostUsers ?b
        PodSecurityContext: 1 seLinuxOptions SELinuxOptions, 2 runAsUser ?i, 3 runAsNonRoot ?b, 4 supplementalGroups *i, 5 fsGroup ?i, 6 runAsGroup ?i, 7 sysctls *Sysctl, 9 fsGroupChangePolicy s, 10 seccompProfile SeccompProfile, 11 appArmorProfile AppArmorProfile, 12 supplementalGroupsPolicy s
        SELinuxOptions: 1 user s, 2 role s, 3 type s, 4 level s
        Sysctl: 1 name s, 2 value s
        SeccompProfile: 1 type s, 2 localhostProfile s
        AppArmorProfile: 1 type s, 2 localhostProfile s
        Toleration: 1 key s, 2 operator s, 3 value s, 4 effect s, 5 tolerationSeconds ?i
        HostAlias: 1 ip s, 2 hostnames *s
        PodDNSConfig: 1 nameservers *s, 2 searches *s, 3 options *PodDNSConfigOption
        PodDNSConfigOption: 1 name s, 2 value s
        PodReadinessGate: 1 conditionType s
        PodOS: 1 name s
        TopologySpreadConstraint: 1 maxSkew i, 2 topologyKey s, 3 whenUnsatisfiable s, 4 labelSelector LabelSelector, 5 minDomains ?i, 6 nodeAffinityPolicy s, 7 nodeTaintsPolicy s, 8 matchLabelKeys *s
        Affinity: 1 nodeAffinity NodeAffinity, 2 podAffinity PodAffinity, 3 podAntiAffinity PodAffinity
        NodeAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution NodeSelector, 2 preferredDuringSchedulingIgnoredDuringExecution *PreferredSchedulingTerm
        NodeSelector: 1 nodeSelectorTerms *NodeSelectorTerm
        NodeSelectorTerm: 1 matchExpressions *LabelSelectorRequirement, 2 matchFields *LabelSelectorRequirement
        PreferredSchedulingTerm: 1 weight i, 2 preference NodeSelectorTerm
        PodAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution *PodAffinityTerm, 2 preferredDuringSchedulingIgnoredDuringExecution *WeightedPodAffinityTerm
        WeightedPodAffinityTerm: 1 weight i, 2 podAffinityTerm PodAffinityTerm
        PodAffinityTerm: 1 labelSelector LabelSelector, 2 namespaces *s, 3 topologyKey s, 4 namespaceSelector LabelSelector, 5 matchLabelKeys *s, 6 mismatchLabelKeys *s
        Volume: 1 name s, 2 + VolumeSource
        VolumeSource: 1 hostPath HostPathVolumeSource, 2 emptyDir EmptyDirVolumeSource, 6 secret SecretVolumeSource, 7 nfs NFSVolumeSource, 10 persistentVolumeClaim PersistentVolumeClaimVolumeSource, 16 downwardAPI DownwardAPIProjection, 19 configMap ConfigMapVolumeSource, 26 projected ProjectedVolumeSource
        HostPathVolumeSource: 1 path s, 2 type s
        EmptyDirVolumeSource: 1 medium s, 2 sizeLimit q
        SecretVolumeSource: 1 secretName s, 2 items *KeyToPath, 3 defaultMode ?i, 4 optional ?b
        NFSVolumeSource: 1 server s, 2 path s, 3 readOnly b
        PersistentVolumeClaimVolumeSource: 1 claimName s, 2 readOnly b
        ConfigMapVolumeSource: 1 + LocalObjectReference, 2 items *KeyToPath, 3 defaultMode ?i, 4 optional ?b
        KeyToPath: 1 key s, 2 path s, 3 mode ?i
        ProjectedVolumeSource: 1 sources *VolumeProjection, 2 defaultMode ?i
        VolumeProjection: 1 secret SecretProjection, 2 downwardAPI DownwardAPIProjection, 3 configMap SecretProjection, 4 serviceAccountToken ServiceAccountTokenProjection
        SecretProjection: 1 + LocalObjectReference, 2 items *KeyToPath, 4 optional ?b
        DownwardAPIProjection: 1 items *DownwardAPIVolumeFile, 2 defaultMode ?i
        DownwardAPIVolumeFile: 1 path s, 2 fieldRef ObjectFieldSelector, 3 resourceFieldRef ResourceFieldSelector, 4 mode ?i
        ServiceAccountTokenProjection: 1 audience s, 2 expirationSeconds ?i, 3 path s
        Container: 1 name s, 2 image s, 3 command *s, 4 args *s, 5 workingDir s, 6 ports *ContainerPort, 7 env *EnvVar, 8 resources ResourceRequirements, 9 volumeMounts *VolumeMount, 10 livenessProbe Probe, 11 readinessProbe Probe, 12 lifecycle Lifecycle, 13 terminationMessagePath s, 14 imagePullPolicy s, 15 securityContext SecurityContext, 16 stdin b, 17 stdinOnce b, 18 tty b, 19 envFrom *EnvFromSource, 20 terminationMessagePolicy s, 22 startupProbe Probe, 24 restartPolicy s
        ContainerPort: 1 name s, 2 hostPort i, 3 containerPort i, 4 protocol s, 5 hostIP s
        EnvVar: 1 name s, 2 value s, 3 valueFrom EnvVarSource
        EnvVarSource: 1 fieldRef ObjectFieldSelector, 2 resourceFieldRef ResourceFieldSelector, 3 configMapKeyRef KeySelector, 4 secretKeyRef KeySelector
        ObjectFieldSelector: 1 apiVersion s, 2 fieldPath s
        ResourceFieldSelector: 1 containerName s, 2 resource s, 3 divisor q
        KeySelector: 1 + LocalObjectReference, 2 key s, 3 optional ?b
        EnvFromSource: 1 prefix s, 2 configMapRef EnvSource, 3 secretRef EnvSource
        EnvSource: 1 + LocalObjectReference, 2 optional ?b
        VolumeMount: 1 name s, 2 readOnly b, 3 mountPath s, 4 subPath s, 5 mountPropagation s, 6 subPathExpr s, 7 recursiveReadOnly s
        SecurityContext: 1 capabilities Capabilities, 2 privileged ?b, 3 seLinuxOptions SELinuxOptions, 4 runAsUser ?i, 5 runAsNonRoot ?b, 6 readOnlyRootFilesystem ?b, 7 allowPrivilegeEscalation ?b, 8 runAsGroup ?i, 9 procMount s, 11 seccompProfile SeccompProfile, 12 appArmorProfile AppArmorProfile
        Capabilities: 1 add *s, 2 drop *s
        Probe: 1 + Handler, 2 initialDelaySeconds i, 3 timeoutSeconds i, 4 periodSeconds i, 5 successThreshold i, 6 failureThreshold i, 7 terminationGracePeriodSeconds ?i
        Handler: 1 exec ExecAction, 2 httpGet HTTPGetAction, 3 tcpSocket TCPSocketAction, 4 grpc GRPCAction
        ExecAction: 1 command *s
        HTTPGetAction: 1 path s, 2 port n, 3 host s, 4 scheme s, 5 httpHeaders *HTTPHeader
        HTTPHeader: 1 name s, 2 value s
        TCPSocketAction: 1 port n, 2 host s
        GRPCAction: 1 port i, 2 service ?s
        Lifecycle: 1 postStart LifecycleHandler, 2 preStop LifecycleHandler
        LifecycleHandler: 1 exec ExecAction, 2 httpGet HTTPGetAction, 3 tcpSocket TCPSocketAction, 4 sleep SleepAction
        SleepAction: 1 seconds i
        ResourceRequirements: 1 limits mq, 2 requests mq
        Job: 1 metadata ObjectMeta, 2 spec JobSpec, 3 status JobStatus
        JobSpec: 1 parallelism ?i, 2 completions ?i, 3 activeDeadlineSeconds ?i, 4 selector LabelSelector, 5 manualSelector ?b, 6 template PodTemplateSpec, 7 backoffLimit ?i, 8 ttlSecondsAfterFinished ?i, 9 completionMode s, 10 suspend ?b, 14 podReplacementPolicy s
        JobStatus: 4 active i, 5 succeeded i, 6 failed i, 7 completedIndexes s
        CronJob: 1 metadata ObjectMeta, 2 spec CronJobSpec, 3 status CronJobStatus
        CronJobSpec: 1 schedule s, 2 startingDeadlineSeconds ?i, 3 concurrencyPolicy s, 4 suspend ?b, 5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit ?i, 7 failedJobsHistoryLimit ?i, 8 timeZone s
        CronJobStatus:
        JobTemplateSpec: 1 metadata ObjectMeta, 2 spec JobSpec
        Ingress: 1 metadata ObjectMeta, 2 spec IngressSpec, 3 status IngressStatus
        IngressSpec: 1 defaultBackend IngressBackend, 2 tls *IngressTLS, 3 rules *IngressRule, 4 ingressClassName s
        IngressBackend: 4 service IngressServiceBackend
        IngressServiceBackend: 1 name s, 2 port ServiceBackendPort
        ServiceBackendPort: 1 name s, 2 number i
        IngressTLS: 1 hosts *s, 2 secretName s
        IngressRule: 1 host s, 2 + IngressRuleValue
        IngressRuleValue: 1 http HTTPIngressRuleValue
        HTTPIngressRuleValue: 1 paths *HTTPIngressPath
        HTTPIngressPath: 1 path s, 2 backend IngressBackend, 3 pathType s
        IngressStatus: 1 loadBalancer LoadBalancerStatus
        Role: 1 metadata ObjectMeta, 2 rules *PolicyRule
        ClusterRole: 1 metadata ObjectMeta, 2 rules *PolicyRule, 3 aggregationRule AggregationRule
        AggregationRule: 1 clusterRoleSelectors *LabelSelector
        PolicyRule: 1 verbs *s, 2 apiGroups *s, 3 resources *s, 4 resourceNames *s, 5 nonResourceURLs *s
        RoleBinding: 1 metadata ObjectMeta, 2 subjects *Subject, 3 roleRef RoleRef
        ClusterRoleBinding: 1 metadata ObjectMeta, 2 subjects *Subject, 3 roleRef RoleRef
        Subject: 1 kind s, 2 apiGroup s, 3 name s, 4 namespace s
        RoleRef: 1 apiGroup s, 2 kind s, 3 name s
        ResourceQuota: 1 metadata ObjectMeta, 2 spec ResourceQuotaSpec, 3 status ResourceQuotaStatus
        ResourceQuotaSpec: 1 hard mq, 2 scopes *s
        ResourceQuotaStatus: 1 hard mq, 2 used mq
        PodDisruptionBudget: 1 metadata ObjectMeta, 2 spec PodDisruptionBudgetSpec, 3 status PodDisruptionBudgetStatus
        PodDisruptionBudgetSpec: 1 minAvailable n, 2 selector LabelSelector, 3 maxUnavailable n, 4 unhealthyPodEvictionPolicy s
        PodDisruptionBudgetStatus: 1 observedGeneration i, 3 disruptionsAllowed i, 4 currentHealthy i, 5 desiredHealthy i, 6 expectedPods i
        PriorityClass: 1 metadata ObjectMeta, 2 value i, 3 globalDefault b, 4 description s, 5 preemptionPolicy s
        HorizontalPodAutoscaler: 1 metadata ObjectMeta, 2 spec HorizontalPodAutoscalerSpec, 3 status HorizontalPodAutoscalerStatus
        HorizontalPodAutoscalerSpec: 1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas ?i, 3 maxReplicas i, 4 targetCPUUtilizationPercentage ?i
        autoscaling/v2/HorizontalPodAutoscaler: 1 metadata ObjectMeta, 2 spec autoscaling/v2/HorizontalPodAutoscalerSpec, 3 status HorizontalPodAutoscalerStatus
        autoscaling/v2/HorizontalPodAutoscalerSpec: 1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas ?i, 3 maxReplicas i, 4 metrics *MetricSpec
        CrossVersionObjectReference: 1 kind s, 2 name s, 3 apiVersion s
        MetricSpec: 1 type s, 4 resource ResourceMetricSource
        ResourceMetricSource: 1 name s, 2 target MetricTarget
        MetricTarget: 1 type s, 2 value q, 3 averageValue q, 4 averageUtilization ?i
        HorizontalPodAutoscalerStatus: 1 observedGeneration ?i, 3 currentReplicas i, 4 desiredReplicas i
        Eviction: 1 metadata ObjectMeta, 2 deleteOptions DeleteOptions
        Scale: 1 metadata ObjectMeta, 2 spec ScaleSpec, 3 status ScaleStatus
        ScaleSpec: 1 replicas ?i
        ScaleStatus: 1 replicas i, 2 selector s
        TokenRequest: 1 metadata ObjectMeta, 2 spec TokenRequestSpec, 3 status TokenRequestStatus
        TokenRequestSpec: 1 audiences *s, 3 boundObjectRef BoundObjectReference, 4 expirationSeconds ?i
        TokenRequestStatus: 1 token s, 2 expirationTimestamp t
        BoundObjectReference: 1 kind s, 2 apiVersion s, 3 name s, 4 uid s
        SelfSubjectReview: 1 metadata ObjectMeta, 2 status SelfSubjectReviewStatus
        SelfSubjectReviewStatus: 1 userInfo UserInfo
        UserInfo: 1 username s, 2 uid s, 3 groups *s
        SelfSubjectAccessReview: 1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus
        SelfSubjectAccessReviewSpec: 1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes
        ResourceAttributes: 1 namespace s, 2 verb s, 3 group s, 4 version s, 5 resource s, 6 subresource s, 7 name s
        NonResourceAttributes: 1 path s, 2 verb s
        SubjectAccessReviewStatus: 1 allowed b, 2 reason s, 3 evaluationError s, 4 denied b
        SelfSubjectRulesReview: 1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec, 3 status SubjectRulesReviewStatus
        SelfSubjectRulesReviewSpec: 1 namespace s
        SubjectRulesReviewStatus: 3 incomplete b, 4 evaluationError s
        """;

    private static readonly FrozenDictionary<string, FrozenDictionary<int, ProtobufField>> Messages = Text.Split('\n').Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .ToFrozenDictionary(parts => parts[0], parts => parts[1].Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split(' '))
            .ToFrozenDictionary(field => int.Parse(field[0]), field => new ProtobufField(field[1], field[2].TrimStart('*', '?'), field[2][0] == '*', field[2][0] == '?')));

    /// <summary>The fields of a message by number; null for one that is not known.</summary>
    public static FrozenDictionary<int, ProtobufField>? Find(string message) => Messages.GetValueOrDefault(message);
}
