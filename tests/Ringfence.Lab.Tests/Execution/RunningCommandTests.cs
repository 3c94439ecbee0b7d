using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Ringfence.Kubernetes.ApiServer.Streaming;
using Ringfence.Lab.Execution;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Execution;

public sealed class RunningCommandTests : IDisposable
{
    private readonly TwoSubnets _network = new();
    private readonly ProcessSpace _space = ProcessSpace.Create();

    public void Dispose()
    {
        _space.Dispose();
        _network.Dispose();
    }

    [Fact]
    public async Task Streams_AreSeparate()
    {
        var ran = await RunAsync("cat; echo errors >&2; exit 3", "some input\n");

        Assert.Equal((3, "some input\n", "errors\n"), (ran.End.ExitCode, ran.Output, ran.Errors));
    }

    [Fact]
    public async Task LargeStreams_GoThroughWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 300_000).Select(number => $"{number}\n"));

        var ran = await RunAsync("cat", text);

        Assert.Equal(text, ran.Output);
    }

    [Fact]
    public async Task InputThatNobodyReads_HoldsNothingUp()
    {
        var ran = await RunAsync("exec 0<&-; exit 4", new string('x', 4_000_000));

        Assert.Equal(4, ran.End.ExitCode);
    }

    [Fact]
    public async Task WithoutInput_ThereIsNothingToRead()
    {
        var ran = await RunAsync("cat");

        Assert.Equal((0, ""), (ran.End.ExitCode, ran.Output));
    }

    [Fact]
    public async Task Terminal_HasTheClientsSize_AndOneOutput()
    {
        var ran = await RunAsync("test -t 0 && test -t 1 && test -t 2 && stty size && tty < /dev/tty > /dev/null && echo errors >&2", isTerminal: true, size: new(100, 30));

        Assert.Equal((0, "30 100\r\nerrors\r\n", ""), (ran.End.ExitCode, ran.Output, ran.Errors));
    }

    [Fact]
    public async Task Terminal_IsResized_ThenItsForegroundIsTold()
    {
        var sizes = Channel.CreateUnbounded<TerminalSize>();
        var output = new Watched();
        var running = RunningCommand.RunAsync(
            Place, _space, ["sh", "-c", "trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.02; done"], true,
            new CommandStreams(null, output, null, sizes.Reader), Time.Token);
        await output.SeenAsync("ready");
        sizes.Writer.TryWrite(new TerminalSize(77, 33));

        Assert.Equal(0, (await running).ExitCode);
        Assert.EndsWith("33 77\r\n", output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("kill -KILL $$", 137)]
    public async Task ExitCode_IsTheCommands(string script, int expected) => Assert.Equal(expected, (await RunAsync(script)).End.ExitCode);

    [Theory]
    [InlineData("no-such-program", 127, "exec: \"no-such-program\": executable file not found in $PATH")]
    [InlineData("/no/such", 127, "exec: \"/no/such\": stat /no/such: no such file or directory")]
    [InlineData("/etc/passwd", 126, "exec: \"/etc/passwd\": permission denied")]
    [InlineData("/etc", 126, "exec: \"/etc\": is a directory")]
    public async Task ProgramThatCannotRun_IsToldAsClustersDo(string program, int code, string problem) =>
        Assert.Equal(new CommandEnd(code, problem), await RunningCommand.RunAsync(Place, _space, [program], false, new(null, null, null, NoSizes), Time.Token));

    [Fact]
    public async Task View_IsThePods()
    {
        var ran = await RunAsync("pwd; hostname; head -n 1 /etc/resolv.conf; ip -brief -4 address show eth0 | tr -s ' ' | cut -d ' ' -f 3; env | sort | grep -v ^_=; grep Sig[IB] /proc/self/status | tr -d '\\t'");

        Assert.Equal(
            """
            /
            client
            search shop.svc.cluster.local svc.cluster.local cluster.local
            10.9.0.2/24
            GREETING=hello
            HOME=/root
            HOSTNAME=client
            LANG=C.UTF-8
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            PWD=/
            SigBlk:0000000000000000
            SigIgn:0000000000000000

            """,
            ran.Output);
    }

    [Fact]
    public async Task ClientGone_EndsTheCommandAndItsChildren()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Time.Token);
        var output = new Watched();
        var running = RunningCommand.RunAsync(Place, _space, ["sh", "-c", $"sleep {Mark} & echo ready; wait"], false, new(null, output, null, NoSizes), gone.Token);
        await output.SeenAsync("ready");
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Polling.UntilAsync(() => !IsThere(Mark), "the child has ended");
    }

    [Fact]
    public async Task BackgroundChild_HoldingTheOutput_DoesNotHoldTheEnd()
    {
        var ran = await RunAsync($"sleep {Mark} & echo done");

        Assert.Equal((0, "done\n"), (ran.End.ExitCode, ran.Output));
        await Polling.UntilAsync(() => IsThere(Mark), "the child is there");
    }

    [Fact]
    public async Task Space_Disposed_EndsWhatLeftItsSession()
    {
        using var space = ProcessSpace.Create();
        var output = new Watched();
        _ = await RunningCommand.RunAsync(Place, space, ["sh", "-c", $"setsid sleep {Mark} < /dev/null > /dev/null 2>&1 & echo done"], false, new(null, output, null, NoSizes), Time.Token);
        await Polling.UntilAsync(() => IsThere(Mark), "the child is there");

        space.Dispose();

        await Polling.UntilAsync(() => !IsThere(Mark), "the child has ended");
    }

    [Fact]
    public async Task Pod_Going_EndsWhatLeftItsSession_AndNothingOfOtherPods()
    {
        var output = new Watched();
        _ = await RunningCommand.RunAsync(Place, _space, ["sh", "-c", $"setsid sleep {Mark} < /dev/null > /dev/null 2>&1 & echo done"], false, new(null, output, null, NoSizes), Time.Token);
        await Polling.UntilAsync(() => IsThere(Mark), "the child is there");

        _space.EndIn(_network.Server, always: true);
        Assert.True(IsThere(Mark));
        _space.EndIn(_network.Client, always: false);

        await Polling.UntilAsync(() => !IsThere(Mark), "the child has ended");
    }

    private static ChannelReader<TerminalSize> NoSizes
    {
        get
        {
            var none = Channel.CreateUnbounded<TerminalSize>();
            none.Writer.Complete();
            return none.Reader;
        }
    }

    // A number of seconds that no other sleep of this machine has.
    private string Mark { get; } = (1000 + Random.Shared.NextDouble()).ToString("0.00000000", CultureInfo.InvariantCulture);

    private static CancellationTokenSource Time => new(TimeSpan.FromMinutes(3));

    private PodPlace Place => new(_network.Client, "shop", "client", [TwoSubnets.ClientAddress], [Address.Parse("10.96.0.10")]) { Variables = [("GREETING", "hello")] };

    private async Task<(CommandEnd End, string Output, string Errors)> RunAsync(string script, string? input = null, bool isTerminal = false, TerminalSize? size = null)
    {
        using var time = Time;
        var (output, errors) = (new MemoryStream(), new MemoryStream());
        var sizes = Channel.CreateUnbounded<TerminalSize>();
        if (size is { } first) sizes.Writer.TryWrite(first);
        if (size is not null) script = $"while test \"$(stty size)\" = '0 0'; do :; done; {script}";
        sizes.Writer.Complete();
        var end = await RunningCommand.RunAsync(
            Place, _space, ["sh", "-c", script], isTerminal,
            new CommandStreams(input is null ? null : new MemoryStream(Encoding.UTF8.GetBytes(input)), output, errors, sizes.Reader), time.Token);
        return (end, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray()));
    }

    private static bool IsThere(string argument) => Directory.EnumerateDirectories("/proc").Any(folder =>
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline").Contains($"sleep\0{argument}", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private sealed class Watched : MemoryStream
    {
        private readonly Lock _lock = new();

        public string Text
        {
            get
            {
                lock (_lock) return Encoding.UTF8.GetString(ToArray());
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_lock) Write(buffer.Span);
            return default;
        }

        public Task SeenAsync(string text) => Polling.UntilAsync(() => Text.Contains(text, StringComparison.Ordinal), text);
    }
}
