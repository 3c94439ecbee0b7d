using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Flows;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Agent.Following;

/// <summary>
/// Cuts flows that were allowed before and are denied now, behind the commits and beside them: that packets under way have arrived takes many times as long
/// as a commit. What comes meanwhile is looked at in the next pass, by the state of then.
/// </summary>
/// <param name="agent">Whose flows.</param>
/// <param name="gate">Held by whoever changes the state, and here while flows are judged by it.</param>
/// <param name="state">The state; its cluster is null until it is known.</param>
/// <param name="done">Told what a pass did.</param>
/// <param name="failed">Told why a pass failed; it is tried again.</param>
internal sealed class FlowReview(
    NodeAgent agent, Lock gate, Func<(Reachability? Cluster, NodeScope Scope)> state, Action<Revocation> done, Action<Exception> failed) : IDisposable
{
    // So many are judged in one hold of the gate: a commit waits for a millisecond or so.
    private const int Slice = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly object _lock = new();
    private HashSet<Address> _addresses = [];
    private bool _all;
    private bool _isBusy;
    private bool _ended;
    private Thread? _thread;

    /// <summary>Has the flows of some addresses looked at soon.</summary>
    /// <param name="touched">The addresses; null for all flows.</param>
    public void Add(IReadOnlySet<Address>? touched)
    {
        if (touched is { Count: 0 }) return;
        lock (_lock)
        {
            if (touched is null) _all = true;
            else _addresses.UnionWith(touched);
            if (_thread is null && !_ended)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "flows" };
                _thread.Start();
            }

            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until nothing is left to be looked at.</summary>
    /// <param name="most">How long at most.</param>
    /// <returns>Whether nothing is left.</returns>
    public bool Await(TimeSpan most)
    {
        var start = Environment.TickCount64;
        lock (_lock)
        {
            while (_isBusy || _all || _addresses.Count > 0)
            {
                var rest = most - TimeSpan.FromMilliseconds(Environment.TickCount64 - start);
                if (rest <= TimeSpan.Zero || !Monitor.Wait(_lock, rest)) return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }

        _thread?.Join();
    }

    private void Run()
    {
        while (Take() is var (touching, all))
        {
            try
            {
                Review(all ? null : touching);
            }
            catch (Exception problem) when (problem is not OutOfMemoryException)
            {
                failed(problem);
                Return(touching, all);
            }
        }
    }

    private (HashSet<Address> Touching, bool All)? Take()
    {
        lock (_lock)
        {
            _isBusy = false;
            Monitor.PulseAll(_lock);
            while (!_ended && !_all && _addresses.Count == 0) Monitor.Wait(_lock);
            if (_ended) return null;
            var taken = (_addresses, _all);
            (_addresses, _all, _isBusy) = ([], false, true);
            return taken;
        }
    }

    private void Return(HashSet<Address> touching, bool all)
    {
        lock (_lock)
        {
            _addresses.UnionWith(touching);
            _all |= all;
            if (!_ended) Monitor.Wait(_lock, Pause);
        }
    }

    private void Review(IReadOnlySet<Address>? touching)
    {
        var flows = agent.Revoker.Candidates(touching);
        if (flows.IsEmpty) return;
        var own = agent.ReadOwnAddresses();
        var (cut, restored) = (ImmutableArray.CreateBuilder<TrackedFlow>(), ImmutableArray.CreateBuilder<TrackedFlow>());
        for (var start = 0; start < flows.Length; start += Slice)
        {
            lock (gate)
            {
                var (cluster, scope) = state();
                if (cluster is null) return;
                var judge = NodeAgent.JudgeOf(cluster, scope, own);
                var wrong = ImmutableArray.CreateBuilder<TrackedFlow>();
                foreach (ref readonly var flow in flows.AsSpan(start, Math.Min(Slice, flows.Length - start)))
                    if (agent.Revoker.Disagrees(flow, judge.IsAllowed)) wrong.Add(flow);
                if (wrong.Count == 0) continue;

                // Before the next commit, which may allow again what is cut by this state.
                var changed = agent.Revoker.Change(wrong.DrainToImmutable(), flows.Length);
                cut.AddRange(changed.Cut);
                restored.AddRange(changed.Restored);
            }
        }

        if (cut.Count + restored.Count > 0) done(new Revocation(cut.DrainToImmutable(), restored.DrainToImmutable(), flows.Length));
    }
}
