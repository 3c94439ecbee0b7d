using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Controllers;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Tests.ApiServer.Controllers;

public sealed class ServiceAddressTests : IDisposable
{
    private readonly TestApi _test = new();
    private ServiceRanges _ranges = ServiceRanges.Default;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("""{}""", "10.96.1.0", "IPv4", "SingleStack")]
    [InlineData("""{"ipFamilies":["IPv6"]}""", "fd00:10:96::100", "IPv6", "SingleStack")]
    [InlineData("""{"ipFamilyPolicy":"PreferDualStack"}""", "10.96.1.0,fd00:10:96::100", "IPv4,IPv6", "PreferDualStack")]
    [InlineData("""{"ipFamilyPolicy":"RequireDualStack","ipFamilies":["IPv6"]}""", "fd00:10:96::100,10.96.1.0", "IPv6,IPv4", "RequireDualStack")]
    [InlineData("""{"clusterIP":"10.96.0.77"}""", "10.96.0.77", "IPv4", "SingleStack")]
    [InlineData("""{"clusterIPs":["fd00:10:96::77","10.96.0.77"]}""", "fd00:10:96::77,10.96.0.77", "IPv6,IPv4", "RequireDualStack")]
    [InlineData("""{"clusterIP":"None","selector":{"a":"b"}}""", "None", "IPv4", "SingleStack")]
    public void Service_gets_addresses_of_its_families(string spec, string addresses, string families, string policy)
    {
        var created = Create("web", spec)["spec"]!;
        Assert.Equal(addresses, string.Join(',', created.Texts("clusterIPs")));
        Assert.Equal(created.Texts("clusterIPs").First(), created.Text("clusterIP"));
        Assert.Equal((families, policy), (string.Join(',', created.Texts("ipFamilies")), created.Text("ipFamilyPolicy")));
    }

    [Theory]
    [InlineData("""{"clusterIP":"10.97.0.1"}""", "spec.clusterIPs: Invalid value: [\"10.97.0.1\"]: failed to allocate IP 10.97.0.1: the provided IP (10.97.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/16")]
    [InlineData("""{"clusterIP":"10.96.0.9"}""", "spec.clusterIPs: Invalid value: [\"10.96.0.9\"]: failed to allocate IP 10.96.0.9: provided IP is already allocated")]
    [InlineData("""{"clusterIP":"10.96.0.8","clusterIPs":["10.96.0.7"]}""", "first value must match `clusterIP`")]
    [InlineData("""{"clusterIP":"fd00:10:96::8","ipFamilies":["IPv4"]}""", "spec.clusterIPs[0]: Invalid value: \"fd00:10:96::8\": expected an IPv4 value as indicated by `ipFamilies[0]`")]
    [InlineData("""{"ipFamilyPolicy":"SingleStack","ipFamilies":["IPv4","IPv6"]}""", "must be RequireDualStack or PreferDualStack when multiple `ipFamilies` are specified")]
    [InlineData("""{"type":"NodePort","ports":[{"port":80,"nodePort":80}]}""", "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767")]
    [InlineData("""{"type":"NodePort","ports":[{"port":80,"nodePort":30009}]}""", "spec.ports[0].nodePort: Invalid value: 30009: provided port is already allocated")]
    public void What_cannot_be_is_refused_in_the_servers_words(string spec, string message)
    {
        Create("first", """{"clusterIP":"10.96.0.9","type":"NodePort","ports":[{"port":80,"nodePort":30009}]}""");
        var refused = Assert.Throws<ApiException>(() => Create("web", spec));
        Assert.Equal((422, "Invalid"), (refused.Code, refused.Reason));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cluster_of_one_family_has_no_other()
    {
        _ranges = new ServiceRanges([Prefix.Parse("10.0.0.0/24")]);
        Assert.Contains("not configured on this cluster", Assert.Throws<ApiException>(() => Create("six", """{"ipFamilies":["IPv6"]}""")).Message, StringComparison.Ordinal);
        Assert.Contains("not configured for dual-stack", Assert.Throws<ApiException>(() => Create("both", """{"ipFamilyPolicy":"RequireDualStack"}""")).Message, StringComparison.Ordinal);
        Assert.Equal(["10.0.0.2"], Create("prefer", """{"ipFamilyPolicy":"PreferDualStack"}""").Texts("spec", "clusterIPs"));
    }

    [Fact]
    public void Address_stays_is_kept_by_replacing_and_cannot_change()
    {
        var address = Create("web", """{"type":"NodePort"}""").Text("spec", "clusterIP")!;
        var port = Spec().Items("ports").Single().Number("nodePort");
        Update(spec =>
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            spec.Items("ports").Single().Remove("nodePort");
        });
        Assert.Equal((address, port), (Spec().Text("clusterIP"), Spec().Items("ports").Single().Number("nodePort")));
        var refused = Assert.Throws<ApiException>(() => Update(spec => (spec["clusterIP"], spec["clusterIPs"]) = ("10.96.0.50", new JsonArray("10.96.0.50"))));
        Assert.Contains("spec.clusterIPs[0]: Invalid value: [\"10.96.0.50\"]: may not change once set", refused.Message, StringComparison.Ordinal);

        Update(spec => spec["type"] = "ClusterIP");
        Assert.Null(Spec().Items("ports").Single().Number("nodePort"));
        Update(spec => spec["ipFamilyPolicy"] = "PreferDualStack");
        Assert.Equal([address, "fd00:10:96::100"], Spec().Texts("clusterIPs"));
        Update(spec => spec["ipFamilyPolicy"] = "SingleStack");
        Assert.Equal([address], Spec().Texts("clusterIPs"));
        Update(spec => (spec["type"], spec["externalName"]) = ("ExternalName", "example.org"));
        Assert.Empty(Spec().Texts("clusterIPs"));
        Create("next", $$"""{"clusterIP":"{{address}}"}""");
    }

    [Fact]
    public void Address_of_a_deleted_or_refused_service_is_free_at_once()
    {
        Create("web", """{"clusterIP":"10.96.0.40"}""");
        _test.Api.Delete(Kinds.Services, "default", "web");
        Create("other", """{"clusterIP":"10.96.0.40"}""");
        Assert.Throws<ApiException>(() => Create("other", """{"clusterIP":"10.96.0.41"}"""));
        Create("third", """{"clusterIP":"10.96.0.41"}""");
        Create("dry", """{"clusterIP":"10.96.0.42"}""", new WriteOptions { DryRun = true });
        Create("wet", """{"clusterIP":"10.96.0.42"}""");
    }

    [Fact]
    public void Name_server_and_server_have_their_own_addresses()
    {
        Assert.Equal("10.96.0.10", Create("kube-dns", "{}", @namespace: "kube-system").Text("spec", "clusterIP"));
        Assert.Equal("10.96.0.1", Create("kubernetes", "{}").Text("spec", "clusterIP"));
    }

    [Fact]
    public void One_port_of_two_protocols_has_one_node_port()
    {
        var ports = Create("dns", """{"type":"NodePort","ports":[{"name":"u","port":53,"protocol":"UDP"},{"name":"t","port":53,"protocol":"TCP"},{"name":"m","port":9153,"protocol":"TCP"}]}""")
            .Items("spec", "ports").Select(port => port.Number("nodePort")).ToList();
        Assert.Equal(ports[0], ports[1]);
        Assert.NotEqual(ports[0], ports[2]);
    }

    [Fact]
    public void Address_and_port_of_a_write_under_way_are_taken_until_it_ends()
    {
        var admission = new ServiceAdmission(_ranges, () => []);
        var first = Body("first");
        admission.Admit(new AdmissionRequest(Kinds.Services, first, null, IsDryRun: false));
        var refused = Assert.Throws<ApiException>(() => admission.Admit(new AdmissionRequest(Kinds.Services, Body("second"), null, IsDryRun: false)));
        Assert.Contains("provided IP is already allocated", refused.Message, StringComparison.Ordinal);
        Assert.Contains("provided port is already allocated", refused.Message, StringComparison.Ordinal);
        admission.Release(first);
        admission.Admit(new AdmissionRequest(Kinds.Services, Body("second"), null, IsDryRun: false));

        static JsonObject Body(string name) => TestApi.Object($$$"""
            {"metadata":{"namespace":"default","name":"{{{name}}}"},"spec":{"type":"NodePort","clusterIP":"10.96.0.5","ports":[{"port":80,"nodePort":30005}]}}
            """);
    }

    [Fact]
    public async Task Services_that_are_made_at_once_never_share_an_address()
    {
        Admit();
        var won = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, 200, TestContext.Current.CancellationToken, (i, _) =>
        {
            try
            {
                Create($"web-{i}", i % 4 == 0 ? """{"clusterIP":"10.96.0.99"}""" : """{"type":"NodePort"}""");
                if (i % 4 == 0) won.Add($"web-{i}");
            }
            catch (ApiException refused)
            {
                Assert.Contains("already allocated", refused.Message, StringComparison.Ordinal);
            }

            return ValueTask.CompletedTask;
        });
        Assert.Single(won);
        var specs = _test.Api.List(Kinds.Services).Items.Select(item => item.Parse()["spec"]!).ToImmutableArray();
        Assert.Equal(151, specs.Length);
        Assert.Equal(151, specs.Select(spec => spec.Text("clusterIP")).Distinct().Count());
        Assert.Equal(150, specs.SelectMany(spec => spec.Items("ports")).Select(port => port.Number("nodePort")).OfType<int>().Distinct().Count());
    }

    private void Admit()
    {
        if (_test.Admissions.Count == 0) _test.Admissions.AddRange(ControllerAdmissions.Make(_ranges, () => _test.Api.List(Kinds.Services).Items));
    }

    private JsonObject Create(string name, string spec, WriteOptions? options = null, string @namespace = "default")
    {
        Admit();
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace }, ["spec"] = TestApi.Object(spec) };
        body["spec"]!["ports"] ??= TestApi.Object("""{"ports":[{"port":80,"protocol":"TCP"}]}""")["ports"]!.DeepClone();
        return _test.Api.Create(Kinds.Services, body, options).Parse();
    }

    private JsonObject Spec() => _test.Api.Find(Kinds.Services, "default", "web")!.Parse()["spec"]!.AsObject();

    private void Update(Action<JsonObject> change) => _test.Api.Update(Kinds.Services, "default", "web", body =>
    {
        change(body["spec"]!.AsObject());
        return body;
    });
}
