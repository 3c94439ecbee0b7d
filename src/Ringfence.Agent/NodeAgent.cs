using Ringfence.Agent.Following;
using Ringfence.Dataplane;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Nftables;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Agent;

/// <summary>How a node enforces.</summary>
public sealed record NodeAgentOptions
{
    /// <summary>Choices in the rules.</summary>
    public RuleOptions Rules { get; init; } = new();

    /// <summary>
    /// Whether established flows that a change of policies or labels denies are cut. Those of a pod that is gone are cut in any case: the next pod
    /// with its address has no part in them.
    /// </summary>
    public bool Revoke { get; init; } = true;

    /// <summary>How the kernel's table is held.</summary>
    public NodeTableOptions Table { get; init; } = new();
}

/// <summary>What an update did.</summary>
/// <param name="Table">What changed in the kernel's table.</param>
/// <param name="Flows">Which established flows were cut or let go on; null where none were looked at.</param>
public sealed record NodeUpdate(TableChange Table, Revocation? Flows);

/// <summary>
/// Enforces the policies of one node: compiles what the node needs, commits the difference, cuts flows that are denied now. What is programmed
/// stays in force when this ends, by whatever cause; the next agent goes on from what it finds. One thread at a time.
/// </summary>
public sealed class NodeAgent : IDisposable
{
    private readonly NetworkNamespace _network;
    private NodeAgentOptions _options;
    private readonly NodeTable _table;
    private readonly ConnectionTracker _tracker;
    private readonly FlowRevoker _revoker;
    private readonly NodeMemory _memory = new();

    // Followed only where not every flow is judged anew.
    private AddressOwners? _owners;

    // The addresses whose flows are yet to be judged; null for all flows. An agent that was killed between a commit and its revocations left them to the next one.
    private HashSet<Address>? _unjudged;

    /// <summary>Takes a node's network over; changes nothing yet.</summary>
    /// <param name="network">The node's network namespace; must stay open as long as this is used.</param>
    /// <param name="options">How it enforces.</param>
    /// <exception cref="MachineException">Not root, no nftables in the kernel, or another agent is at work.</exception>
    public NodeAgent(NetworkNamespace network, NodeAgentOptions options)
    {
        (_network, _options) = (network, options);
        _table = NodeTable.Open(network, options.Table);
        _tracker = new ConnectionTracker(network);
        _revoker = new FlowRevoker(_tracker, options.Rules.RevokedMark);
        if (!options.Revoke) _owners = AddressOwners.Of(_table.Read());
    }

    /// <summary>The kernel's table.</summary>
    public NodeTable Table => _table;

    /// <summary>What is programmed, with what its names stand for; null before the first update.</summary>
    public NodeProgram? Program { get; private set; }

    /// <summary>Whether allowed connections are logged too; counts from the next update on.</summary>
    public bool LogAllowed
    {
        get => _options.Rules.LogAllowed;
        set => _options = _options with { Rules = _options.Rules with { LogAllowed = value } };
    }

    /// <summary>Makes the kernel enforce a state of the cluster.</summary>
    /// <exception cref="NetlinkException">The kernel refused; what was enforced stays enforced, and the next update tries again.</exception>
    public NodeUpdate Update(Reachability cluster, NodeScope scope)
    {
        var change = Commit(cluster, scope);
        if (_owners is not null) return new NodeUpdate(change, RevokeOfOthers(cluster, scope, _owners));
        if (_unjudged is { Count: 0 }) return new NodeUpdate(change, null);
        var judge = JudgeOf(cluster, scope);
        var flows = _unjudged is null ? _revoker.Revoke(judge.IsAllowed) : _revoker.Revoke(judge.IsAllowed, _unjudged);
        _unjudged = [];
        return new NodeUpdate(change, flows);
    }

    /// <summary>Makes the kernel enforce a state of the cluster for what begins from now on; flows that are established go on.</summary>
    /// <exception cref="NetlinkException">The kernel refused; what was enforced stays enforced, and the next update tries again.</exception>
    internal TableChange Commit(Reachability cluster, NodeScope scope)
    {
        var program = NodeCompiler.Compile(cluster, scope, _options.Rules, _memory);
        TableChange change;
        try
        {
            change = _table.Apply(program.Rules);
        }
        catch
        {
            // Of a commit in two steps the first may be in force.
            _unjudged = null;
            throw;
        }

        Program = program;
        if (change.Touched is null) _unjudged = null;
        else _unjudged?.UnionWith(change.Touched);
        return change;
    }

    /// <summary>Whether flows are cut that a change denies; otherwise those alone whose addresses are others' now.</summary>
    internal bool Revokes => _options.Revoke;

    /// <summary>Revokes flows apart from commits, on a thread of the caller's.</summary>
    internal FlowRevoker Revoker => _revoker;

    /// <summary>Judges flows by a state of the cluster.</summary>
    /// <param name="cluster">The state; must not change while the judge is used.</param>
    /// <param name="scope">What the node enforces.</param>
    /// <param name="own">The node's own addresses.</param>
    internal static ReachabilityFlowJudge JudgeOf(Reachability cluster, NodeScope scope, IReadOnlySet<Address> own) => new(cluster, scope, own);

    /// <summary>The addresses of the node's own interfaces.</summary>
    internal IReadOnlySet<Address> ReadOwnAddresses() => OwnAddresses.Read(_network);

    /// <summary>Why packets of these pods may not come past the rules: a sentence each, with what to do. Empty where all is well.</summary>
    /// <exception cref="NetlinkException">The kernel does not list its interfaces.</exception>
    public IEnumerable<string> ProblemsOf(NodeScope scope) => BridgeCheck.Problems(_network, scope);

    /// <summary>Looks at the node's interfaces.</summary>
    /// <exception cref="NetlinkException">The kernel does not list them.</exception>
    internal NodeLinks ReadLinks(IReadOnlySet<Address> nodeAddresses) => NodeLinks.Read(_network, nodeAddresses);

    /// <summary>Lets go of the node; what was enforced stays enforced.</summary>
    public void Dispose()
    {
        _tracker.Dispose();
        _table.Dispose();
    }

    /// <summary>Cuts denied flows of addresses that are other pods' now.</summary>
    private Revocation? RevokeOfOthers(Reachability cluster, NodeScope scope, AddressOwners before)
    {
        var owners = AddressOwners.Of(cluster.Snapshot, scope);
        var changed = owners.ChangedSince(before);
        var flows = changed.Count == 0 ? null : _revoker.Revoke(JudgeOf(cluster, scope).IsAllowed, changed);
        _owners = owners;
        return flows;
    }

    private ReachabilityFlowJudge JudgeOf(Reachability cluster, NodeScope scope) => new(cluster, scope, OwnAddresses.Read(_network));
}
