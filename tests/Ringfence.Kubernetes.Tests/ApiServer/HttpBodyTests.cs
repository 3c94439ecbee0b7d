namespace Ringfence.Kubernetes.Tests.ApiServer;

/// <summary>Bodies in YAML, and answers that are no objects.</summary>
public sealed class HttpBodyTests : IAsyncLifetime
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    private const string Yaml = "application/yaml";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Yaml_IsReadAsJsonIs()
    {
        var (code, made) = await _server.SendAsync(HttpMethod.Post, ConfigMaps, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  answer: \"yes\"\n  text: |\n    one\n    two\n", Yaml);
        var (put, _) = await _server.SendAsync(HttpMethod.Put, ConfigMaps + "/a", "metadata: {name: a}\ndata: &d {b: c}\nbinaryData: {}\n", Yaml);

        Assert.Equal((201, "yes", "one\ntwo\n"), (code, (string?)made["data"]!["answer"], (string?)made["data"]!["text"]));
        Assert.Equal(200, put);
        Assert.Equal("""{"b":"c"}""", _server.Api.Find(TestApi.ConfigMaps, "default", "a")!.Parse()["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData("metadata: {name: a}\ndata: {b: c", "the body is no YAML: line *")]
    [InlineData("metadata: {name: a}\n---\nmetadata: {name: b}\n", "one object is expected as the body")]
    [InlineData("- a\n", "one object is expected as the body")]
    [InlineData("metadata: {name: a}\ndata: {b: 7}\n", "*cannot unmarshal number*")]
    [InlineData("metadata: {name: a}\ndata: {b: .inf, c: 0x1f, d: null}\n", "*cannot unmarshal *")]
    [InlineData("metadata: {name: a}\ndata: {b: c}\ndata: {d: e}\n", "*strict decoding error: duplicate field \"data\"")]
    public async Task Yaml_ThatIsNone_IsRefusedInWords(string body, string expected)
    {
        var (code, status) = await _server.SendAsync(HttpMethod.Post, ConfigMaps + "?fieldValidation=Strict", body, Yaml);

        Assert.Equal(400, code);
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(expected).Replace(@"\*", ".*", StringComparison.Ordinal)}$", (string?)status["message"]);
    }

    [Fact]
    public async Task Yaml_WhoseAliasesAreMuch_IsTooLarge()
    {
        var body = $"metadata: {{name: a}}\ndata:\n  k: &x {new string('x', 100_000)}\n{string.Concat(Enumerable.Range(0, 10_000).Select(i => $"  k{i}: *x\n"))}";

        Assert.Equal(413, (await _server.SendAsync(HttpMethod.Post, ConfigMaps, body, Yaml)).Code);
    }

    [Theory]
    [InlineData("/readyz", 200, "ok")]
    [InlineData("/livez/ping", 200, "ok")]
    [InlineData("/healthz?verbose", 200, "[+]ping ok\n[+]storage ok\nhealthz check passed\n")]
    [InlineData("/livez?verbose", 200, "[+]ping ok\n[+]storage ok\nlivez check passed\n")]
    [InlineData("/readyz?verbose", 200, "[+]ping ok\n[+]storage ok\n[+]shutdown ok\nreadyz check passed\n")]
    [InlineData(
        "/readyz?verbose&exclude=storage&exclude=etcd", 200,
        "[+]ping ok\n[+]storage excluded: ok\n[+]shutdown ok\nwarn: some health checks cannot be excluded: no matches for \"etcd\"\nreadyz check passed\n")]
    public async Task Health_IsToldInTheApiServersForm(string path, int code, string expected)
    {
        using var client = _server.Client();
        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal((code, expected), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Health_OfWhatIsNotChecked_IsNotThere() => Assert.Equal(404, (await _server.GetAsync("/readyz/etcd")).Code);
}
