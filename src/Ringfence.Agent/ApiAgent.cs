using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Ringfence.Agent.Following;
using Ringfence.Agent.Health;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Nftables;
using Ringfence.Engine;
using Ringfence.Kubernetes.Client;
using Ringfence.Model;

namespace Ringfence.Agent;

/// <summary>
/// A node agent that follows the Kubernetes API: what comes to <see cref="Sink"/> is enforced, one transaction after another, by one loop. Until every
/// kind was listed once nothing is changed in the kernel but that a node where nothing was enforced before closes its pod ranges.
/// </summary>
public sealed partial class ApiAgent : IDisposable
{
    // A lone change goes through at once; of a burst, what comes within this time goes together.
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClosedWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestReview = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    private readonly NodeAgent _agent;
    private readonly string _node;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ObjectInbox _inbox;
    private readonly ClusterState _state;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Lock _gate = new();
    private readonly FlowReview _review;
    private readonly Garbage _garbage = new();
    private readonly ImmutableArray<(string Interface, Address Address)> _found;
    private readonly bool _isFresh;
    private readonly long _start;
    private ImmutableSortedDictionary<string, string> _closed = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, (string Why, string Instead)> _unreadable = ImmutableSortedDictionary.Create<string, (string, string)>(StringComparer.Ordinal);
    private ImmutableHashSet<string> _problems = [];
    private TimeSpan _retry = TimeSpan.Zero;
    private NodeScope? _scope;
    private bool _isDirty;
    private bool _isSynced;
    private int _foreign;

    /// <summary>An agent for one node; changes nothing yet.</summary>
    /// <param name="agent">Enforces.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="logger">Told what is done, and what goes wrong.</param>
    /// <param name="time">The clock.</param>
    public ApiAgent(NodeAgent agent, string node, ILogger logger, TimeProvider time)
    {
        (_agent, _node, _logger, _time) = (agent, node, logger, time);
        _start = time.GetTimestamp();
        Health = new AgentHealth(time);
        _inbox = new ObjectInbox(() => _wake.Set());
        var found = agent.Table.Read();
        _isFresh = found.Chains.IsEmpty;
        _found = AddressOwners.Interfaces(found);
        _state = new ClusterState(node, agent.ReadLinks, _found);
        _review = new FlowReview(agent, _gate, () => (_state.Cluster, _state.Scope), TellRevoked, problem => Log.NotRevoked(_logger, problem.Message));
    }

    /// <summary>Where the objects go; any thread may call it.</summary>
    public IObjectSink Sink => _inbox;

    /// <summary>What it needs of an object: the sink need not get more (<see cref="FeedOptions.Reduce"/>). Any thread may call it.</summary>
    public KubernetesObject Reduce(KubernetesObject item) => Meaning.Reduce(item, _node);

    /// <summary>How it is.</summary>
    public AgentHealth Health { get; }

    /// <summary>To be told when somebody else changed the kernel's table (<see cref="NodeTableOptions.OnForeignChange"/>); any thread may call it.</summary>
    public void NoticeForeignChange()
    {
        Interlocked.Exchange(ref _foreign, 1);
        _wake.Set();
    }

    /// <summary>To be told that the API cannot be reached, or is back; any thread may call it.</summary>
    /// <param name="problem">Why it cannot be reached; null where it can.</param>
    public void NoticeApi(string? problem)
    {
        Health.Api(problem is null ? null : $"the API cannot be reached, what is enforced may be old: {problem}");
        if (problem is null) Log.ApiBack(_logger);
        else Log.ApiLost(_logger, problem);
    }

    /// <summary>Enforces what comes until cancelled; what is in force then stays in force.</summary>
    /// <param name="once">End as soon as everything was seen and is in force.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Whether everything that was seen is in force.</returns>
    public bool Run(bool once, CancellationToken cancellation)
    {
        using var ending = cancellation.Register(() => _wake.Set());
        var looked = _time.GetTimestamp();
        var wait = TimeSpan.Zero;
        while (!cancellation.IsCancellationRequested)
        {
            Health.ComeRound();
            var isTold = _wake.WaitOne(wait);
            if (cancellation.IsCancellationRequested) break;
            if (!isTold && _isSynced && _garbage.IsMuch) _garbage.CollectAll();
            var start = _time.GetTimestamp();
            try
            {
                if (_time.GetElapsedTime(looked) > Look)
                {
                    looked = start;
                    lock (_gate) LookAround();
                }
                else if (!isTold && !_state.Closed.IsEmpty)
                {
                    // What keeps a pod closed may be mended by an interface that comes or goes, of which nobody tells.
                    lock (_gate) _isDirty |= _state.LookAtClaims();
                }

                if (isTold || _isDirty)
                    lock (_gate) TakeAndEnforce(start);
                if (once && _isSynced && !_isDirty) return _review.Await(LongestReview);
                wait = Shortest(NextLook(), Look - _time.GetElapsedTime(looked));
            }
            catch (Exception problem) when (problem is not OutOfMemoryException)
            {
                _isDirty = true;
                _review.Add(null);
                wait = _retry = NextRetry();
                Health.Commit(problem.Message);
                if (problem is NetlinkException) Log.Refused(_logger, _retry.TotalSeconds, problem.Message);
                else Log.Failed(_logger, _retry.TotalSeconds, problem);
                if (once && _isSynced) return false;
            }

            if (_isSynced) _garbage.CollectYoung();

            // The next change waits until this window is over, and meets there what comes meanwhile.
            var rest = Window - _time.GetElapsedTime(start);
            if (isTold && rest > TimeSpan.Zero) cancellation.WaitHandle.WaitOne(rest);
        }

        Log.Ending(_logger);
        return _isSynced && !_isDirty;
    }

    /// <summary>Ends it, when its loop has ended and nothing is told to it any more; what is enforced stays enforced.</summary>
    public void Dispose()
    {
        _review.Dispose();
        _wake.Dispose();
    }

    private void TakeAndEnforce(long start)
    {
        if (Interlocked.Exchange(ref _foreign, 0) != 0) Repair();
        var news = _inbox.Take();
        var objects = news.Values.Sum(kind => kind.Changes.Count + (kind.All?.Count ?? 0));
        if (news.Count > 0) _isDirty |= _state.Take(news);
        TellState();
        if (!_isDirty) return;
        if (_state.Cluster is not { } cluster)
        {
            Guard();
            return;
        }

        if (_agent.LogAllowed != _state.LogAllowed)
        {
            _agent.LogAllowed = _state.LogAllowed;
            Log.LogAllowed(_logger, _state.LogAllowed);
        }

        var change = _agent.Commit(cluster, _state.Scope);
        var owners = _state.TakeNewOwners();
        (_isDirty, _retry) = (false, TimeSpan.Zero);
        Health.Commit(null);
        if (!_isSynced)
        {
            // An agent that was killed between a commit and its revocations left them to this one.
            _review.Add(_agent.Revokes ? null : _state.NewOwnersSince(_found));
            _isSynced = true;
            Log.Synced(_logger, (long)_time.GetElapsedTime(_start).TotalMilliseconds, _state.Pods, _state.Policies, _state.Scope.Pods.Length);
            if (_state.Node is null) Log.NoNode(_logger, _node);

            // Lists of everything are garbage now, more than there will ever be again at once: the machine gets that memory back.
            _garbage.CollectAll();
        }
        else
        {
            _review.Add(_agent.Revokes ? change.Touched : owners);
        }

        if (!change.Drift.IsEmpty) TellRepair(change.Drift);
        if (!change.IsEmpty)
            Log.Committed(
                _logger, _time.GetElapsedTime(start).TotalMilliseconds, change.Time.TotalMilliseconds, objects, change.ToString(),
                _agent.Program!.Rulesets.Count, _agent.Program.Rules.Sets.Count);
        if (!ReferenceEquals(_scope, _state.Scope)) TellProblems();
    }

    /// <summary>Closes the node's pod ranges where nothing was enforced before.</summary>
    private void Guard()
    {
        _isDirty = false;
        if (!_isFresh || _state.Scope.PodRanges.IsEmpty) return;
        var change = _agent.Commit(Reachability.Compile(Snapshot.Create(ClusterObjects.Empty)), _state.Scope);
        if (!change.IsEmpty) Log.Guarded(_logger, string.Join(", ", _state.Scope.PodRanges));
    }

    /// <summary>Looks at what nobody tells of: interfaces, and the kernel's table.</summary>
    private void LookAround()
    {
        if (_state.Cluster is null) return;
        _isDirty |= _state.LookAtClaims();
        TellProblems();
        Repair();
    }

    private void Repair()
    {
        if (_agent.Table.Programmed is null) return;
        var drift = _agent.Table.Repair();
        if (!drift.IsEmpty) TellRepair(drift);
    }

    private void TellRevoked(Revocation flows)
    {
        if (flows.Cut.Length + flows.Restored.Length > 0) Log.Revoked(_logger, flows.Cut.Length, flows.Restored.Length);
    }

    private void TellRepair(TableDrift drift) => Log.Repaired(_logger, drift.By?.ToString() ?? "an unknown process", Few(drift.Differences));

    private void TellState()
    {
        var awaited = _state.Awaited;
        Health.Await(awaited.IsEmpty ? null : $"the API has not told yet of every {string.Join(", ", awaited)}");
        var unreadable = _state.Unreadable.ToImmutableSortedDictionary(item => item.Object, item => (item.Why, item.Instead), StringComparer.Ordinal);
        var closed = _state.Closed;
        if (ReferenceEquals(closed, _closed) && unreadable.IsEmpty && _unreadable.IsEmpty) return;
        foreach (var (pod, reason) in closed)
            if (_closed.GetValueOrDefault(pod) != reason) Log.Closed(_logger, pod, reason);
        foreach (var pod in _closed.Keys.Where(pod => !closed.ContainsKey(pod))) Log.ClosedNoMore(_logger, pod);
        foreach (var (item, (why, instead)) in unreadable)
            if (_unreadable.GetValueOrDefault(item) != (why, instead)) Log.Unreadable(_logger, item, instead, why);
        foreach (var item in _unreadable.Keys.Where(item => !unreadable.ContainsKey(item))) Log.ReadableAgain(_logger, item);
        (_closed, _unreadable) = (closed, unreadable);
        Health.Tell(
            [.. unreadable.Select(item => $"{item.Key} cannot be read, {item.Value.Instead}: {item.Value.Why}")],
            [.. closed.Select(item => $"{item.Key} stays closed: {item.Value}")]);
    }

    // What is not mended yet is not told at every look.
    private void TellProblems()
    {
        _scope = _state.Scope;
        var problems = _agent.ProblemsOf(_scope).ToImmutableHashSet(StringComparer.Ordinal);
        foreach (var problem in problems.Except(_problems).Order(StringComparer.Ordinal)) Log.Problem(_logger, problem);
        _problems = problems;
    }

    private static string Few(ImmutableArray<string> sentences)
    {
        const int Most = 5;
        return string.Join("; ", sentences.Take(Most)) + (sentences.Length > Most ? $"; and {sentences.Length - Most} more" : "");
    }

    private TimeSpan NextLook() => _isSynced && _garbage.IsMuch ? Quiet : _state.Closed.IsEmpty ? LongestWait : ClosedWait;

    private TimeSpan NextRetry() => _retry == TimeSpan.Zero ? TimeSpan.FromMilliseconds(100) : Shortest(_retry * 2, TimeSpan.FromSeconds(10));

    private static TimeSpan Shortest(TimeSpan left, TimeSpan right) => left < right ? (left < TimeSpan.Zero ? TimeSpan.Zero : left) : right < TimeSpan.Zero ? TimeSpan.Zero : right;
}
