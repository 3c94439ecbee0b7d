using System.Diagnostics;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>A node agent as a process of its own, so that it can be killed.</summary>
internal sealed class AgentProcess : IDisposable
{
    private const int Enough = 10_000;

    private readonly string _program;
    private readonly LabNode _node;
    private readonly string _state;
    private readonly List<string> _lines = [];
    private Process _process;

    private AgentProcess(string program, LabNode node, string state)
    {
        (_program, _node, _state) = (program, node, state);
        _process = Launch();
    }

    /// <summary>How often it was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>How many changes it says it has put in force.</summary>
    public int Commits
    {
        get
        {
            lock (_lines) return _lines.Count(line => line.Contains("in force: ", StringComparison.Ordinal));
        }
    }

    /// <summary>What it said that is no note.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_lines) return [.. _lines.Where(line => !line.StartsWith("note: ", StringComparison.Ordinal))];
        }
    }

    public static AgentProcess Start(string program, LabNode node, string state)
    {
        var agent = new AgentProcess(program, node, state);
        agent.Listen();
        return agent;
    }

    /// <summary>Ends it at once, as a crash would, and starts the next one.</summary>
    public void Restart()
    {
        Kill();
        Kills++;
        _process = Launch();
        Listen();
    }

    public void Dispose() => Kill();

    private void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Listen()
    {
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_lines)
                if (line.Data is not null && _lines.Count < Enough) _lines.Add(line.Data);
        };
        _process.BeginErrorReadLine();
    }

    private Process Launch() => Process.Start(new ProcessStartInfo(
        _program, ["agent", "-f", _state, "--node", _node.Node.Name, "--netns", _node.Network.Path]) { RedirectStandardError = true, UseShellExecute = false })!;
}
