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

    private readonly LabCluster _cluster;
    private readonly Lock _lock = new();
    private readonly Queue<FlowRecord> _last = [];
    private readonly List<Channel<FlowRecord>> _listeners = [];
    private readonly List<FlowLog> _logs = [];
    private readonly List<Task> _reading = [];

    private FlowRecorder(LabCluster cluster) => _cluster = cluster;

    /// <summary>Begins to read.</summary>
    /// <exception cref="MachineException">The kernel has no packet log.</exception>
    public static FlowRecorder Start(LabCluster cluster)
    {
        var recorder = new FlowRecorder(cluster);
        foreach (var node in cluster.Nodes.Where(node => node.Agent is not null))
        {
            var log = FlowLog.Open(node.Network, new FlowLogOptions { Groups = [NodeRules.DeniedGroup, NodeRules.AllowedGroup] });
            recorder._logs.Add(log);
            recorder._reading.Add(recorder.ReadAsync(node, log));
        }

        return recorder;
    }

    /// <summary>The flows that are remembered, oldest first, and then, for who follows, those to come.</summary>
    public async IAsyncEnumerable<FlowRecord> TellAsync(bool follow, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        // Who reads too slowly misses the oldest.
        var listener = Channel.CreateBounded<FlowRecord>(new BoundedChannelOptions(Remembered) { FullMode = BoundedChannelFullMode.DropOldest });
        ImmutableArray<FlowRecord> last;
        lock (_lock)
        {
            last = [.. _last];
            if (follow) _listeners.Add(listener);
        }

        try
        {
            foreach (var flow in last) yield return flow;
            if (!follow) yield break;
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

    private async Task ReadAsync(LabNode node, FlowLog log)
    {
        (Reachability? Cluster, NodeProgram? Program) known = default;
        var rulesets = ImmutableSortedDictionary.Create<string, RulesetInfo>(StringComparer.Ordinal);
        FlowNarrator? narrator = null;
        await foreach (var packet in log.ReadAsync().FoldAsync(Window, TimeProvider.System).ConfigureAwait(false))
        {
            var now = (_cluster.Reachability, node.Agent!.Program);
            if (narrator is null || now != known)
            {
                // A packet may have been judged by a ruleset that is no more.
                if (now.Program is { } program) rulesets = rulesets.SetItems(program.Rulesets);
                (narrator, known) = (new FlowNarrator(node.Node.Name, now.Reachability, rulesets), now);
            }

            Add(narrator.Tell(packet));
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
