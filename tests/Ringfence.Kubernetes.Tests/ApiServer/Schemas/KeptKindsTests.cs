using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Schemas;

/// <summary>The kinds that are kept and not acted on are checked and completed as others are.</summary>
public class KeptKindsTests
{
    private const string Rbac = "rbac.authorization.k8s.io/v1";

    [Theory]
    [InlineData("v1", "PersistentVolumeClaim", """{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""", "")]
    [InlineData("v1", "PersistentVolumeClaim", """{"spec":{}}""", "spec.accessModes: Required value: at least 1 access mode is required;spec.resources[storage]: Required value")]
    [InlineData(
        "v1", "PersistentVolumeClaim", """{"spec":{"accessModes":["RWO"],"resources":{"requests":{"storage":"0"}}}}""",
        "spec.accessModes: Unsupported value: \"RWO\": *;spec.resources[storage]: Invalid value: \"0\": must be greater than zero")]
    [InlineData("v1", "PersistentVolume", """{"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"nfs":{"server":"a","path":"/"}}}""", "")]
    [InlineData("v1", "PersistentVolume", """{"spec":{}}""", "spec.accessModes: Required value;spec.capacity: Required value;spec: Required value: must specify a volume type")]
    [InlineData(
        "v1", "PersistentVolume", """{"spec":{"accessModes":["ReadWriteOncePod","ReadOnlyMany"],"capacity":{"storage":"1"},"nfs":{"server":"a","path":"/"},"local":{"path":"/"}}}""",
        "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes;spec.local: Forbidden: may not specify more than 1 volume type")]
    [InlineData("storage.k8s.io/v1", "StorageClass", "{}", "provisioner: Required value")]
    [InlineData("storage.k8s.io/v1", "StorageClass", """{"provisioner":"a","reclaimPolicy":"Keep"}""", "reclaimPolicy: Unsupported value: \"Keep\": *")]
    [InlineData(Rbac, "Role", """{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}""", "")]
    [InlineData(
        Rbac, "Role", """{"rules":[{"nonResourceURLs":["/"],"verbs":["get"]},{"verbs":[]}]}""",
        "rules[0].nonResourceURLs: Invalid value: [\"/\"]: namespaced rules cannot apply to non-resource URLs;rules[1].verbs: Required value: verbs must contain at least one value;rules[1].apiGroups: *;rules[1].resources: *")]
    [InlineData(Rbac, "ClusterRole", """{"metadata":{"name":"system:a/b"},"rules":[{"nonResourceURLs":["/"],"verbs":["get"]}]}""", "metadata.name: Invalid value: \"system:a/b\": may not contain '/'")]
    [InlineData(Rbac, "RoleBinding", """{"roleRef":{"kind":"Role","name":"a"},"subjects":[{"kind":"User","name":"me"},{"kind":"ServiceAccount","name":"sa","namespace":"n"}]}""", "")]
    [InlineData(Rbac, "RoleBinding", """{"roleRef":{"kind":"Role","name":"a"},"subjects":[{"kind":"ServiceAccount","name":"sa"}]}""", "")]
    [InlineData(
        Rbac, "ClusterRoleBinding", """{"roleRef":{"kind":"Role","name":""},"subjects":[{"kind":"Robot","name":"me"},{"kind":"ServiceAccount","name":"sa"}]}""",
        "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\";roleRef.name: Required value;subjects[0].kind: Unsupported value: \"Robot\": *;subjects[1].namespace: Required value")]
    [InlineData("autoscaling/v2", "HorizontalPodAutoscaler", """{"spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"Deployment","name":"web"}}}""", "")]
    [InlineData(
        "autoscaling/v2", "HorizontalPodAutoscaler", """{"spec":{"minReplicas":4,"maxReplicas":3,"metrics":[{"type":"Pods"}]}}""",
        "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`;spec.scaleTargetRef.kind: Required value;spec.scaleTargetRef.name: Required value;spec.metrics[0].pods: Required value: must populate information for the given metric source")]
    [InlineData("policy/v1", "PodDisruptionBudget", """{"spec":{"minAvailable":"50%","selector":{}}}""", "")]
    [InlineData("policy/v1", "PodDisruptionBudget", """{"spec":{"minAvailable":1,"maxUnavailable":1}}""", "spec: Invalid value: {*}: minAvailable and maxUnavailable cannot be both set")]
    [InlineData("policy/v1", "PodDisruptionBudget", """{"spec":{"minAvailable":"half"}}""", "spec.minAvailable: Invalid value: \"half\": a valid percent string must be *")]
    [InlineData("policy/v1", "PodDisruptionBudget", """{"spec":{"minAvailable":"99999999999%"}}""", "spec.minAvailable: Invalid value: \"99999999999%\": must not be greater than 100%")]
    [InlineData("v1", "ResourceQuota", """{"spec":{"hard":{"pods":"-1"}}}""", "spec.hard[pods]: Invalid value: \"-1\": must be greater than or equal to 0")]
    [InlineData(
        "v1", "LimitRange", """{"spec":{"limits":[{"type":"Container","min":{"cpu":"2"},"max":{"cpu":"1"}},{"type":"Container"},{"type":"Pod","default":{"cpu":"1"}}]}}""",
        "spec.limits[0].min[cpu]: Invalid value: \"2\": min value 2 is greater than max value 1;*spec.limits[1].type: Duplicate value: \"Container\";spec.limits[2].default: Forbidden: may not be specified when `type` is 'Pod'")]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", """{"value":2000000000}""", "value: Forbidden: maximum allowed value of a user defined priority is 1000000000")]
    [InlineData("node.k8s.io/v1", "RuntimeClass", """{"handler":"A b"}""", "handler: Invalid value: \"A b\": a lowercase RFC 1123 label*")]
    [InlineData("v1", "PodTemplate", """{"template":{"spec":{"containers":[{"name":"c"}]}}}""", "template.spec.containers[0].image: Required value")]
    public void Check_Object_TellsWhatIsWrong(string apiVersion, string kind, string json, string expected)
    {
        var type = ResourceCatalog.OfKind(apiVersion, kind)!;
        var value = Named(JsonNode.Parse(json)!.AsObject(), type.IsNamespaced);
        Defaults.Apply(type, value);

        Expect(expected, Validation.Check(type, value, null).Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("v1", "PersistentVolumeClaim", """{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1"}}}}""", """{"spec":{"volumeName":"pv"}}""", "")]
    [InlineData("v1", "PersistentVolumeClaim", """{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1"}}}}""", """{"spec":{"resources":{"requests":{"storage":"2"}}}}""", "spec: Forbidden: spec is immutable after creation *")]
    [InlineData("v1", "PersistentVolumeClaim", """{"status":{"phase":"Bound"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1"}}}}""", """{"spec":{"resources":{"requests":{"storage":"2"}}}}""", "")]
    [InlineData("v1", "PersistentVolume", """{"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1"},"local":{"path":"/"}}}""", """{"spec":{"local":{"path":"/a"}}}""", "spec.persistentvolumesource: Forbidden: *")]
    [InlineData("storage.k8s.io/v1", "StorageClass", """{"provisioner":"a"}""", """{"provisioner":"b"}""", "provisioner: Forbidden: updates to provisioner are forbidden.")]
    [InlineData(Rbac, "RoleBinding", """{"roleRef":{"kind":"Role","name":"a"}}""", """{"roleRef":{"name":"b"}}""", "roleRef: Invalid value: {*}: cannot change roleRef")]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", """{"value":1}""", """{"value":2}""", "value: Forbidden: may not be changed in an update.")]
    [InlineData("node.k8s.io/v1", "RuntimeClass", """{"handler":"a"}""", """{"handler":"b"}""", "handler: Invalid value: \"b\": field is immutable")]
    public void Check_Update_TellsWhatMayNotChange(string apiVersion, string kind, string json, string change, string expected)
    {
        var type = ResourceCatalog.OfKind(apiVersion, kind)!;
        var old = Named(JsonNode.Parse(json)!.AsObject(), type.IsNamespaced);
        Defaults.Apply(type, old);
        var value = old.DeepClone().AsObject();
        Merge(value, JsonNode.Parse(change)!.AsObject());

        Expect(expected, Validation.Check(type, value, old).Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("v1", "PersistentVolumeClaim", """{"spec":{}}""", """{"metadata":{},"spec":{"resources":{},"volumeMode":"Filesystem"},"status":{"phase":"Pending"}}""")]
    [InlineData("v1", "PersistentVolume", """{"spec":{}}""", """{"metadata":{},"spec":{"persistentVolumeReclaimPolicy":"Retain","volumeMode":"Filesystem"},"status":{"phase":"Pending"}}""")]
    [InlineData("storage.k8s.io/v1", "StorageClass", "{}", """{"metadata":{},"reclaimPolicy":"Delete","volumeBindingMode":"Immediate"}""")]
    [InlineData(
        Rbac, "RoleBinding", """{"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"Group","name":"g"},{"kind":"ServiceAccount","name":"s"}]}""",
        """{"metadata":{},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"g"},{"kind":"ServiceAccount","name":"s"}]}""")]
    [InlineData(
        "autoscaling/v2", "HorizontalPodAutoscaler", """{"spec":{"behavior":{"scaleDown":{"selectPolicy":"Disabled"}}}}""",
        """
        {"metadata":{},"status":{"desiredReplicas":0},"spec":{"minReplicas":1,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}],
         "behavior":{"scaleUp":{"stabilizationWindowSeconds":0,"selectPolicy":"Max","policies":[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}]},
          "scaleDown":{"selectPolicy":"Disabled","policies":[{"type":"Percent","value":100,"periodSeconds":15}]}}}}
        """)]
    [InlineData(
        "v1", "LimitRange", """{"spec":{"limits":[{"type":"Container","max":{"cpu":"2"},"min":{"memory":"1"}},{"type":"Pod","max":{"cpu":"2"}}]}}""",
        """{"metadata":{},"spec":{"limits":[{"type":"Container","max":{"cpu":"2"},"min":{"memory":"1"},"default":{"cpu":"2"},"defaultRequest":{"cpu":"2","memory":"1"}},{"type":"Pod","max":{"cpu":"2"}}]}}""")]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", """{"value":1}""", """{"metadata":{},"value":1,"preemptionPolicy":"PreemptLowerPriority"}""")]
    public void Apply_Object_GetsTheDefaultsOfTheApi(string apiVersion, string kind, string json, string expected)
    {
        var value = JsonNode.Parse(json)!.AsObject();
        Defaults.Apply(ResourceCatalog.OfKind(apiVersion, kind)!, value);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), value), value.ToJsonString());
    }

    private static JsonObject Named(JsonObject value, bool isNamespaced)
    {
        if (value["metadata"] is not JsonObject metadata) value["metadata"] = metadata = new JsonObject { ["name"] = "a" };
        if (isNamespaced) metadata["namespace"] = "n";
        return value;
    }

    private static void Merge(JsonObject value, JsonObject change)
    {
        foreach (var (name, node) in change)
        {
            if (node is JsonObject inner && value[name] is JsonObject into) Merge(into, inner);
            else value[name] = node?.DeepClone();
        }
    }

    // Expected errors are separated by semicolons; a star stands for anything.
    private static void Expect(string expected, IEnumerable<string> errors)
    {
        var pattern = $"^{System.Text.RegularExpressions.Regex.Escape(expected).Replace(@"\*", ".*", StringComparison.Ordinal)}$";
        Assert.Matches(pattern, string.Join(';', errors));
    }
}
