using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Differences;

/// <summary>Why a connection is not what it was.</summary>
/// <param name="Causes">What differs between the states and made the difference.</param>
/// <param name="Decision">The policies and the rule that decide it now; in the old state where the new one lacks an end.</param>
public sealed record ChangeReason(ImmutableArray<Cause> Causes, Decision Decision);

/// <summary>
/// Finds reasons: a flow that opened or closed is judged in both states, and what decided it differently is looked for first among the policies
/// that differ, then among labels, namespaces, ports and addresses.
/// </summary>
internal sealed class ChangeReasons
{
    // Flows of one connection that are judged; their reasons are mostly the same.
    private const int MostFlows = 8;

    private readonly ClusterView _old;
    private readonly ClusterView _new;
    private readonly Dictionary<NetworkPolicy, PolicyChange> _changes = new(ReferenceEqualityComparer.Instance);
    private readonly Circumstances _circumstances;

    public ChangeReasons(ClusterView old, ClusterView @new, IEnumerable<PolicyChange> policies)
    {
        (_old, _new) = (old, @new);
        _circumstances = new Circumstances(old.Reachability.Snapshot, @new.Reachability.Snapshot);
        foreach (var change in policies)
        {
            if (change.Old is { } before) _changes[before] = change;
            if (change.New is { } after) _changes[after] = change;
        }
    }

    public ChangeReason Of(ConnectionChange change)
    {
        var flows = Flows(change).Take(MostFlows).ToList();
        if (change.Alone is { } alone)
        {
            var isNew = alone.Old is null;
            var (protocol, port) = flows[0];
            var ends = new[] { change.Source, change.Destination }.Where(end => !end.IsInBoth).Select(end => Lone(end, isNew)).Distinct();
            return new ChangeReason([.. ends], Decision.Of(isNew ? Judge(_new, change.Source.New!, change.Destination.New!, protocol, port) : Judge(_old, change.Source.Old!, change.Destination.Old!, protocol, port)));
        }

        var causes = new List<Cause>();
        Decision? decision = null;
        foreach (var (protocol, port) in flows)
        {
            var before = Judge(_old, change.Source.Old!, change.Destination.Old!, protocol, port);
            var after = Judge(_new, change.Source.New!, change.Destination.New!, protocol, port);
            causes.AddRange(Causes(before.Egress, after.Egress, change.Source, change.Destination));
            causes.AddRange(Causes(before.Ingress, after.Ingress, change.Destination, change.Source));
            decision ??= Decision.Of(after);
        }

        return new ChangeReason([.. causes.Distinct()], decision!);
    }

    private List<Cause> Causes(Side before, Side after, Counterpart subject, Counterpart other)
    {
        if (before.Outcome == after.Outcome) return [];
        var opened = before.Outcome == Outcome.Denied || after.Outcome == Outcome.Allowed;
        var (closed, open) = opened ? (before, after) : (after, before);

        // What is open is so by a rule, or because nothing isolates the subject any more, or yet.
        var rules = open.Rules.Where(rule => rule.Outcome == open.Outcome);
        List<Cause> found = open.Isolated
            ? [.. rules.Where(rule => IsChanged(rule.Policy, out _)).Select(Rule)]
            : [.. closed.Policies.Where(policy => IsChanged(policy, out _)).Select(Policy)];
        if (found.Count == 0 || (!open.Isolated && found.Count < closed.Policies.Length)) found.AddRange(_circumstances.Of(subject, other));
        return found;
    }

    private bool IsChanged(NetworkPolicy policy, out PolicyChange? change) => _changes.TryGetValue(policy, out change);

    private Cause Policy(NetworkPolicy policy)
    {
        var change = _changes[policy];
        return new Cause(CauseKind.Policy, change.Change, change.Name, change.Location);
    }

    // A rule of a policy that changed stands where it is now, if it is the new one; else the policy shows where it was.
    private Cause Rule(RuleTrace rule)
    {
        var change = _changes[rule.Policy];
        var isThere = change.Change == ObjectChange.Removed || ReferenceEquals(rule.Policy, change.New);
        return new Cause(CauseKind.Policy, change.Change, change.Name, isThere ? rule.Rule.Location : change.Location)
        {
            Rule = isThere ? rule.Path : null,
            Detail = isThere ? null : $"it had a rule for this, {rule.Path}",
        };
    }

    private Cause Lone(Counterpart end, bool isNew)
    {
        var snapshot = (isNew ? _new : _old).Reachability.Snapshot;
        return new Cause(CauseKind.Workload, isNew ? ObjectChange.Added : ObjectChange.Removed, end.Name, snapshot.Pods[end.Entry.Pods[0]].Pod.Location);
    }

    private static Verdict Judge(ClusterView view, ViewEntry source, ViewEntry destination, Protocol? protocol, int port) =>
        view.Reachability.Judge(source.Representative, destination.Representative, protocol, port);

    /// <summary>Flows that opened or closed, or where neither is certain those that may have: both ends of every range of ports.</summary>
    private static IEnumerable<(Protocol? Protocol, int Port)> Flows(ConnectionChange change)
    {
        var flows = change.Opened.Union(change.Closed);
        if (flows.IsEmpty) flows = Difference(change.Before.Possible, change.After.Possible).Union(Difference(change.Before.Certain, change.After.Certain));
        foreach (var protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
            foreach (var range in flows.Ports(protocol))
            {
                yield return (protocol, range.First);
                if (range.Last != range.First && range != PortRange.All) yield return (protocol, range.Last);
            }

        if (flows.OtherProtocols) yield return (null, 0);
    }

    private static ConnectionSet Difference(ConnectionSet a, ConnectionSet b) => a.Except(b).Union(b.Except(a));
}
