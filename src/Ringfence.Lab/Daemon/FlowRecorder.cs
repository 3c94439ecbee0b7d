using System.Collections.Immutable;
using System.Threading.Channels;
using Ringfence.Dataplane;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;

namespace Ringfence.Lab.Daemon;

/// <summary>Reads what the nodes log, remembers the last flows, and tells them to whoever listens.</summary>
internal sealed class FlowRecorder : IAsyncDisposable
{
    private const int Remembered = 2000;

    // A client that gets no answer tries again after one, three and seven seconds.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Action<string> _report;
    private readonly Lock _lock = new();
    private readonly Queue<FlowRecord> _last = [];
    private readonly List<Channel<FlowRecord>> _listeners = [];
    private readonly List<FlowLog> _logs = [];
    private readonly List<Task> _reading = [];
    private LabException? _failure;

    /// <summary>A recorder that reads nothing yet.</summary>
    /// <param name="report">Told when a node can no longer be read, with everything that is known about it.</param>
    internal FlowRecorder(Action<string> report) => _report = report;

    /// <summary>Begins to read.</summary>
    /// <param name="cluster">The lab.</param>
    /// <param name="report">Told when a node can no longer be read, with everything that is known about it.</param>
    /// <exception cref="MachineException">The kernel has no packet log.</exception>
    public static FlowRecorder Start(LabCluster cluster, Action<string> report)
    {
        var recorder = new FlowRecorder(report);
        foreach (var node in cluster.Nodes.Where(_ => cluster.Options.Enforce))
        {
            var log = FlowLog.Open(node.Network, new FlowLogOptions { Groups = [NodeRules.DeniedGroup, NodeRules.AllowedGroup] });
            recorder._logs.Add(log);
            recorder.Read(node.Node.Name, Narrate(cluster, node, log));
        }

        return recorder;
    }

    /// <summary>Begins to read the flows of one more node.</summary>
    internal void Read(string node, IAsyncEnumerable<FlowRecord> flows) => _reading.Add(ReadAsync(node, flows));

    /// <summary>The flows that are remembered, oldest first, and then, for who follows, those to come.</summary>
    /// <exception cref="LabException">A node can no longer be read; what was read before has been told.</exception>
    public async IAsyncEnumerable<FlowRecord> TellAsync(bool follow, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        // Who reads too slowly misses the oldest.
        var listener = Channel.CreateBounded<FlowRecord>(new BoundedChannelOptions(Remembered) { FullMode = BoundedChannelFullMode.DropOldest });
        ImmutableArray<FlowRecord> last;
        lock (_lock)
        {
            last = [.. _last];
            if (follow) _listeners.Add(listener);
            if (_failure is not null) listener.Writer.TryComplete(_failure);
        }

        try
        {
            foreach (var flow in last) yield return flow;
            if (!follow && _failure is null) yield break;
            await foreach (var flow in listener.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return flow;
        }
        finally
        {
            lock (_lock) _listeners.Remove(listener);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var log in _logs) log.Dispose();
        await Task.WhenAll(_reading).ConfigureAwait(false);
        lock (_lock)
            foreach (var listener in _listeners) listener.Writer.TryComplete();
    }

    private async Task ReadAsync(string node, IAsyncEnumerable<FlowRecord> flows)
    {
        try
        {
            await foreach (var flow in flows.ConfigureAwait(false)) Add(flow);
        }
        catch (Exception problem)
        {
            // Silence would look as if nothing was denied.
            _report($"the flows of {node} are no longer read: {problem}");
            lock (_lock)
            {
                _failure ??= new LabException($"the flows of {node} are no longer read: {problem.Message}", "Policies are enforced as before. To see flows again, take the lab down and up.");
                foreach (var listener in _listeners) listener.Writer.TryComplete(_failure);
            }
        }
    }

    private static async IAsyncEnumerable<FlowRecord> Narrate(LabCluster cluster, LabNode node, FlowLog log)
    {
        (Reachability? Cluster, NodeProgram? Program) known = default;
        var rulesets = new RulesetMemory();
        FlowNarrator? narrator = null;
        await foreach (var packet in log.ReadAsync().FoldAsync(Window, TimeProvider.System).ConfigureAwait(false))
        {
            (Reachability Cluster, NodeProgram? Program) now = (cluster.Reachability, cluster.ProgramOf(node));
            if (narrator is null || now != known)
            {
                if (now.Program is { } program) rulesets.Learn(program.Rulesets);
                (narrator, known) = (new FlowNarrator(node.Node.Name, now.Cluster, rulesets.Known), now);
            }

            yield return narrator.Tell(packet);
        }
    }

    private void Add(FlowRecord flow)
    {
        lock (_lock)
        {
            _last.Enqueue(flow);
            if (_last.Count > Remembered) _last.Dequeue();
            foreach (var listener in _listeners) listener.Writer.TryWrite(flow);
        }
    }
}
