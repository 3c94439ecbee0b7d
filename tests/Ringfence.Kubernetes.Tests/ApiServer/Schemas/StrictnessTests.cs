using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.Tests.ApiServer.Schemas;

public class StrictnessTests
{
    private static readonly ResourceType s_deployments = ResourceCatalog.Find("apps", "v1", "deployments")!;
    private static readonly ResourceType s_policies = ResourceCatalog.Find("networking.k8s.io", "v1", "networkpolicies")!;

    [Fact]
    public void Check_UnknownFields_AreToldAndDropped()
    {
        var faults = Read(
            s_deployments,
            """{"spec":{"replica":1,"template":{"spec":{"containers":[{"name":"a"},{"name":"b","imagee":{"x":[1,{"y":2}]}}]}}},"extra":null}""", out var value);

        Assert.Equal(["""unknown field "spec.replica" """.Trim(), """unknown field "spec.template.spec.containers[1].imagee" """.Trim(), "unknown field \"extra\""], faults);
        Assert.Equal(
            """{"spec":{"template":{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}},"apiVersion":"apps/v1","kind":"Deployment"}""", value.ToJsonString());
    }

    [Fact]
    public void Check_FieldsGivenTwice_AreToldAndTheLastOneCounts()
    {
        var faults = Read(s_deployments, """{"metadata":{"labels":{"a":"1","a":"2"}},"spec":{"replicas":1,"replicas":2}}""", out var value);

        Assert.Equal(["duplicate field \"metadata.labels.a\"", "duplicate field \"spec.replicas\""], faults);
        Assert.Equal("2", (string?)value["metadata"]!["labels"]!["a"]);
        Assert.Equal(2, (int)value["spec"]!["replicas"]!);
    }

    [Theory]
    [InlineData("""{"spec":{"replicas":"2"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":1.5}}""", "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":99999999999}}""", "json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"paused":"yes"}}""", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool")]
    [InlineData("""{"spec":[]}""", "json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    [InlineData("""{"metadata":{"labels":{"a":true}}}""", "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string")]
    [InlineData("""{"metadata":{"labels":["a"]}}""", "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string")]
    [InlineData(
        """{"spec":{"template":{"spec":{"containers":{"name":"a"}}}}}""",
        "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    [InlineData(
        """{"spec":{"template":{"spec":{"containers":[{"env":[{"name":"a","value":1}]}]}}}}""",
        "json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string")]
    [InlineData(
        """{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"much"}}}]}}}}""",
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("""{"spec":{"strategy":{"rollingUpdate":{"maxSurge":true}}}}""", "json: cannot unmarshal bool into Go value of type int32")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type v1.Deployment")]
    public void Check_WrongType_IsToldAsTheApiServerDoes(string json, string expected)
    {
        var refused = Assert.Throws<ApiException>(() => Read(s_deployments, json, out _));
        Assert.Equal((400, "BadRequest"), (refused.Code, refused.Reason));
        Assert.Equal($"Deployment in version \"v1\" cannot be handled as a Deployment: {expected}", refused.Message);
    }

    [Fact]
    public void Check_Nulls_AreNothing()
    {
        Read(s_policies, """{"metadata":{"creationTimestamp":null,"labels":{"a":null}},"spec":{"ingress":[null,{"from":[null],"ports":null}],"policyTypes":[null]}}""", out var value);
        Assert.Equal("""{"labels":{"a":""}}""", value["metadata"]!.ToJsonString());
        Assert.Equal("""{"ingress":[{},{"from":[{}]}],"policyTypes":[""]}""", value["spec"]!.ToJsonString());
    }

    [Theory]
    [InlineData("0.5", "0.5")]
    [InlineData("\"100m\"", "100m")]
    [InlineData("2", "2")]
    [InlineData("\"1e3\"", "1e3")]
    [InlineData("\".5Gi\"", ".5Gi")]
    public void Check_Quantities_BecomeText(string json, string expected)
    {
        Read(s_deployments, """{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":X}}}]}}}}""".Replace("X", json, StringComparison.Ordinal), out var value);
        Assert.Equal(expected, (string?)value["spec"]!["template"]!["spec"]!["containers"]![0]!["resources"]!["limits"]!["cpu"]);
    }

    [Theory]
    [InlineData("1k", 1000)]
    [InlineData("1Ki", 1024)]
    [InlineData("-1", -1)]
    [InlineData("1.5", 1.5)]
    [InlineData("100m", 0.1)]
    [InlineData("1E2", 100)]
    [InlineData("1E", 1e18)]
    [InlineData("5.", 5)]
    public void Quantity_Text_IsRead(string text, double expected)
    {
        Assert.True(Quantity.TryParse(text, out var value));
        Assert.Equal((decimal)expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1 k")]
    [InlineData("1K")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("1,000")]
    [InlineData(".")]
    public void Quantity_Nonsense_IsNot(string text) => Assert.False(Quantity.TryParse(text, out _));

    [Theory]
    [InlineData("1e999")]
    [InlineData("999999999999999999999999999999999E")]
    [InlineData("-99999999999999999999999999999999")]
    public void Quantity_Huge_IsTheLargest(string text)
    {
        Assert.True(Quantity.TryParse(text, out var value));
        Assert.True(Math.Abs(value) > 7e27m);
    }

    [Fact]
    public void Check_OtherVersionOrKind_IsRefused()
    {
        Assert.Equal(
            "the API version in the data (v1) does not match the expected API version (apps/v1)",
            Assert.Throws<ApiException>(() => Read(s_deployments, """{"apiVersion":"v1","kind":"Deployment"}""", out _)).Message);
        Assert.Equal(400, Assert.Throws<ApiException>(() => Read(s_deployments, """{"apiVersion":"apps/v1","kind":"ReplicaSet"}""", out _)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"metadata\":{\"name\":\"\\ud800\"}}")]
    [InlineData("{\"metadata\":{\"labels\":{\"\\ud800\":\"a\"}}}")]
    [InlineData("{\"metadata\":{\"managedFields\":[{\"fieldsV1\":{\"\\ud800\":1}}]}}")]
    [InlineData("nul")]
    public void Check_NoJson_IsRefused(string json) => Assert.Equal(400, Assert.Throws<ApiException>(() => Read(s_deployments, json, out _)).Code);

    [Fact]
    public void Check_TooDeep_IsRefusedWhereverItIs()
    {
        foreach (var start in new[] { "{\"x\":", "{\"metadata\":{\"managedFields\":[{\"fieldsV1\":" })
        {
            var json = start + string.Concat(Enumerable.Repeat("[", 100_000));
            Assert.Equal(400, Assert.Throws<ApiException>(() => Read(s_deployments, json, out _)).Code);
        }
    }

    // Bytes of a real manifest in any disorder: an answer or a refusal, and what is taken can be read again.
    [Fact]
    public void Check_BrokenText_IsRefusedOrRead()
    {
        var random = new Random(7);
        var good = Encoding.UTF8.GetBytes(
            """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","labels":{"a":"b"},"creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"replicas":3,"paused":false,"strategy":{"rollingUpdate":{"maxSurge":"25%"}},"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"x","resources":{"limits":{"cpu":"1","memory":1.5e9}},"ports":[{"containerPort":80}]}]}}}}""");
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = good.ToList();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                    case 2: bytes.InsertRange(at, good.Skip(random.Next(good.Length)).Take(random.Next(1, 30))); break;
                    default: bytes[at] = (byte)"{}[]\":,0ntf\\"[random.Next(12)]; break;
                }

                if (bytes.Count == 0) break;
            }

            try
            {
                Strictness.Check(s_deployments, bytes.ToArray(), out var value);
                Defaults.Apply(s_deployments, value);
                Validation.Check(s_deployments, value, null);
                var again = Strictness.Check(s_deployments, Encoding.UTF8.GetBytes(value.ToJsonString()), out var same);
                Assert.Empty(again);
                Assert.True(JsonNode.DeepEquals(value, same), Encoding.UTF8.GetString([.. bytes]));
            }
            catch (ApiException refused)
            {
                Assert.Equal(400, refused.Code);
            }
        }
    }

    private static ImmutableArray<string> Read(ResourceType type, string json, out JsonObject value) => Strictness.Check(type, Encoding.UTF8.GetBytes(json), out value);
}
