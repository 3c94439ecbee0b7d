using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Ringfence.Cli.Tests;

/// <summary><c>ringfence apiserver</c> as a process of its own.</summary>
public sealed class ApiServerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Killed_InTheMiddleOfWrites_LosesNothingThatWasAcknowledged()
    {
        var acknowledged = new Dictionary<string, string>();
        for (var round = 0; round < 3; round++)
        {
            using var server = await StartAsync();
            using var client = Client();
            await CheckAsync(client, acknowledged);
            // Several at once, so that some are under way when it dies.
            var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteAsync(client, $"r{round}-w{writer}", acknowledged))).ToArray();
            Until(() => Count(acknowledged) >= (round + 1) * 150, "writes");
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Task.WhenAll(writers);
        }

        using var last = await StartAsync();
        using var reader = Client();
        await CheckAsync(reader, acknowledged);
        Stop(last);
        Assert.Equal(0, last.ExitCode);
    }

    [Fact]
    public async Task TwoServers_OnOneFolder_AreOneTooMany()
    {
        using var first = await StartAsync();

        var second = RingfenceCommand.Run("apiserver", "--data", _folder, "--listen", "127.0.0.1:0");

        Assert.Equal(2, second.Code);
        Assert.Contains($"{_folder} is in use by another server", second.Error, StringComparison.Ordinal);
        Stop(first);
        Assert.Equal(0, first.ExitCode);
    }

    [Fact]
    public async Task PortThatIsTaken_IsSaidSo()
    {
        using var first = await StartAsync();
        var port = new Uri(Kubeconfig("server")).Port;
        var other = Directory.CreateTempSubdirectory("ringfence-").FullName;
        try
        {
            var second = RingfenceCommand.Run("apiserver", "--data", other, "--listen", $"127.0.0.1:{port}");

            Assert.Equal(2, second.Code);
            Assert.Contains("cannot listen", second.Error, StringComparison.Ordinal);
            Assert.Contains("--listen ADDRESS:PORT", second.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(other, recursive: true);
            Stop(first);
        }
    }

    [Theory]
    [InlineData("somewhere")]
    [InlineData("127.0.0.1")]
    [InlineData("example.com:6443")]
    [InlineData("127.0.0.1:99999")]
    public void Listen_ThatIsNoAddressAndPort_IsRefused(string listen)
    {
        var run = RingfenceCommand.Run("apiserver", "--data", _folder, "--listen", listen);

        Assert.Equal(2, run.Code);
        Assert.Contains($"'{listen}' is not ADDRESS:PORT", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderWithoutAName_IsRefused()
    {
        var run = RingfenceCommand.Run("apiserver", "--data", "");

        Assert.Equal(2, run.Code);
        Assert.Contains("--data: name a folder for the data", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Listen_AtAnAddressOfAnotherMachine_IsRefused()
    {
        var run = RingfenceCommand.Run("apiserver", "--data", _folder, "--listen", "192.0.2.1:6443");

        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: cannot listen: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("--listen ADDRESS:PORT names another place", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedData_IsSaidSo_AndLeftAsItIs()
    {
        var path = Path.Combine(_folder, "objects.db");
        File.WriteAllText(path, "this is not a database, whatever its name says, and long enough to be looked at as one");

        var run = RingfenceCommand.Run("apiserver", "--data", _folder, "--listen", "127.0.0.1:0");

        Assert.Equal(2, run.Code);
        Assert.Contains($"{path} is not a file of this server", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("this is not a database", File.ReadAllText(path), StringComparison.Ordinal);
    }

    private static int Count(Dictionary<string, string> acknowledged)
    {
        lock (acknowledged) return acknowledged.Count;
    }

    private static async Task WriteAsync(HttpClient client, string prefix, Dictionary<string, string> acknowledged)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                var name = $"{prefix}-{i}";
                var body = $$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}"},"data":{"x":"{{{i}}}"}}""";
                using var answer = await client.PostAsync("api/v1/namespaces/default/configmaps", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
                if (answer.StatusCode != HttpStatusCode.Created) return;
                var made = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
                lock (acknowledged) acknowledged[name] = (string)made["metadata"]!["resourceVersion"]!;
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static async Task CheckAsync(HttpClient client, Dictionary<string, string> acknowledged)
    {
        var list = JsonNode.Parse(await client.GetStringAsync("api/v1/namespaces/default/configmaps", TestContext.Current.CancellationToken))!;
        var found = list["items"]!.AsArray().ToDictionary(item => (string)item!["metadata"]!["name"]!, item => (string)item!["metadata"]!["resourceVersion"]!);
        foreach (var (name, version) in acknowledged) Assert.Equal(version, found.GetValueOrDefault(name, "missing"));
        Assert.Equal(found.Count, found.Values.Distinct().Count());
    }

    private async Task<Process> StartAsync()
    {
        var start = new ProcessStartInfo(RingfenceCommand.Executable, ["apiserver", "--data", _folder, "--listen", "127.0.0.1:0"]) { UseShellExecute = false, RedirectStandardError = true };
        var process = Process.Start(start)!;
        for (var line = ""; !line.Contains("kubectl", StringComparison.Ordinal);)
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException("the server ended at once");
        }

        return process;
    }

    private static void Stop(Process process)
    {
        LabRun.Signal(process.Id, "TERM");
        Assert.True(process.WaitForExit(Patience), "the server does not end");
    }

    private static void Until(Func<bool> isSo, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"not in time: {what}");
            Thread.Sleep(10);
        }
    }

    private string Kubeconfig(string field) => File.ReadLines(Path.Combine(_folder, "kubeconfig")).First(line => line.TrimStart().StartsWith(field + ":", StringComparison.Ordinal)).Split(": ", 2)[1];

    private HttpClient Client()
    {
        var authority = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(Kubeconfig("certificate-authority-data"))));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        var client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } }) { BaseAddress = new Uri(Kubeconfig("server") + "/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Kubeconfig("token"));
        return client;
    }
}
