using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace Ringfence.Cli.Tests;

/// <summary>Labs as users run them: the process behind them from its start to its end, whatever ends it.</summary>
public sealed class LabTests
{
    private const string Platform = "examples/rag";

    [Fact]
    public void Lab_FromUpToDown_RunsWhatManifestsSay()
    {
        using var labs = new LabRun();
        var up = labs.Lab("up", "-f", Platform, "--nodes", "3");
        Assert.True(up.Code == 0, up.Error);
        Assert.StartsWith("lab default is up after ", up.Out, StringComparison.Ordinal);
        Assert.Contains("lab exec ai-platform/chat-ui -- curl -sS --max-time 3 http://rag-api:8000   # allowed\n", up.Error, StringComparison.Ordinal);
        Assert.Contains("lab exec ai-platform/rag-api -- curl -sS --max-time 3 http://chat-ui:3000   # denied\n", up.Error, StringComparison.Ordinal);
        Assert.Contains("3 nodes, 6 pods, 5 Services, 8 NetworkPolicies in force", up.Out, StringComparison.Ordinal);

        using var status = JsonDocument.Parse(labs.Lab("status", "-o", "json").Out);
        Assert.Equal("LabStatus", status.RootElement.GetProperty("kind").GetString());
        Assert.All(status.RootElement.GetProperty("pods").EnumerateArray(), pod => Assert.True(pod.GetProperty("ready").GetBoolean()));
        Assert.All(status.RootElement.GetProperty("nodes").EnumerateArray(), node => Assert.NotNull(node.GetProperty("table").GetString()));

        Assert.Equal("NetworkPolicy ai-platform/deny-all deleted\n", labs.Lab("delete", "netpol", "ai-platform/deny-all").Out);
        Assert.Equal(2, labs.Lab("delete", "netpol", "ai-platform/deny-all").Code);
        Assert.Equal("NetworkPolicy ai-platform/deny-all created\n", labs.Lab("apply", "-f", $"{Platform}/policy-deny-all.yaml").Out);
        Assert.Equal("Namespace ml-ops deleted\n", labs.Lab("delete", "ns", "ml-ops").Out);
        Assert.DoesNotContain("ml-ops/", labs.Lab("status").Out, StringComparison.Ordinal);
        Assert.StartsWith("LAB ", labs.Lab("list").Out, StringComparison.Ordinal);

        var process = labs.ProcessOf("default");
        Assert.Equal("lab default is down\n", labs.Lab("down").Out);
        Assert.False(LabRun.IsRunning(process));
        Assert.Empty(Directory.EnumerateFileSystemEntries(labs.Folder));
        Assert.Equal(1, labs.Lab("status").Code);
    }

    [Fact]
    public void Exec_Command_HasThePodsNetworkAndNames()
    {
        using var labs = new LabRun();
        var up = labs.Lab("up", "-f", Platform);
        Assert.True(up.Code == 0, up.Error);
        var allowed = labs.Lab("exec", "ai-platform/chat-ui", "--", "curl", "-sS", "--max-time", "60", "http://rag-api:8000");
        Assert.True(allowed.Code == 0, allowed.Error);
        Assert.Contains("rag-api", allowed.Out, StringComparison.Ordinal);
        const int TimedOut = 28;
        Assert.Equal(TimedOut, labs.Lab("exec", "ai-platform/chat-ui", "--", "curl", "-sS", "--max-time", "1", "http://vector-db:6333").Code);
        Assert.Equal(7, labs.Lab("exec", "ai-platform/chat-ui", "--", "sh", "-c", "exit 7").Code);
        Assert.Equal(127, labs.Lab("exec", "ai-platform/chat-ui", "--", "no-such-command").Code);
        Assert.Contains("Did you mean ai-platform/chat-ui?", labs.Lab("exec", "ai-platform/chat-iu", "--", "true").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Flows_DeniedConnection_IsToldWithThePolicyThatDidIt()
    {
        using var labs = new LabRun();
        var up = labs.Lab("up", "-f", Platform);
        Assert.True(up.Code == 0, up.Error);
        LabRun.Until(() => IsDenied() && labs.Lab("flows").Out.Contains("TCP 6333", StringComparison.Ordinal), "the denied connection is told");
        var line = labs.Lab("flows", "-o", "json").Out.Split('\n').First(line => line.Contains("6333", StringComparison.Ordinal));
        using var flow = JsonDocument.Parse(line);
        Assert.Equal("denied", flow.RootElement.GetProperty("verdict").GetString());
        Assert.StartsWith("ai-platform/chat-ui", flow.RootElement.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Contains("ai-platform/deny-all", flow.RootElement.GetProperty("policies").EnumerateArray().Select(policy => policy.GetString()));

        using var status = JsonDocument.Parse(labs.Lab("status", "-o", "json").Out);
        var denied = Assert.Single(status.RootElement.GetProperty("denied").EnumerateArray());
        Assert.Equal("egress", denied.GetProperty("direction").GetString());
        Assert.StartsWith("ai-platform/chat-ui", denied.GetProperty("pods")[0].GetString(), StringComparison.Ordinal);
        Assert.True(denied.GetProperty("packets").GetInt64() > 0);
        Assert.Contains(status.RootElement.GetProperty("nodes").EnumerateArray(), node => node.GetProperty("deniedPackets").GetInt64() > 0);

        bool IsDenied() => labs.Lab("exec", "ai-platform/chat-ui", "--", "curl", "-sS", "--max-time", "1", "http://vector-db:6333").Code != 0;
    }

    [Fact]
    public void Up_NameInUse_SaysWhatToDo()
    {
        using var labs = new LabRun();
        Assert.Equal(0, labs.Lab("up", "--name", "one").Code);
        var second = labs.Lab("up", "--name", "one");
        Assert.Equal(2, second.Code);
        Assert.Contains("there is a lab one already", second.Error, StringComparison.Ordinal);
        Assert.Contains("ringfence lab down --name one", second.Error, StringComparison.Ordinal);
        Assert.Equal(0, labs.Lab("status", "--name", "one").Code);
    }

    [Fact]
    public void TwoLabs_WithEqualAddresses_RunSideBySide()
    {
        using var labs = new LabRun();
        var ups = (Run[])[.. new[] { "one", "two" }.Select(name => labs.Lab("up", "--name", name, "-f", Platform, "--nodes", "1"))];
        Assert.All(ups, up => Assert.True(up.Code == 0, up.Error));
        string[][] addresses = [.. new[] { "one", "two" }.Select(name => Addresses(labs.Lab("status", "--name", name).Out))];
        Assert.True(addresses is [{ Length: > 0 } one, var two] && one.SequenceEqual(two), string.Join('\n', ups.Select(up => up.Error + up.Out)));
        Assert.Equal("lab one is down\n", labs.Lab("down", "--name", "one").Out);
        Assert.Equal(0, labs.Lab("status", "--name", "two").Code);

        static string[] Addresses(string status) => [.. status.Split(' ', '\n').Where(word => word.StartsWith("10.244.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void KilledProcess_LeavesWhatTheNextCommandCleansUp()
    {
        using var labs = new LabRun();
        Assert.Equal(0, labs.Lab("up").Code);
        var process = labs.ProcessOf("default");
        LabRun.Signal(process, "KILL");
        LabRun.Until(() => !LabRun.IsRunning(process), "the process ends");

        var status = labs.Lab("status");
        Assert.Equal(1, status.Code);
        Assert.Contains($"its process {process} ended without it", status.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Join(labs.Labs, "default")));

        Assert.Equal(0, labs.Lab("up").Code);
        process = labs.ProcessOf("default");
        LabRun.Signal(process, "KILL");
        LabRun.Until(() => !LabRun.IsRunning(process), "the process ends");
        var up = labs.Lab("up");
        Assert.Equal(0, up.Code);
        Assert.Contains("what was left of it is cleaned up", up.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Prove_Keep_LeavesALabUp_AndSaysBeforehandWhereItCannot()
    {
        using var labs = new LabRun();
        var first = labs.Command("prove", "-f", Platform, "--no-files", "--keep");
        Assert.True(first.Code == 0, first.Error);
        Assert.Equal(0, labs.Lab("status").Code);
        var second = labs.Command("prove", "-f", Platform, "--no-files", "--keep");
        Assert.Equal(2, second.Code);
        Assert.Contains("--keep cannot leave a lab up: one is up already", second.Error, StringComparison.Ordinal);
        Assert.Empty(second.Out);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("KILL", 137)]
    public async Task Up_StoppedHalfWay_LeavesNothing(string signal, int code)
    {
        using var labs = new LabRun();
        using var up = labs.Start("up", "-f", Platform, "--nodes", "20");
        var output = up.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await up.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        var process = labs.ProcessOf("default");
        LabRun.Signal(up.Id, signal);
        await up.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, up.ExitCode);
        Assert.Empty(await output);
        LabRun.Until(() => !LabRun.IsRunning(process), "the lab's process ends");
        Assert.Empty(Directory.EnumerateFileSystemEntries(labs.Folder));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void SignalToTheProcess_TakesTheLabDown(string signal)
    {
        using var labs = new LabRun();
        Assert.Equal(0, labs.Lab("up").Code);
        var process = labs.ProcessOf("default");
        LabRun.Signal(process, signal);
        LabRun.Until(() => !LabRun.IsRunning(process), "the process ends");
        Assert.Empty(Directory.EnumerateFileSystemEntries(labs.Folder));
    }

    [Fact]
    public void Process_KeepsNothingOfItsUser()
    {
        using var labs = new LabRun();
        Assert.Equal(0, labs.Lab("up").Code);
        var files = $"/proc/{labs.ProcessOf("default")}";
        Assert.Equal("/", new DirectoryInfo($"{files}/cwd").ResolveLinkTarget(returnFinalTarget: false)!.FullName);
        // Field 7 of proc_pid_stat(5) is the terminal.
        var state = File.ReadAllText($"{files}/stat");
        Assert.Equal("0", state[(state.LastIndexOf(')') + 2)..].Split(' ')[4]);
        Assert.DoesNotContain("TERM=", File.ReadAllText($"{files}/environ"), StringComparison.Ordinal);
    }

    [Fact]
    public void Garbage_OnTheSocket_LeavesTheLabRunning()
    {
        using var labs = new LabRun();
        Assert.Equal(0, labs.Lab("up").Code);
        var noise = new byte[100_000];
        new Random(7).NextBytes(noise);
        for (var i = 0; i < 80; i++)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(Path.Join(labs.Labs, "default", "control")));
            socket.Send(noise.AsSpan(0, Math.Min(noise.Length, 1 << (i % 17))));
        }

        Assert.Equal(0, labs.Lab("status").Code);
    }

    [Fact]
    public void WrongManifests_AreToldWithTheirPlace_AndNothingStarts()
    {
        using var labs = new LabRun();
        var up = labs.Lab("up", "-f", "examples/broken");
        Assert.Equal(2, up.Code);
        Assert.Contains("examples/broken/policy.yaml:9:3: ", up.Error, StringComparison.Ordinal);
        Assert.Contains("nothing is changed", up.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(labs.Labs));
    }

    [Theory]
    [InlineData("apply", "-f", Platform)]
    [InlineData("delete", "ns", "shop")]
    [InlineData("exec", "shop/web", "--", "true")]
    [InlineData("flows")]
    public void NoLab_SaysHowToStartOne(params string[] args)
    {
        using var labs = new LabRun();
        var run = labs.Lab(args);
        Assert.Equal(2, run.Code);
        Assert.Contains("there is no lab default\nStart one: ringfence lab up\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up --nodes 0", "--nodes takes a number from 1 to 50")]
    [InlineData("up --nodes many", "--nodes takes a number from 1 to 50")]
    [InlineData("up --ipv6 --dual-stack", "exclude each other")]
    [InlineData("up --name Wrong_Name", "'Wrong_Name' cannot be a lab's name")]
    [InlineData("upp", "Did you mean 'lab up'?")]
    [InlineData("delete nonsense shop/web", "'nonsense' is not a kind")]
    public void WrongUsage_IsToldPlainly(string line, string message)
    {
        using var labs = new LabRun();
        if (line.StartsWith("delete", StringComparison.Ordinal)) Assert.Equal(0, labs.Lab("up").Code);
        var run = labs.Lab(line.Split(' '));
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutRoot_NamesTheCommandThatHelps()
    {
        using var labs = new LabRun();
        var start = new ProcessStartInfo("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", RingfenceCommand.Executable, "lab", "up", "-f", "my folder"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(3, process.ExitCode);
        Assert.Contains("sudo ./ringfence lab up -f 'my folder'\n", error, StringComparison.Ordinal);
    }
}
