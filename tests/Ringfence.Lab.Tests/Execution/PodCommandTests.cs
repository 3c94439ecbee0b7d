using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Execution;
using Ringfence.Lab.Sockets;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Execution;

public sealed class PodCommandTests : IDisposable
{
    // Names a namespace: this program then becomes its arguments there, before any test.
    private const string Variable = "RINGFENCE_TEST_BECOME";

    private readonly TwoSubnets _network = new();

    private PodPlace Place => PlaceIn(_network.Client);

    public void Dispose() => _network.Dispose();

    [ModuleInitializer]
    internal static void BecomeTheCommand()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } path) return;
        Environment.SetEnvironmentVariable(Variable, null);
        PodCommand.Become(PlaceIn(NetworkNamespace.Open(path)), Environment.GetCommandLineArgs()[1..]);
    }

    [Fact]
    public async Task RunAsync_Files_AreThePods()
    {
        var before = HostFiles();

        var result = await RunAsync("cat /etc/resolv.conf /etc/hosts /etc/hostname; hostname; echo $HOSTNAME; ls /tmp > /dev/null");

        Assert.Equal(
            """
            search shop.svc.cluster.local svc.cluster.local cluster.local
            nameserver 10.96.0.10
            options ndots:5
            127.0.0.1 localhost
            ::1 localhost ip6-localhost ip6-loopback
            10.9.0.2 client
            client
            client
            client

            """,
            result.Output);
        Assert.Equal(before, HostFiles());
    }

    [Fact]
    public async Task RunAsync_Scratch_IsTheMachinesOwnAgain()
    {
        var file = Path.GetTempFileName();

        var result = await RunAsync($"rm {file}");

        Assert.Equal(0, result.ExitCode);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task RunAsync_Network_IsThePods()
    {
        _network.Keep(PodListeners.Open(_network.Server, "shop/web", [TwoSubnets.ServerAddress], [new(null, 80, Protocol.Tcp)]));

        var result = await PodCommand.RunAsync(Place, ["curl", "-sS", "--max-time", "60", "http://10.9.1.2"], TestContext.Current.CancellationToken);

        Assert.Equal(new CommandResult(0, "shop/web\n", ""), result);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -TERM $$", 143)]
    public async Task RunAsync_ExitCode_IsTheCommands(string script, int expected) => Assert.Equal(expected, (await RunAsync(script)).ExitCode);

    [Fact]
    public async Task RunAsync_NoSuchProgram_IsTold()
    {
        var missing = await Assert.ThrowsAsync<Win32Exception>(() => PodCommand.RunAsync(Place, ["no-such-program"], TestContext.Current.CancellationToken));

        Assert.Equal(2, missing.NativeErrorCode);
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsTheCommand()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PodCommand.RunAsync(Place, ["sleep", "1000"], cancellation.Token));
    }

    [Theory]
    [InlineData("exit 7", 7, "")]
    [InlineData("kill -TERM $$", 143, "")]
    [InlineData("head -n 1 /etc/resolv.conf; hostname", 0, "search shop.svc.cluster.local svc.cluster.local cluster.local\nclient\n")]
    [InlineData("ip -brief -4 address show eth0 | tr -s ' ' | cut -d ' ' -f 3", 0, "10.9.0.2/24\n")]
    [InlineData("read line; echo got $line", 0, "got input\n")]
    // A program that ignored SIGPIPE would complain, and never end.
    [InlineData("yes | head -n 1; grep SigIgn /proc/self/status | tr -d '\\t'; grep SigBlk /proc/self/status | tr -d '\\t'", 0, "y\nSigIgn:0000000000000000\nSigBlk:0000000000000000\n")]
    public void Become_Command_HasTheProcess(string script, int exitCode, string output)
    {
        var before = HostFiles();

        var (process, text, errors) = Become("sh", "-c", script);

        Assert.Equal((exitCode, output, ""), (process, text, errors));
        Assert.Equal(before, HostFiles());
    }

    private (int ExitCode, string Output, string Errors) Become(params string[] command)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(PodCommandTests).Assembly.Location);
        foreach (var argument in command) start.ArgumentList.Add(argument);
        start.Environment[Variable] = _network.Client.Path;
        using var process = Process.Start(start)!;
        process.StandardInput.WriteLine("input");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private Task<CommandResult> RunAsync(string script) => PodCommand.RunAsync(Place, ["sh", "-c", script], TestContext.Current.CancellationToken);

    private static string HostFiles() =>
        string.Join('\n', new[] { "/etc/resolv.conf", "/etc/hosts", "/etc/hostname", "/proc/self/mounts", "/proc/sys/kernel/hostname" }.Select(File.ReadAllText));

    private static PodPlace PlaceIn(NetworkNamespace network) => new(network, "shop", "client", [TwoSubnets.ClientAddress], [Address.Parse("10.96.0.10")]);
}
