using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Schemas;

public class ValidationTests
{
    private const string Web = """{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""";

    [Theory]
    [InlineData("{}", "spec.containers: Required value")]
    [InlineData("""{"containers":[{}]}""", "spec.containers[0].name: Required value;spec.containers[0].image: Required value")]
    [InlineData("""{"containers":[{"name":"A","image":"i"}]}""", "spec.containers[0].name: Invalid value: \"A\": a lowercase RFC 1123 label*")]
    [InlineData("""{"containers":[{"name":"a","image":"i"},{"name":"a","image":"i"}]}""", "spec.containers[1].name: Duplicate value: \"a\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i"}],"initContainers":[{"name":"a","image":"i"}]}""", "spec.initContainers[0].name: Duplicate value: \"a\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i","ports":[{"containerPort":70000}]}]}""", "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("""{"containers":[{"name":"a","image":"i","ports":[{"name":"x_y","containerPort":7}]}]}""", "spec.containers[0].ports[0].name: Invalid value: \"x_y\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")]
    [InlineData("""{"containers":[{"name":"a","image":"i","ports":[{"containerPort":7,"protocol":"ICMP"}]}]}""", "spec.containers[0].ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i"}],"restartPolicy":"Sometimes"}""", "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"Never\", \"OnFailure\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i","volumeMounts":[{"name":"v","mountPath":"/"}]}]}""", "spec.containers[0].volumeMounts[0].name: Not found: \"v\"")]
    [InlineData("""{"containers":[{"name":"a","image":"i"}],"volumes":[{"name":"v","emptyDir":{},"hostPath":{"path":"/"}}]}""", "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type")]
    [InlineData("""{"containers":[{"name":"a","image":"i","resources":{"limits":{"cpu":"1"},"requests":{"cpu":"1500m"}}}]}""", "spec.containers[0].resources.requests: Invalid value: \"1500m\": must be less than or equal to cpu limit of 1")]
    [InlineData("""{"containers":[{"name":"a","image":"i","resources":{"limits":{"cpu":"-1"},"requests":{"cpu":"-1"}}}]}""", "spec.containers[0].resources.limits[cpu]: Invalid value: \"-1\": must be greater than or equal to 0;*")]
    [InlineData("""{"containers":[{"name":"a","image":"i","livenessProbe":{}}]}""", "spec.containers[0].livenessProbe: Required value: must specify a handler type")]
    [InlineData("""{"containers":[{"name":"a","image":"i","livenessProbe":{"httpGet":{"port":0}}}]}""", "spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("""{"containers":[{"name":"a","image":"i","env":[{"name":"","value":"x"}]}]}""", "spec.containers[0].env[0].name: Required value")]
    [InlineData("""{"containers":[{"name":"a","image":" i"}]}""", "spec.containers[0].image: Invalid value: \" i\": must not have leading or trailing whitespace")]
    [InlineData("""{"containers":[{"name":"a","image":"i"}],"nodeSelector":{"a b":"c"}}""", "spec.nodeSelector: Invalid value: \"a b\": name part must consist*")]
    [InlineData("""{"containers":[{"name":"a","image":"i"}],"affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"x","labelSelector":{"matchExpressions":[{"key":"a","operator":"Like"}]}}]}}}""", "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].operator: Invalid value: \"Like\": not a valid selector operator")]
    public void Check_Pod_TellsWhatIsWrong(string spec, string expected) => Expect(expected, Check("v1", "Pod", spec));

    [Theory]
    [InlineData("{}", "spec.selector: Required value;spec.template.spec.containers: Required value")]
    [InlineData("""{"replicas":-1,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""", "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("""{"selector":{},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""", "spec.selector: Invalid value: {}: empty selector is invalid for deployment")]
    [InlineData("""{"selector":{"matchLabels":{"a":"c"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""", "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: `selector` does not match template `labels`")]
    [InlineData("""{"selector":{"matchExpressions":[{"key":"a","operator":"NotIn","values":["b"]}]},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""", "spec.template.metadata.labels: Invalid value: {\"a\":\"b\"}: `selector` does not match template `labels`")]
    [InlineData("""{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}""", "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"")]
    [InlineData("""{"strategy":{"type":"Recreate","rollingUpdate":{}},"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""", "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'")]
    [InlineData("""{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":"0%"}},"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}""", "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0")]
    [InlineData(Web, "")]
    public void Check_Deployment_TellsWhatIsWrong(string spec, string expected) => Expect(expected, Check("apps/v1", "Deployment", spec));

    [Theory]
    [InlineData("data", "")]
    [InlineData("other", "spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"data\"")]
    public void Check_StatefulSet_KnowsTheVolumesOfItsClaims(string claim, string expected)
    {
        var spec = JsonNode.Parse(Web)!;
        spec["template"]!["spec"]!["containers"]![0]!["volumeMounts"] = JsonNode.Parse("""[{"name":"data","mountPath":"/data"}]""");
        spec["volumeClaimTemplates"] = JsonNode.Parse("""[{"metadata":{},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]""");
        spec["volumeClaimTemplates"]![0]!["metadata"]!["name"] = claim;
        Expect(expected, Check("apps/v1", "StatefulSet", spec.ToJsonString()));
    }

    [Theory]
    [InlineData("{}", "spec.ports: Required value")]
    [InlineData("""{"clusterIP":"None"}""", "")]
    [InlineData("""{"ports":[{"port":0}]}""", "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive*")]
    [InlineData("""{"ports":[{"port":80},{"port":81}]}""", "spec.ports[0].name: Required value;spec.ports[1].name: Required value")]
    [InlineData("""{"ports":[{"name":"a","port":80},{"name":"a","port":80}]}""", "spec.ports[1].name: Duplicate value: \"a\";spec.ports[1]: Duplicate value: {*")]
    [InlineData("""{"ports":[{"port":80,"targetPort":"Web"}]}""", "spec.ports[0].targetPort: Invalid value: \"Web\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")]
    [InlineData("""{"ports":[{"port":80,"nodePort":30000}]}""", "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'")]
    [InlineData("""{"type":"ExternalName"}""", "spec.externalName: Required value")]
    [InlineData("""{"type":"Loadbalancer","ports":[{"port":80}]}""", "spec.type: Unsupported value: \"Loadbalancer\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"")]
    [InlineData("""{"ports":[{"port":80}],"externalIPs":["127.0.0.1","x"]}""", "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be unspecified or in the loopback range;spec.externalIPs[1]: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    public void Check_Service_TellsWhatIsWrong(string spec, string expected) => Expect(expected, Check("v1", "Service", spec));

    [Theory]
    [InlineData("{}", "spec: Invalid value: []: either `defaultBackend` or `rules` must be specified")]
    [InlineData("""{"defaultBackend":{"service":{"name":"s"}}}""", "spec.defaultBackend: Required value: port name or number is required")]
    [InlineData("""{"rules":[{"host":"a","http":{"paths":[{"path":"x","pathType":"Prefix","backend":{"service":{"name":"s","port":{"number":80}}}}]}}]}""", "spec.rules[0].http.paths[0].path: Invalid value: \"x\": must be an absolute path")]
    [InlineData("""{"rules":[{"http":{"paths":[{"path":"/","backend":{"service":{"name":"s","port":{"name":"p"}}}}]}}]}""", "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified")]
    [InlineData("""{"rules":[{"host":"1.2.3.4"}]}""", "spec.rules[0].host: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP address")]
    public void Check_Ingress_TellsWhatIsWrong(string spec, string expected) => Expect(expected, Check("networking.k8s.io/v1", "Ingress", spec));

    [Theory]
    [InlineData("""{"schedule":"* * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"a","image":"i"}]}}}}}""", "spec.schedule: Invalid value: \"* * *\": expected exactly 5 fields, found 3: [* * *]")]
    [InlineData("""{"schedule":"@daily","jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"a","image":"i"}]}}}}}""", "spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"")]
    public void Check_CronJob_TellsWhatIsWrong(string spec, string expected) => Expect(expected, Check("batch/v1", "CronJob", spec));

    [Theory]
    [InlineData("""{"name":"a","namespace":"n","labels":{"a b":"c"}}""", "metadata.labels: Invalid value: \"a b\": name part must consist*")]
    [InlineData("""{"name":"a","namespace":"n","annotations":{"a b":"c"}}""", "metadata.annotations: Invalid value: \"a b\": name part must consist*")]
    [InlineData("""{"name":"A","namespace":"n"}""", "metadata.name: Invalid value: \"A\": a lowercase RFC 1123 subdomain*")]
    [InlineData("""{"namespace":"n"}""", "metadata.name: Required value: name or generateName is required")]
    [InlineData("""{"name":"a"}""", "metadata.namespace: Required value")]
    [InlineData("""{"name":"a","namespace":"n","finalizers":["mine"]}""", "metadata.finalizers: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified")]
    [InlineData("""{"name":"a","namespace":"n","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p"}]}""", "metadata.ownerReferences[0].uid: Invalid value: \"\": uid must not be empty")]
    public void Check_Metadata_TellsWhatIsWrong(string metadata, string expected) => Expect(
        expected,
        [.. Validation.Check(ResourceCatalog.OfKind("v1", "ConfigMap")!, new JsonObject { ["metadata"] = JsonNode.Parse(metadata) }, null).Select(error => error.ToString())]);

    [Theory]
    [InlineData("v1", "Service", "1a", "metadata.name: Invalid value: \"1a\": a DNS-1035 label*")]
    [InlineData("v1", "Namespace", "a.b", "metadata.name: Invalid value: \"a.b\": must not contain dots")]
    public void Check_Name_IsOfTheFormatOfItsKind(string apiVersion, string kind, string name, string expected)
    {
        var type = ResourceCatalog.OfKind(apiVersion, kind)!;
        var value = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = JsonNode.Parse("""{"clusterIP":"None"}""") };
        if (type.IsNamespaced) value["metadata"]!["namespace"] = "n";
        Expect(expected, [.. Validation.Check(type, value, null).Select(error => error.ToString())]);
    }

    [Theory]

    // What may change.
    [InlineData("v1", "Pod", "containers/0/image", "\"j\"", "")]
    [InlineData("v1", "Pod", "activeDeadlineSeconds", "5", "")]
    [InlineData("v1", "Pod", "nodeName", "\"n\"", "")]
    [InlineData("v1", "Pod", "tolerations", """[{"key":"a","operator":"Exists"}]""", "")]
    [InlineData("apps/v1", "Deployment", "replicas", "7", "")]
    [InlineData("apps/v1", "StatefulSet", "replicas", "7", "")]
    [InlineData("batch/v1", "Job", "parallelism", "7", "")]

    // What may not.
    [InlineData("v1", "Pod", "containers/0/name", "\"d\"", "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`*")]
    [InlineData("v1", "Pod", "containers/1", """{"name":"d","image":"i"}""", "spec.containers: Forbidden: pod updates may not add or remove containers")]
    [InlineData("v1", "Pod", "hostNetwork", "true", "spec: Forbidden: pod updates may not change fields*")]
    [InlineData("apps/v1", "Deployment", "selector/matchLabels/c", "\"d\"", "spec.template.metadata.labels: *;spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b\",\"c\":\"d\"}}: field is immutable")]
    [InlineData("apps/v1", "StatefulSet", "serviceName", "\"x\"", "spec: Forbidden: updates to statefulset spec for fields other than*")]
    [InlineData("batch/v1", "Job", "template/spec/containers/0/image", "\"j\"", "spec.template: Invalid value: *: field is immutable")]
    public void Check_Update_HoldsToWhatCannotChange(string apiVersion, string kind, string path, string value, string expected)
    {
        var type = ResourceCatalog.OfKind(apiVersion, kind)!;
        var old = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "n" },
            ["spec"] = kind == "Pod" ? JsonNode.Parse("""{"containers":[{"name":"c","image":"i"}]}""") : JsonNode.Parse(Web),
        };
        if (kind == "Job") old["spec"]!["template"]!["spec"]!["restartPolicy"] = "Never";
        Defaults.Apply(type, old);
        Assert.Empty(Validation.Check(type, old, null));
        var changed = Ringfence.Kubernetes.ApiServer.Patches.JsonPatch.Apply(old, System.Text.Encoding.UTF8.GetBytes($$"""[{"op":"add","path":"/spec/{{path}}","value":{{value}}}]"""));
        if (path is "containers/0/name" or "containers/0/image") Assert.NotEqual(old.ToJsonString(), changed.ToJsonString());
        Expect(expected, [.. Validation.Check(type, changed, old).Select(error => error.ToString())]);
    }

    [Fact]
    public void Check_ImmutableConfigMap_CannotChange()
    {
        var type = ResourceCatalog.OfKind("v1", "ConfigMap")!;
        var old = JsonNode.Parse("""{"metadata":{"name":"a","namespace":"n"},"immutable":true,"data":{"a":"b"}}""")!.AsObject();
        var now = JsonNode.Parse("""{"metadata":{"name":"a","namespace":"n"},"data":{"a":"c"}}""")!.AsObject();
        Expect(
            "immutable: Forbidden: field is immutable when `immutable` is set;data: Forbidden: field is immutable when `immutable` is set",
            [.. Validation.Check(type, now, old).Select(error => error.ToString())]);
    }

    [Fact]
    public void Check_FieldsOfWrongTypes_NeverThrows()
    {
        foreach (var type in ResourceCatalog.All)
            foreach (var json in new[] { "1", "[1]", "\"x\"", """{"ports":1,"containers":[1,{"ports":[1],"env":{},"name":[]}],"template":[],"selector":1,"rules":[[1]],"ingress":[1],"jobTemplate":3}""" })
            {
                var value = new JsonObject { ["metadata"] = JsonNode.Parse(json), ["spec"] = JsonNode.Parse(json), ["endpoints"] = JsonNode.Parse(json), ["data"] = JsonNode.Parse(json) };
                Validation.Check(type, value, null);
                Validation.Check(type, value, new JsonObject { ["spec"] = new JsonObject() });
            }
    }

    private static string[] Check(string apiVersion, string kind, string spec)
    {
        var type = ResourceCatalog.OfKind(apiVersion, kind)!;
        var value = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "n" }, ["spec"] = JsonNode.Parse(spec) };
        Defaults.Apply(type, value);
        return [.. Validation.Check(type, value, null).Select(error => error.ToString())];
    }

    // Expected errors are separated by semicolons; a star stands for anything.
    private static void Expect(string expected, string[] errors)
    {
        var pattern = $"^{System.Text.RegularExpressions.Regex.Escape(expected).Replace(@"\*", ".*", StringComparison.Ordinal)}$";
        Assert.Matches(pattern, string.Join(';', errors));
    }
}
