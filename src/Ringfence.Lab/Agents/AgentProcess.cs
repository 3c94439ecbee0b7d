using System.Diagnostics;
using System.Globalization;
using Ringfence.Lab.Processes;

namespace Ringfence.Lab.Agents;

/// <summary>
/// The agent of one node, a process of its own as on a real cluster. It is started again where it ends, each time after a longer pause; it ends with this
/// process, whatever ends that, for it holds the other end of its standard input.
/// </summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _node;
    private readonly IReadOnlyList<string> _command;
    private readonly string _log;
    private readonly TimeProvider _time;
    private readonly Action<string> _report;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile Process? _process;

    private AgentProcess(string node, IReadOnlyList<string> command, string log, TimeProvider time, Action<string> report)
    {
        (_node, _command, _log, _time, _report) = (node, command, log, time, report);
        _running = Task.Run(RunAsync);
    }

    /// <summary>The node.</summary>
    public string Node => _node;

    /// <summary>The process; null where it does not run at the moment.</summary>
    public int? ProcessId
    {
        get
        {
            try
            {
                return _process is { HasExited: false } process ? process.Id : null;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    /// <summary>Starts an agent.</summary>
    /// <param name="node">The node.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="log">The file that takes what it says.</param>
    /// <param name="time">The time.</param>
    /// <param name="report">Told when it ends and is started again.</param>
    public static AgentProcess Start(string node, IReadOnlyList<string> command, string log, TimeProvider time, Action<string> report) =>
        new(node, command, log, time, report);

    /// <summary>Ends it, and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var pause = FirstPause;
        while (!_stop.IsCancellationRequested)
        {
            var start = _time.GetTimestamp();
            var code = await RunOnceAsync().ConfigureAwait(false);
            if (_stop.IsCancellationRequested) return;
            if (_time.GetElapsedTime(start) > Steady) pause = FirstPause;
            _report(string.Create(CultureInfo.InvariantCulture, $"the agent of {_node} ended with code {code}, and is started again in {pause.TotalSeconds} s; what it enforced stays in force ({_log})"));
            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    private async Task<int> RunOnceAsync()
    {
        try
        {
            using var process = Process.Start(Begin())!;
            _process = process;
            var telling = Task.WhenAll(TellAsync(process.StandardOutput), TellAsync(process.StandardError));
            try
            {
                await process.WaitForExitAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                await EndAsync(process).ConfigureAwait(false);
            }

            await telling.ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or IOException)
        {
            _report($"the agent of {_node} cannot be started: {problem.Message}");
            return -1;
        }
        finally
        {
            _process = null;
        }
    }

    private ProcessStartInfo Begin()
    {
        // The agent's own settings are its arguments.
        var start = ChildStart.Of(_command);

        // A collector that uses every processor is for one process, not for one a node; and what runs for minutes gains nothing from being watched by the compiler.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line) AgentLog.Append(_log, line);
    }
}
