using System.Diagnostics;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>A node agent as a process of its own, so that it can be killed.</summary>
internal sealed class AgentProcess : IDisposable
{
    private const int Enough = 10_000;

    private readonly LabNode _node;
    private readonly string _state;
    private readonly List<string> _lines = [];
    private Process _process;

    private AgentProcess(LabNode node, string state) => (_node, _state, _process) = (node, state, Launch(node, state));

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

    public static AgentProcess Start(LabNode node, string state)
    {
        var agent = new AgentProcess(node, state);
        agent.Listen();
        return agent;
    }

    /// <summary>Ends it at once, as a crash would, and starts the next one.</summary>
    public void Restart()
    {
        Kill();
        Kills++;
        _process = Launch(_node, _state);
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

    private static Process Launch(LabNode node, string state) => Process.Start(new ProcessStartInfo(
        RepositoryRoot.Of("ringfence"), ["agent", "-f", state, "--node", node.Node.Name, "--netns", node.Network.Path]) { RedirectStandardError = true, UseShellExecute = false })!;
}
