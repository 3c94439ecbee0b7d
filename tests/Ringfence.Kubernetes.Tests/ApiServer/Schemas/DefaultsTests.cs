using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Schemas;

public class DefaultsTests
{
    [Theory]
    [InlineData(
        "v1", "Pod", """{"spec":{"containers":[{"name":"a","image":"x"}]}}""",
        """
        {"spec":{"containers":[{"name":"a","image":"x","imagePullPolicy":"Always","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],
         "dnsPolicy":"ClusterFirst","enableServiceLinks":true,"restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30},
         "metadata":{},"status":{"qosClass":"BestEffort"}}
        """)]
    [InlineData(
        "v1", "Service", """{"spec":{"ports":[{"port":80},{"port":81,"targetPort":"web","protocol":"UDP"}]}}""",
        """
        {"metadata":{},"status":{"loadBalancer":{}},"spec":{"type":"ClusterIP","sessionAffinity":"None","internalTrafficPolicy":"Cluster",
         "ports":[{"port":80,"protocol":"TCP","targetPort":80},{"port":81,"protocol":"UDP","targetPort":"web"}]}}
        """)]
    [InlineData(
        "v1", "Service", """{"spec":{"type":"LoadBalancer","sessionAffinity":"ClientIP"}}""",
        """
        {"metadata":{},"status":{"loadBalancer":{}},"spec":{"type":"LoadBalancer","sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}},
         "internalTrafficPolicy":"Cluster","externalTrafficPolicy":"Cluster","allocateLoadBalancerNodePorts":true}}
        """)]
    [InlineData(
        "v1", "Service", """{"spec":{"type":"ExternalName","externalName":"a"}}""",
        """{"metadata":{},"status":{"loadBalancer":{}},"spec":{"type":"ExternalName","externalName":"a","sessionAffinity":"None"}}""")]
    [InlineData(
        "apps/v1", "DaemonSet", """{"spec":{"template":{"spec":{"containers":[]}}}}""",
        """
        {"metadata":{},"status":{"currentNumberScheduled":0,"desiredNumberScheduled":0,"numberMisscheduled":0,"numberReady":0},
         "spec":{"revisionHistoryLimit":10,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":0,"maxUnavailable":1}},
         "template":{"metadata":{},"spec":{"containers":[],"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}}
        """)]
    [InlineData("v1", "Secret", """{"stringData":{"a":"b"},"data":{"c":"ZA=="}}""", """{"metadata":{},"type":"Opaque","data":{"a":"Yg==","c":"ZA=="}}""")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", """{"ports":[{"port":1}]}""", """{"metadata":{},"ports":[{"port":1,"name":"","protocol":"TCP"}]}""")]
    public void Apply_Object_GetsTheDefaultsOfTheApi(string apiVersion, string kind, string json, string expected)
    {
        var value = JsonNode.Parse(json)!.AsObject();
        Defaults.Apply(ResourceCatalog.OfKind(apiVersion, kind)!, value);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), value), value.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"Recreate"}""", """{"type":"Recreate"}""")]
    [InlineData("""{"rollingUpdate":{"maxSurge":1}}""", """{"rollingUpdate":{"maxSurge":1,"maxUnavailable":"25%"},"type":"RollingUpdate"}""")]
    [InlineData("{}", """{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"},"type":"RollingUpdate"}""")]
    [InlineData("null", """{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"},"type":"RollingUpdate"}""")]
    public void Apply_Strategy_GetsTheSettingsOfItsType(string strategy, string expected)
    {
        var value = new JsonObject { ["spec"] = new JsonObject { ["strategy"] = JsonNode.Parse(strategy) } };
        Defaults.Apply(ResourceCatalog.OfKind("apps/v1", "Deployment")!, value);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), value["spec"]!["strategy"]), value.ToJsonString());
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("host:5000/nginx", "Always")]
    [InlineData("nginx:1", "IfNotPresent")]
    [InlineData("host:5000/nginx:1", "IfNotPresent")]
    [InlineData("nginx@sha256:abc", "IfNotPresent")]
    [InlineData("nginx:latest@sha256:abc", "IfNotPresent")]
    public void Apply_Image_DecidesWhenItIsFetched(string image, string expected)
    {
        var value = JsonNode.Parse($$$"""{"spec":{"containers":[{"image":"{{{image}}}"}]}}""")!.AsObject();
        Defaults.Apply(ResourceCatalog.OfKind("v1", "Pod")!, value);
        Assert.Equal(expected, (string?)value["spec"]!["containers"]![0]!["imagePullPolicy"]);
    }

    [Theory]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"}}""", "Guaranteed")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1000m"}}""", "Guaranteed")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}}""", "Burstable")]
    [InlineData("""{"requests":{"cpu":"500m"}}""", "Burstable")]
    [InlineData("""{"requests":{"ephemeral-storage":"1"}}""", "BestEffort")]
    [InlineData("{}", "BestEffort")]
    public void Apply_Resources_GiveTheClassOfThePod(string resources, string expected)
    {
        var value = JsonNode.Parse("""{"spec":{"containers":[{"resources":X}]}}""".Replace("X", resources, StringComparison.Ordinal))!.AsObject();
        Defaults.Apply(ResourceCatalog.OfKind("v1", "Pod")!, value);
        Assert.Equal(expected, (string?)value["status"]!["qosClass"]);
    }

    [Fact]
    public void Apply_PodOfTheNodesNetwork_TakesItsPorts()
    {
        var value = JsonNode.Parse("""{"spec":{"hostNetwork":true,"containers":[{"ports":[{"containerPort":80},{"containerPort":81,"hostPort":82}]}]}}""")!.AsObject();
        Defaults.Apply(ResourceCatalog.OfKind("v1", "Pod")!, value);
        Assert.Equal([80, 82], value["spec"]!["containers"]![0]!["ports"]!.AsArray().Select(port => (int)port!["hostPort"]!));
    }

    [Fact]
    public void Apply_FieldsOfWrongTypes_StayAsTheyAre()
    {
        foreach (var type in ResourceCatalog.All)
        {
            var value = JsonNode.Parse("""{"metadata":1,"spec":[1],"status":"x","stringData":[],"ports":{"a":1}}""")!.AsObject();
            var before = value.ToJsonString();
            Defaults.Apply(type, value);
            foreach (var (name, was) in JsonNode.Parse(before)!.AsObject()) Assert.True(JsonNode.DeepEquals(was, value[name]), $"{type.Kind} {name}");
        }
    }
}
