using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.Tests.Client;

namespace Ringfence.Cli.Tests.Live;

/// <summary>With the same kubeconfig and environment, a server sees of this program what it sees of kubectl: the same credentials over the same way, or nothing.</summary>
public sealed class SameAsKubectlTests : IAsyncLifetime
{
    private const string Nothing = "";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ringfence-same-");
    private readonly TestAuthority _authority = new();
    private SeeingServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await SeeingServer.StartAsync(_authority.Server());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Several_files_are_one_and_their_paths_are_relative_to_each()
    {
        Write("contexts", "current-context: here\ncontexts: [{name: here, context: {cluster: c, user: u}}]\nusers: [{name: other, user: {token: other}}]\n");
        Write("empty", "");
        Write("sub/rest", $"clusters: [{{name: c, cluster: {{server: {Https}, certificate-authority: pki/ca.crt}}}}]\nusers: [{{name: u, user: {{tokenFile: ../token}}}}]\n");
        Write("sub/pki/ca.crt", _authority.Pem);
        Write("token", "from-file\n");
        Same("https; authorization=Bearer from-file", "missing:contexts::empty:sub/rest");
        Same("https; authorization=Bearer from-file", $"{Path("contexts")}:{Path("sub")}/../sub/rest");
    }

    [Fact]
    public void Of_two_entries_the_first_counts()
    {
        Write("first", Config(Trusted, "token: first"));
        Write("second", Config(Trusted, "token: second").Replace("current-context: here", "current-context: there", StringComparison.Ordinal));
        Same("https; authorization=Bearer first", "first:second");
        Same(Nothing, "second:first");
    }

    [Theory]
    [InlineData("token: in-place, tokenFile: file", "authorization=Bearer from-file")]
    [InlineData("token: in-place, tokenFile: missing", "authorization=Bearer in-place")]
    [InlineData("username: jane, password: pw", "authorization=Basic amFuZTpwdw==")]
    [InlineData("username: jane, password: pw, token: t", null)]
    [InlineData("as: john", "impersonate-user=john")]
    [InlineData("token: t, as: john, as-uid: '7', as-groups: [a, b, 'c, d'], as-user-extra: {scopes: [view, edit], example.org/team: [x]}",
        "authorization=Bearer t; impersonate-extra-example.org%2fteam=x; impersonate-extra-scopes=view|edit; impersonate-group=a|b|c, d; impersonate-uid=7; impersonate-user=john")]
    [InlineData("as: jürgen, as-groups: [Grün, Weiß]", "impersonate-group=Grün|Weiß; impersonate-user=jürgen")]
    [InlineData("as-groups: [a]", null)]
    public void A_user(string user, string? expected)
    {
        Write("file", "from-file");
        Write("config", Config(Trusted, user));
        Same(expected is null ? Nothing : $"https; {expected}", "config");
    }

    [Theory]
    [InlineData("server: HTTPS", null)]
    [InlineData("server: HTTPS, insecure-skip-tls-verify: true", "https")]
    [InlineData("server: HTTPS, insecure-skip-tls-verify: true, certificate-authority-data: CA", null)]
    [InlineData("server: HTTPS, certificate-authority-data: CA, tls-server-name: localhost", "https; for localhost")]
    [InlineData("server: HTTPS, certificate-authority-data: CA, tls-server-name: elsewhere", null)]
    [InlineData("server: HTTPS, insecure-skip-tls-verify: true, tls-server-name: elsewhere", "https; for elsewhere")]
    [InlineData("server: HTTPS, certificate-authority: missing", null)]
    [InlineData("server: HTTPS/, certificate-authority: ca.crt", "https")]
    [InlineData("server: 'https://[::1]:PORT6', certificate-authority-data: CA", "https")]
    [InlineData("server: '127.0.0.1:PORT', certificate-authority-data: CA", null)]
    [InlineData("server: '127.0.0.1:PLAIN'", "http")]
    [InlineData("server: 'http://127.0.0.1:PLAIN'", "http")]
    public void A_cluster(string cluster, string? expected)
    {
        Write("ca.crt", _authority.Pem);
        var text = cluster.Replace("HTTPS", Https, StringComparison.Ordinal).Replace("CA", _authority.Data, StringComparison.Ordinal).Replace("PORT6", $"{_server.Port6}", StringComparison.Ordinal)
            .Replace("PORT", $"{_server.Port}", StringComparison.Ordinal).Replace("PLAIN", $"{_server.PlainPort}", StringComparison.Ordinal);
        Write("config", Config(text, ""));
        Same(expected ?? Nothing, "config");
    }

    [Theory]
    [InlineData("pkcs8", "https; CN=jane")]
    [InlineData("pkcs1", "https; CN=jane")]
    [InlineData("sec1", "https; CN=jane")]
    [InlineData("encrypted", Nothing)]
    [InlineData("none", Nothing)]
    public void A_client_certificate(string form, string expected)
    {
        var (certificate, key) = _authority.Client("jane", form == "none" ? "pkcs8" : form);
        Write("jane.crt", certificate);
        Write("jane.key", key);
        Write("files", Config(Trusted, form == "none" ? "client-certificate: jane.crt" : "client-certificate: jane.crt, client-key: jane.key"));
        Same(expected, "files");
        Write("data", Config(Trusted, $"client-certificate-data: {TestAuthority.Base64(certificate)}{(form == "none" ? "" : $", client-key-data: {TestAuthority.Base64(key)}")}"));
        Same(expected, "data");
    }

    [Fact]
    public void A_plugin_gets_the_terminal_and_no_other_input()
    {
        const string Printing = """printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$told" """;
        Write("plugin", $"#!/bin/sh\nif test -t 0; then told=terminal; else told=\"<$(cat)>\"; fi\n{Printing}\n", isProgram: true);
        Write("config", Config(Trusted, "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: IfAvailable}"));
        Same("https; authorization=Bearer <>", "config", input: "what is typed");
        Same("https; authorization=Bearer terminal", "config", withTerminal: true);
        Write("config", Config(Trusted, "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}"));
        Same("https; authorization=Bearer <>", "config", withTerminal: true);
        Write("config", Config(Trusted, "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Always}"));
        Same(Nothing, "config");
    }

    [Fact]
    public void A_plugin_is_told_the_same_of_the_cluster()
    {
        Write("ca.crt", _authority.Pem);
        Write("plugin", "#!/bin/sh\necho \"$KUBERNETES_EXEC_INFO\" > \"$TOLD\"\nexit 1\n", isProgram: true);
        Write("config", Config(
            $"server: {Https}, certificate-authority: ca.crt, tls-server-name: localhost, extensions: [{{name: client.authentication.k8s.io/exec, extension: {{audience: me}}}}]",
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never, provideClusterInfo: true}"));
        RunKubectl(Variables("config", [("TOLD", Path("kubectl"))]), null);
        RunOwn(Variables("config", [("TOLD", Path("own"))]), null);
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(Path("kubectl"))), JsonNode.Parse(File.ReadAllText(Path("own")))), $"{File.ReadAllText(Path("kubectl"))}\n{File.ReadAllText(Path("own"))}");
    }

    [Theory]
    [InlineData("http", null)]
    [InlineData("http", "jane:p@w")]
    [InlineData("https", null)]
    [InlineData("https", "jane:pw")]
    [InlineData("socks5", null)]
    [InlineData("socks5", "jane:pw")]
    public async Task A_proxy_of_the_kubeconfig(string scheme, string? login)
    {
        using var certificate = _authority.Server();
        await using var proxy = new SeeingProxy(scheme == "https" ? certificate : null, scheme == "socks5", login);
        var url = $"{scheme}://{Login(login)}{proxy.Place}";
        var way = scheme == "socks5" ? "SOCKS" : "CONNECT";
        Write("config", Config($"{Trusted}, proxy-url: '{url}'", "token: t"));
        Same("https; authorization=Bearer t", "config", proxy: (proxy, $"{way} 127.0.0.1:{_server.Port}"));

        // The proxy finds the name, which means nothing here.
        Write("config", Config($"server: 'https://api.example:{_server.Port}', certificate-authority-data: {_authority.Data}, tls-server-name: localhost, proxy-url: '{url}'", "token: t"));
        Same("https; authorization=Bearer t; for localhost", "config", proxy: (proxy, $"{way} api.example:{_server.Port}"));
        if (login is null) return;
        Write("config", Config($"{Trusted}, proxy-url: '{scheme}://{proxy.Place}'", "token: t"));
        Same(Nothing, "config", proxy: (proxy, Nothing));
    }

    [Theory]
    [InlineData("HTTPS_PROXY", "api.example", "", true)]
    [InlineData("https_proxy", "api.example", "", true)]
    [InlineData("HTTP_PROXY", "api.example", "", false)]
    [InlineData("HTTPS_PROXY", "127.0.0.1", "", false)]
    [InlineData("HTTPS_PROXY", "api.example", "example", false)]
    [InlineData("HTTPS_PROXY", "api.example", ".example", false)]
    [InlineData("HTTPS_PROXY", "api.example", "other.example,192.0.2.0/24", true)]
    [InlineData("HTTPS_PROXY", "192.0.2.7", "192.0.3.0/24", true)]
    public async Task A_proxy_of_the_environment(string variable, string host, string direct, bool isAsked)
    {
        await using var proxy = new SeeingProxy(login: "jane:pw");
        (string, string)[] environment = [(variable, $"http://jane:pw@{proxy.Place}"), ("NO_PROXY", direct)];
        var server = $"{host}:{_server.Port}";
        Write("config", Config($"server: 'https://{server}', certificate-authority-data: {_authority.Data}, tls-server-name: localhost", "token: t"));
        Same(isAsked || host == "127.0.0.1" ? "https; authorization=Bearer t; for localhost" : Nothing, "config", environment, proxy: (proxy, isAsked ? $"CONNECT {server}" : Nothing));
    }

    [Fact]
    public async Task A_plain_server_behind_a_proxy_of_the_environment()
    {
        // Credentials are for servers that are known by their certificates.
        await using var proxy = new SeeingProxy();
        Write("config", Config($"server: 'http://api.example:{_server.PlainPort}'", "token: t, as: john, as-groups: [a, b]"));
        Same(
            "http; impersonate-group=a|b; impersonate-user=john", "config", [("HTTP_PROXY", proxy.Place)],
            proxy: (proxy, $"GET api.example:{_server.PlainPort}"));
    }

    private string Https => $"https://127.0.0.1:{_server.Port}";

    private string Trusted => $"server: {Https}, certificate-authority-data: {_authority.Data}";

    private static string Login(string? login) => login is null ? "" : $"{login.Split(':')[0]}:{Uri.EscapeDataString(login.Split(':')[1])}@";

    private static string Config(string cluster, string user) =>
        $$"""
        apiVersion: v1
        kind: Config
        current-context: here
        clusters: [{name: c, cluster: { {{cluster}} } }]
        users: [{name: u, user: { {{user}} } }]
        contexts: [{name: here, context: {cluster: c, user: u} }]
        """;

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    private void Write(string name, string content, bool isProgram = false)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), content);
        if (isProgram && !OperatingSystem.IsWindows()) File.SetUnixFileMode(Path(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Runs both, and expects that the server, and the proxy, see of both what is expected.</summary>
    private void Same(
        string expected, string kubeconfig, (string Name, string Value)[]? environment = null, string? input = null, bool withTerminal = false,
        (SeeingProxy Proxy, string Expected)? proxy = null)
    {
        var variables = Variables(kubeconfig, environment ?? []);
        var kubectl = withTerminal ? InTerminal("kubectl get --raw /api", variables) : RunKubectl(variables, input);
        AssertSeen("kubectl", kubectl);
        var own = withTerminal ? InTerminal($"{RingfenceCommand.Executable} validate", variables) : RunOwn(variables, input);
        AssertSeen("ringfence", own);

        void AssertSeen(string who, string said)
        {
            Assert.Equal((who, expected), (who, string.Join('\n', _server.Take())));
            if (proxy is var (asked, question)) Assert.Equal((who, question), (who, string.Join('\n', asked.Take())));
            Assert.NotEqual("", said);
        }
    }

    private Dictionary<string, string> Variables(string kubeconfig, (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig, ["HOME"] = _folder.FullName, ["KUBECACHEDIR"] = Path("cache") };
        foreach (var name in (string[])["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"]) variables[name] = "";
        foreach (var (name, value) in more) variables[name] = value;
        return variables;
    }

    private string RunOwn(Dictionary<string, string> variables, string? input) => RingfenceCommand.RunIn(_folder.FullName, input, variables, "validate").Error;

    private string RunKubectl(Dictionary<string, string> variables, string? input) => Run(new ProcessStartInfo("kubectl", ["get", "--raw", "/api"]), variables, input);

    private string InTerminal(string command, Dictionary<string, string> variables) => Run(new ProcessStartInfo("script", ["-qec", command, "/dev/null"]), variables, null);

    private string Run(ProcessStartInfo start, Dictionary<string, string> variables, string? input)
    {
        (start.WorkingDirectory, start.UseShellExecute) = (_folder.FullName, false);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = ProcessStart.OrSkip(start);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(input ?? "");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + error.GetAwaiter().GetResult();
    }
}
