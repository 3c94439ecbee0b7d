using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Ringfence.Bench.Measures;

/// <summary>A running <c>ringfence agent</c>, by what it logs. It ends with this process.</summary>
internal sealed class AgentRun : IDisposable
{
    public const int Synced = 1001;
    public const int Committed = 1002;

    private readonly Process _process;
    private readonly BlockingCollection<(int Id, long Ticks, JsonElement State)> _events = [];

    private AgentRun(Process process) => _process = process;

    public static AgentRun Start(string program, string node, string network, string kubeconfig)
    {
        var start = new ProcessStartInfo(program, [
            "agent", "--node", node, "--netns", network, "--kubeconfig", kubeconfig, "--health-bind-address", "127.0.0.1:0", "--log-format", "json", "--end-with-stdin"])
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        var run = new AgentRun(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start"));
        run._process.ErrorDataReceived += (_, line) => run.Take(line.Data);
        run._process.BeginErrorReadLine();
        return run;
    }

    /// <summary>Waits for an event.</summary>
    /// <returns>When it was told, and with what; null where it did not come in time.</returns>
    public (long Ticks, JsonElement State)? Await(int id, TimeSpan most)
    {
        var start = Stopwatch.GetTimestamp();
        while (_events.TryTake(out var item, most - Stopwatch.GetElapsedTime(start) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero))
            if (item.Id == id) return (item.Ticks, item.State);
        return null;
    }

    /// <summary>Forgets what was told so far.</summary>
    public void Forget()
    {
        while (_events.TryTake(out _))
        {
            // It answers nothing that is asked from now on.
        }
    }

    /// <summary>A figure of the process's memory in megabytes, such as <c>VmRSS</c> or <c>VmHWM</c>.</summary>
    public double Megabytes(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..^" kB".Length], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>Processor time so far, in milliseconds.</summary>
    public double Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalMilliseconds;
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
        _events.Dispose();
    }

    private void Take(string? line)
    {
        var now = Stopwatch.GetTimestamp();
        if (line is null) return;
        if (!line.StartsWith('{'))
        {
            Console.Error.WriteLine(line);
            return;
        }

        using var document = JsonDocument.Parse(line);
        var level = document.RootElement.GetProperty("LogLevel").GetString();
        if (level is "Warning" or "Error") Console.Error.WriteLine(document.RootElement.GetProperty("Message").GetString());
        _events.Add((document.RootElement.GetProperty("EventId").GetInt32(), now, document.RootElement.GetProperty("State").Clone()));
    }
}
