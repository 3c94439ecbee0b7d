using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.Client;
using Ringfence.Kubernetes.Client.Access;

namespace Ringfence.Kubernetes.Tests.Client;

public sealed class KubeconfigTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    private static string Config(string cluster, string user = "{}", string context = "cluster: c, user: u") =>
        $$"""
        apiVersion: v1
        kind: Config
        current-context: here
        clusters:
        - name: c
          cluster: {{cluster}}
        users:
        - name: u
          user: {{user}}
        contexts:
        - name: here
          context: {{{context}}}
        """;

    private ClusterAccess Resolve(string config, string? context = null) => Kubeconfig.Load(_folder.Write("config", config)).Resolve(context);

    private string Refuses(string config, string? context = null) => Assert.Throws<ClusterException>(() => Resolve(config, context)).Message.Replace(_folder.Path + "/", "", StringComparison.Ordinal);

    [Fact]
    public void A_context_has_server_namespace_and_name()
    {
        var access = Resolve(Config("{server: 'https://192.0.2.1:6443'}", context: "cluster: c, user: u, namespace: team"));
        Assert.Equal(("here", "team", "https://192.0.2.1:6443/"), (access.Name, access.Namespace, access.Server.ToString()));
        Assert.Equal("default", Resolve(Config("{server: 'https://192.0.2.1:6443'}")).Namespace);
    }

    [Fact]
    public void A_path_in_the_servers_address_stays()
    {
        var access = Resolve(Config("{server: 'https://proxy.example/k8s/clusters/one'}"));
        Assert.Equal("https://proxy.example/k8s/clusters/one/api/v1/pods", new Uri(access.Server, "api/v1/pods").ToString());
    }

    [Fact]
    public void Of_several_files_the_first_that_has_an_entry_wins_and_missing_ones_are_passed_over()
    {
        var first = _folder.Write("first", "clusters:\n- {name: c, cluster: {server: 'https://first:1'}}\n");
        var second = _folder.Write("second", Config("{server: 'https://second:2'}"));
        using var _ = new Variable("KUBECONFIG", $"{_folder.File("missing")}:{first}:{second}");
        Assert.Equal("https://first:1/", Kubeconfig.Load().Resolve().Server.ToString());
    }

    [Fact]
    public void Files_that_are_all_missing_are_no_kubeconfig()
    {
        using var _ = new Variable("KUBECONFIG", _folder.File("missing"));
        var config = Kubeconfig.Load();
        Assert.False(config.IsFound);
        Assert.Contains("there is no kubeconfig", Assert.Throws<ClusterException>(() => config.Resolve()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_must_be_there() =>
        Assert.Contains("cannot be read: there is no such file", Assert.Throws<ClusterException>(() => Kubeconfig.Load(_folder.File("missing"))).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_context_leads_to_the_nearest_name()
    {
        var problem = Assert.Throws<ClusterException>(() => Resolve(Config("{server: 'https://x'}"), "her"));
        Assert.Equal(("the kubeconfig has no context \"her\"", "Did you mean here?"), (problem.Message, Assert.Single(problem.Hints)));
    }

    [Theory]
    [InlineData("{server: 'https://x'}", "{}", "cluster: other, user: u", "config:12:22: the kubeconfig has no cluster \"other\"")]
    [InlineData("{server: 'https://x'}", "{}", "cluster: c, user: other", "config:12:31: the kubeconfig has no user \"other\"")]
    [InlineData("{}", "{}", "cluster: c, user: u", "config:6:12: the cluster c has no server")]
    [InlineData("{server: 12}", "{}", "cluster: c, user: u", "config:6:21: clusters[0].cluster.server: expected a string, got the number 12: write \"12\" with quotes")]
    [InlineData("{server: 'ftp://x'}", "{}", "cluster: c, user: u", "config:6:21: \"ftp://x\" is no server's address, such as https://192.0.2.1:6443")]
    [InlineData("{server: 'https://x', certificate-authority-data: '!'}", "{}", "cluster: c, user: u", "config:6:62: certificate-authority-data is not base64")]
    [InlineData("{server: 'https://x', certificate-authority: ca.crt}", "{}", "cluster: c, user: u", "config:6:57: certificate-authority ca.crt cannot be read: there is no such file")]
    [InlineData("{server: 'https://x', proxy-url: 'ftp://y'}", "{}", "cluster: c, user: u", "config:6:45: a proxy is http://, https:// or socks5://HOST:PORT")]
    [InlineData("{server: 'https://x'}", "{auth-provider: {name: gcp}}", "cluster: c, user: u", "config:9:25: the auth-provider gcp is no longer supported, by kubectl neither")]
    [InlineData("{server: 'https://x'}", "{client-certificate-data: eA==}", "cluster: c, user: u", "config:9:9: the user u has a client certificate and no key: both are needed")]
    [InlineData("{server: 'https://x'}", "{as-groups: [a]}", "cluster: c, user: u", "config:9:9: as-uid, as-groups and as-user-extra need a user to act as (as: NAME)")]
    [InlineData("{server: 'https://x'}", "{as: x, as-groups: [\"a\\r\\nb\"]}", "cluster: c, user: u", "config:9:9: whom to act as has a control character in it")]
    [InlineData("{server: 'https://x'}", "{token: t, username: jane}", "cluster: c, user: u", "config:9:17: the user u has a token and a password: only one of them can be sent")]
    [InlineData("{server: 'https://x'}", "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}", "cluster: c, user: u",
        "config:9:16: exec has apiVersion client.authentication.k8s.io/v1alpha1: client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1 are known")]
    [InlineData("{server: 'https://x'}", "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}", "cluster: c, user: u",
        "config:9:16: exec needs an interactiveMode: Never, IfAvailable or Always")]
    public void What_is_wrong_is_told_with_its_place(string cluster, string user, string context, string message) =>
        Assert.Equal(message, Refuses(Config(cluster, user, context)));

    [Fact]
    public void Other_YAML_is_no_kubeconfig()
    {
        Assert.Equal("config:1:7: this is a Pod, not a kubeconfig (kind: Config)", Refuses("kind: Pod"));
        Assert.StartsWith("config:2:1: is not valid YAML", Refuses("a: ["), StringComparison.Ordinal);
        Assert.Equal("config:1:1: expected a kubeconfig, got a list", Refuses("- a"));
    }

    [Fact]
    public async Task A_server_with_the_kubeconfigs_authority_is_trusted_over_HTTP_2()
    {
        using var certificate = _authority.Server();
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync(context.Request.Protocol), certificate);
        var access = Resolve(Config($"{{server: '{server.Address}', certificate-authority-data: {_authority.Data}}}"));
        using var client = new ApiClient(access);
        Assert.Equal("HTTP/2", Text(await client.GetAsync("version", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_relative_path_of_an_authority_is_relative_to_the_kubeconfig()
    {
        using var certificate = _authority.Server();
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync("yes"), certificate);
        _folder.Write("pki/ca.crt", _authority.Pem);
        using var client = new ApiClient(Resolve(Config($"{{server: '{server.Address}', certificate-authority: pki/ca.crt}}")));
        Assert.Equal("yes", Text(await client.GetAsync("version", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_trusted()
    {
        using var other = new TestAuthority();
        using var certificate = other.Server();
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync("yes"), certificate);
        Assert.EndsWith("is not trusted: its certificate is from an authority that is not trusted", await ProblemAsync(server, $"certificate-authority-data: {_authority.Data}"), StringComparison.Ordinal);
        Assert.EndsWith("is not trusted: its certificate is from an authority that is not trusted", await ProblemAsync(server, "certificate-authority-data: null"), StringComparison.Ordinal);
        using var client = new ApiClient(Resolve(Config($"{{server: '{server.Address}', insecure-skip-tls-verify: true}}")));
        Assert.True(client.Access.IsUnverified);
        Assert.Equal("yes", Text(await client.GetAsync("version", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_certificate_of_another_time_or_name_is_not_trusted_unless_the_kubeconfig_names_it()
    {
        using var old = _authority.Server(fromDays: -2, toDays: -1);
        await using (var server = await TestServer.StartAsync(context => context.Response.WriteAsync("yes"), old))
            Assert.Contains("its certificate is valid from", await ProblemAsync(server, $"certificate-authority-data: {_authority.Data}"), StringComparison.Ordinal);
        using var named = _authority.Server(["api.example"]);
        await using (var server = await TestServer.StartAsync(context => context.Response.WriteAsync("yes"), named))
        {
            Assert.EndsWith("its certificate is for api.example", await ProblemAsync(server, $"certificate-authority-data: {_authority.Data}"), StringComparison.Ordinal);
            using var client = new ApiClient(Resolve(Config($"{{server: '{server.Address}', certificate-authority-data: {_authority.Data}, tls-server-name: api.example}}")));
            Assert.Equal("yes", Text(await client.GetAsync("version", TestContext.Current.CancellationToken)));
        }
    }

    [Theory]
    [InlineData("pkcs8")]
    [InlineData("pkcs1")]
    [InlineData("sec1")]
    public async Task A_client_certificate_says_who_asks(string form)
    {
        using var certificate = _authority.Server();
        await using var server = await TestServer.StartAsync(
            async context => await context.Response.WriteAsync((await context.Connection.GetClientCertificateAsync())?.Subject ?? "nobody"), certificate, asksForCertificate: true);
        var (own, key) = _authority.Client("jane", form);
        var cluster = $"{{server: '{server.Address}', certificate-authority-data: {_authority.Data}}}";
        using (var client = new ApiClient(Resolve(Config(cluster, $"{{client-certificate-data: {TestAuthority.Base64(own)}, client-key-data: {TestAuthority.Base64(key)}}}"))))
            Assert.Equal("CN=jane", Text(await client.GetAsync("version", TestContext.Current.CancellationToken)));
        _folder.Write("own.crt", own);
        _folder.Write("own.key", key);
        using (var client = new ApiClient(Resolve(Config(cluster, "{client-certificate: own.crt, client-key: own.key}"))))
            Assert.Equal("CN=jane", Text(await client.GetAsync("version", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        var (own, _) = _authority.Client("jane");
        var (_, other) = _authority.Client("john");
        Assert.EndsWith("the client certificate cannot be used: the key is not the certificate's",
            Refuses(Config("{server: 'https://x'}", $"{{client-certificate-data: {TestAuthority.Base64(own)}, client-key-data: {TestAuthority.Base64(other)}}}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_passwords_and_other_identities_go_into_headers()
    {
        using var certificate = _authority.Server();
        await using var server = await TestServer.StartAsync(
            context => context.Response.WriteAsync(string.Join(';',
                context.Request.Headers.Where(header => header.Key.StartsWith("Impersonate", StringComparison.OrdinalIgnoreCase) || header.Key == "Authorization").OrderBy(header => header.Key)
                    .Select(header => $"{header.Key.ToLowerInvariant()}={string.Join('|', header.Value.ToArray())}"))),
            certificate);
        Assert.Equal("authorization=Bearer secret", await SaysAsync(server, "{token: secret}"));
        Assert.Equal("authorization=Basic amFuZTpwdw==", await SaysAsync(server, "{username: jane, password: pw}"));
        Assert.Equal(
            "authorization=Bearer secret;impersonate-extra-scopes=view;impersonate-group=a;impersonate-uid=7;impersonate-user=john",
            await SaysAsync(server, "{token: secret, as: john, as-uid: '7', as-groups: [a], as-user-extra: {scopes: [view]}}"));
        Assert.Equal(
            "impersonate-extra-scopes=view|edit;impersonate-group=a|b~|c, d;impersonate-user=john",
            await SaysAsync(server, "{as: john, as-groups: [a, b~, 'c, d'], as-user-extra: {scopes: [view, edit]}}"));
    }

    [Fact]
    public async Task A_token_file_is_read_again_when_the_server_does_not_take_the_token()
    {
        var path = _folder.Write("token", "old\n");
        using var certificate = _authority.Server();
        await using var server = await TestServer.StartAsync(
            context => context.Request.Headers.Authorization == "Bearer new" ? context.Response.WriteAsync("welcome") : context.Status(401, "Unauthorized", "Unauthorized"), certificate);
        using var client = new ApiClient(Resolve(Config(Trusted(server), "{tokenFile: token}")));
        Assert.Equal(401, (await Assert.ThrowsAsync<ApiException>(() => client.GetAsync("version", TestContext.Current.CancellationToken))).Code);
        await File.WriteAllTextAsync(path, "new", TestContext.Current.CancellationToken);
        Assert.Equal("welcome", Text(await client.GetAsync("version", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_pod_finds_its_own_cluster()
    {
        _folder.Write("token", "secret");
        _folder.Write("ca.crt", _authority.Pem);
        _folder.Write("namespace", "team");
        var variables = new Dictionary<string, string?> { ["KUBERNETES_SERVICE_HOST"] = "fd00::1", ["KUBERNETES_SERVICE_PORT"] = "443" };
        var access = InClusterAccess.Find(_folder.Path, variables.GetValueOrDefault);
        Assert.Equal(("https://[fd00::1]/", "team", "in-cluster"), (access!.Server.ToString(), access.Namespace, access.Name));
        Assert.Null(InClusterAccess.Find(_folder.Path, _ => null));
        File.Delete(_folder.File("token"));
        Assert.Contains("has no token", Assert.Throws<ClusterException>(() => InClusterAccess.Find(_folder.Path, variables.GetValueOrDefault)).Message, StringComparison.Ordinal);
    }

    private async Task<string> ProblemAsync(TestServer server, string trust)
    {
        using var client = new ApiClient(Resolve(Config($"{{server: '{server.Address}', {trust}}}")));
        return (await Assert.ThrowsAsync<ClusterException>(() => client.GetAsync("version", TestContext.Current.CancellationToken))).Message;
    }

    private async Task<string> SaysAsync(TestServer server, string user)
    {
        using var client = new ApiClient(Resolve(Config(Trusted(server), user)));
        return Text(await client.GetAsync("version", TestContext.Current.CancellationToken));
    }

    private string Trusted(TestServer server) => $"{{server: '{server.Address}', certificate-authority-data: {_authority.Data}}}";

    private static string Text(byte[] answer) => System.Text.Encoding.UTF8.GetString(answer);
}
