using System.Runtime.InteropServices;
using Ringfence.Engine;
using Ringfence.Engine.Enforcement;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>Which rules are a reason why judged connections are allowed.</summary>
internal sealed class RuleUse
{
    private readonly Reachability _reachability;
    private readonly EnforcedPolicies _policies;
    private readonly HashSet<CoveredRule> _used = [];

    // Of each policy, the rules that are not used yet.
    private readonly Dictionary<(NetworkPolicy, Direction), int> _left = [];
    private readonly HashSet<(int, int, ConnectionSet)> _seen = [];

    public RuleUse(Reachability reachability)
    {
        (_reachability, _policies) = (reachability, EnforcedPolicies.Of(reachability));
        foreach (var rule in All()) CollectionsMarshal.GetValueRefOrAddDefault(_left, (rule.Policy, rule.Direction), out _)++;
        Count = _left.Values.Sum();
    }

    /// <summary>How many rules are in force.</summary>
    public int Count { get; }

    /// <summary>The rules that were no reason.</summary>
    public IEnumerable<CoveredRule> Unused() => All().Where(rule => !_used.Contains(rule));

    /// <summary>Takes connections that are open.</summary>
    public void Add(JudgedEnd source, JudgedEnd target, ConnectionSet open)
    {
        if (open.IsEmpty || !(HasLeft(source, Direction.Egress) || HasLeft(target, Direction.Ingress)) || !_seen.Add((source.Kind, target.Kind, open))) return;
        var points = new HashSet<(Protocol?, int)>(Points(open));
        var first = points.First();
        var verdict = Use(source, target, first);
        foreach (var rule in verdict.Egress.Rules.Concat(verdict.Ingress.Rules)) points.UnionWith(Points(rule.Rule, target, open));
        foreach (var point in points)
            if (point != first) Use(source, target, point);
    }

    private IEnumerable<CoveredRule> All() =>
        from policy in _reachability.Snapshot.Objects.NetworkPolicies.OrderBy(policy => policy.QualifiedName, StringComparer.Ordinal)
        from direction in (Direction[])[Direction.Ingress, Direction.Egress]
        where policy.Affects(direction)
        from index in Enumerable.Range(0, policy.Rules(direction).Length)
        select new CoveredRule(policy, direction, index);

    private bool HasLeft(JudgedEnd end, Direction direction) =>
        !end.Pods.IsEmpty && _policies.RulesOf(end.Pods[0]) is { } rules && rules.Policies.Any(policy => _left.GetValueOrDefault((policy, direction)) > 0);

    private Verdict Use(JudgedEnd source, JudgedEnd target, (Protocol? Protocol, int Port) point)
    {
        var verdict = _reachability.Judge(source.Party, target.Party, point.Protocol, point.Port);
        foreach (var rule in verdict.Egress.Rules.Concat(verdict.Ingress.Rules))
            if (rule.Outcome == Outcome.Allowed && _used.Add(new CoveredRule(rule.Policy, rule.Direction, rule.Index))) _left[(rule.Policy, rule.Direction)]--;
        return verdict;
    }

    // Where a rule's ports begin, rules may begin to differ; anywhere else it is as there.
    private IEnumerable<(Protocol?, int)> Points(PolicyRule rule, JudgedEnd target, ConnectionSet open)
    {
        foreach (var port in rule.Ports)
        {
            if (port.Name is null)
            {
                var range = port.IsEveryPort ? ConnectionSet.Of(port.Protocol) : ConnectionSet.Of(port.Protocol, port.First, port.Last);
                foreach (var point in Points(open.Intersect(range))) yield return point;
            }
            else if (!target.Pods.IsEmpty)
            {
                foreach (var named in _reachability.Snapshot.Pods[target.Pods[0]].Pod.Network.Ports)
                    if (named.Name == port.Name && named.Protocol == port.Protocol && open.Contains(port.Protocol, named.Port)) yield return (named.Protocol, named.Port);
            }
        }
    }

    private static IEnumerable<(Protocol?, int)> Points(ConnectionSet open)
    {
        foreach (var protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
            if (open.Ports(protocol) is [var range, ..]) yield return (protocol, range.First);
        if (open.OtherProtocols) yield return (null, 0);
    }
}
