using System.Runtime.Versioning;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.Client;
using Ringfence.Kubernetes.Client.Access;

namespace Ringfence.Kubernetes.Tests.Client;

[UnsupportedOSPlatform("windows")]
public sealed class ExecPluginTests : IDisposable
{
    private const string Version = "client.authentication.k8s.io/v1";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Counts its runs in a file, so that tests see how often it ran.
    private ExecPlugin Plugin(string script, string mode = "Never", bool hasTerminal = false)
    {
        var path = _folder.Write("plugin", $"#!/bin/sh\necho run >> {_folder.File("runs")}\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new ExecPlugin { Command = path, ApiVersion = Version, InteractiveMode = mode, HasTerminal = () => hasTerminal };
    }

    private int Runs => File.Exists(_folder.File("runs")) ? File.ReadAllLines(_folder.File("runs")).Length : 0;

    private static string Printing(string status) => $$"""echo '{"apiVersion":"{{Version}}","kind":"ExecCredential","status":{{status}}}'""";

    private static async Task<string?> TokenAsync(ExecCredential credential) => (await credential.HeaderAsync(TestContext.Current.CancellationToken))?.Parameter;

    [Fact]
    public async Task A_token_is_kept_until_it_expires()
    {
        var time = new SetTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var credential = new ExecCredential(Plugin(Printing("""{"token":"one","expirationTimestamp":"2026-01-01T01:00:00Z"}""")), time);
        Assert.Equal("one", await TokenAsync(credential));
        Assert.Equal("one", await TokenAsync(credential));
        Assert.Equal(1, Runs);
        time.Now = time.Now.AddHours(1);
        Assert.Equal("one", await TokenAsync(credential));
        Assert.Equal(2, Runs);
    }

    [Fact]
    public async Task A_token_that_the_server_does_not_take_is_asked_for_again_once()
    {
        await using var server = await TestServer.StartAsync(context => context.Request.Headers.Authorization == "Bearer 2"
            ? context.Response.WriteAsync("welcome")
            : context.Status(401, "Unauthorized", "Unauthorized"));
        var plugin = Plugin($"n=$(wc -l < {_folder.File("runs")})\n" + Printing("""{"token":"'$n'"}"""));
        using var client = new ApiClient(server.Access with { Credential = new ExecCredential(plugin, TimeProvider.System) });
        Assert.Equal("welcome", System.Text.Encoding.UTF8.GetString(await client.GetAsync("version", TestContext.Current.CancellationToken)));
        Assert.Equal(2, Runs);
    }

    [Fact]
    public async Task Arguments_environment_and_the_cluster_are_given_to_it()
    {
        var plugin = Plugin($"echo \"$1 $FLAVOUR $KUBERNETES_EXEC_INFO\" > {_folder.File("seen")}\n" + Printing("""{"token":"x"}""")) with
        {
            Arguments = ["get-token"],
            Environment = [KeyValuePair.Create("FLAVOUR", "sweet")],
            Cluster = """{"server":"https://x"}"""u8.ToArray(),
        };
        using var credential = new ExecCredential(plugin, TimeProvider.System);
        await TokenAsync(credential);
        Assert.Equal(
            $$$"""get-token sweet {"kind":"ExecCredential","apiVersion":"{{{Version}}}","spec":{"cluster":{"server":"https://x"},"interactive":false}}""",
            (await File.ReadAllTextAsync(_folder.File("seen"), TestContext.Current.CancellationToken)).Trim());
    }

    [Fact]
    public async Task What_a_kubeconfig_says_of_it_is_read()
    {
        var script = Plugin($"echo \"$KUBERNETES_EXEC_INFO\" > {_folder.File("seen")}\n" + Printing("""{"token":"from plugin"}""")).Command;
        using var authority = new TestAuthority();
        using var certificate = authority.Server();
        await using var server = await TestServer.StartAsync(context => context.Response.WriteAsync(context.Request.Headers.Authorization.ToString()), certificate);
        var config = _folder.Write("config",
            $$$"""
            current-context: here
            contexts: [{name: here, context: {cluster: c, user: u}}]
            clusters:
            - name: c
              cluster:
                server: {{{server.Address}}}
                certificate-authority-data: {{{authority.Data}}}
                extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: me, deep: [1, true, null]}}]
            users:
            - name: u
              user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never, provideClusterInfo: true}}
            """);
        Assert.Equal(_folder.File("plugin"), script);
        using var client = new ApiClient(Kubeconfig.Load(config).Resolve());
        Assert.Equal("Bearer from plugin", System.Text.Encoding.UTF8.GetString(await client.GetAsync("version", TestContext.Current.CancellationToken)));
        Assert.Contains("\"config\":{\"audience\":\"me\",\"deep\":[1,true,null]}", await File.ReadAllTextAsync(_folder.File("seen"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 3", "failed with exit code 3")]
    [InlineData("echo hello secret", "printed no JSON, or a token that is none")]
    [InlineData("echo '[]'", "printed no object")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}'""", "printed client.authentication.k8s.io/v1beta1 ExecCredential in place of client.authentication.k8s.io/v1 ExecCredential")]
    [InlineData("""echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'""", "printed neither a token nor a client certificate")]
    public async Task What_goes_wrong_is_told_without_what_it_printed(string script, string expected)
    {
        using var credential = new ExecCredential(Plugin(script), TimeProvider.System);
        var problem = await Assert.ThrowsAsync<ClusterException>(() => TokenAsync(credential));
        Assert.Equal($"the credential plugin {_folder.File("plugin")} {expected}", problem.Message);
    }

    [Fact]
    public async Task A_plugin_that_is_not_there_leads_to_the_kubeconfigs_hint()
    {
        using var credential = new ExecCredential(new ExecPlugin { Command = "ringfence-no-such-plugin", ApiVersion = Version, InstallHint = "Install it\nfrom there" }, TimeProvider.System);
        var problem = await Assert.ThrowsAsync<ClusterException>(() => TokenAsync(credential));
        Assert.Equal("the credential plugin ringfence-no-such-plugin is not on this machine", problem.Message);
        Assert.Equal(["Install it", "from there"], problem.Hints);
    }

    [Fact]
    public async Task A_plugin_that_must_ask_needs_a_terminal()
    {
        using var credential = new ExecCredential(Plugin("exit 0", "Always"), TimeProvider.System);
        Assert.Contains("standard input is no terminal", (await Assert.ThrowsAsync<ClusterException>(() => TokenAsync(credential))).Message, StringComparison.Ordinal);
        Assert.Equal(0, Runs);
    }

    [Fact]
    public async Task A_plugin_that_does_not_end_is_ended()
    {
        using var credential = new ExecCredential(Plugin("exec sleep 600") with { Patience = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        Assert.Contains("did not end within", (await Assert.ThrowsAsync<ClusterException>(() => TokenAsync(credential))).Message, StringComparison.Ordinal);
    }

    private sealed class SetTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
