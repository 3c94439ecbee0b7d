using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Policies, rules and peers that change nothing, whatever pods come.</summary>
internal sealed class Redundant : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF013",
        Slug = "redundant",
        Severity = Severity.Note,
        SecuritySeverity = 1.0,
        Title = "A policy, rule or peer that changes nothing",
        Explanation =
            """
            Policies add up. Where others select the same pods, isolate them for the same directions and admit the same, a policy, a rule or a peer can go without any change, now and for
            pods to come. What nobody needs is read, reviewed and kept in step for nothing. A default deny for every pod is not reported beside policies that allow something: it is there
            for the day when those go. Of very many policies of the same pods, each is compared with a hundred others.
            """,
        Mend = "Take it away, or make it say what the others do not.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: vector-db, namespace: ai-platform, labels: {app: vector-db}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
                ports: [{port: 6333}]
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: vector-db, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: vector-db}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: rag-api}}}]
                ports: [{port: 6333}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        // Of two that make each other needless one is told, and the other one stays.
        var told = new HashSet<NetworkPolicy>(ReferenceEqualityComparer.Instance);
        foreach (var policy in context.Groups.Policies.Reverse())
        {
            if (context.MissingWorkloadsOf(policy.Policy.Namespace) is { } missing)
            {
                findings.Unknown(policy.Policy, missing);
                continue;
            }

            if (policy.Selected.IsEmpty) continue;
            var sides = ((Direction[])[Direction.Ingress, Direction.Egress]).Where(policy.Policy.Affects).Select(direction => new Side(context, policy, direction, told)).ToList();
            if (sides.TrueForAll(side => side is { HasBroader: false, IsNeedless: true }))
            {
                told.Add(policy.Policy);
                findings.Add(OfPolicy(policy, sides));
                continue;
            }

            foreach (var side in sides)
                if (!side.HasBroader) CheckRules(findings, policy, side);
        }
    }

    private Finding OfPolicy(GroupedPolicy policy, List<Side> sides)
    {
        var by = sides.SelectMany(side => side.Coverers()).Distinct().Order(StringComparer.Ordinal).ToList();
        var (one, rules) = (by.Count == 1, sides.Exists(side => !policy.Rules(side.Direction).IsEmpty));
        return new Finding(Card, policy.Policy, policy.Policy.Location,
            $"it changes nothing: {ChangeText.Some(by)} {(one ? "selects" : "select")} its pods too{(rules ? "," : " and")} {(one ? "isolates" : "isolate")} them for the same {(sides.Count == 1 ? "direction" : "directions")}"
            + (!rules ? "" : one ? " and admits all that it does" : " and admit all that it does"));
    }

    private void CheckRules(Findings findings, GroupedPolicy policy, Side side)
    {
        var needless = new HashSet<GroupedRule>();
        foreach (var rule in policy.Rules(side.Direction).Reverse())
        {
            var others = policy.Rules(side.Direction).Where(other => other != rule && !needless.Contains(other)).Concat(side.OthersRules).ToList();
            var peers = Overlap.PeersOf(rule).Where(at => !MeansNobody(rule, at)).ToList();
            var covered = peers.FindAll(at => Overlap.IsCovered(rule, at, others, side.Own));
            if (peers.Count > 0 && covered.Count == peers.Count)
            {
                needless.Add(rule);
                var by = peers.Select(at => side.Name(others.First(other => Overlap.IsCovered(rule, at, [other], side.Own)))).Distinct().ToList();
                findings.Add(new Finding(Card, policy.Policy, rule.Rule.Location, $"this rule changes nothing: {ChangeText.Some(by)} {(by.Count == 1 ? "admits" : "admit")} all that it does") { Field = rule.Path });
                continue;
            }

            for (var i = 0; i < rule.Peers.Length; i++)
                if (!MeansNobody(rule, i) && CovererOf(rule, i, others, side.Own) is { } by)
                    findings.Add(new Finding(Card, policy.Policy, rule.Peers[i].Peer.Location, $"this peer changes nothing: {by(side)} admits all that it does") { Field = rule.PathOf(i) });
        }
    }

    /// <summary>What makes a peer needless: another rule, or another peer of its rule, of two that mean the same the first. Null where nothing does.</summary>
    private static Func<Side, string>? CovererOf(GroupedRule rule, int at, List<GroupedRule> others, SnapshotNamespace own)
    {
        if (others.Find(other => Overlap.IsCovered(rule, at, [other], own)) is { } found) return side => side.Name(found);
        for (var j = 0; j < rule.Peers.Length; j++)
        {
            if (j == at || !Implied.By(rule.Peers[j].Peer, rule.Peers[at].Peer, own)) continue;
            if (j > at && Implied.By(rule.Peers[at].Peer, rule.Peers[j].Peer, own)) continue;
            var path = rule.PathOf(j);
            return _ => path;
        }

        return null;
    }

    // What matches nothing is another rule's business.
    private static bool MeansNobody(GroupedRule rule, int at) => at >= 0 && rule.Peers[at] is { Block: null, Groups.IsEmpty: true };

    /// <summary>A direction of a policy, and what other policies admit there, whatever pods come.</summary>
    private sealed class Side
    {
        private readonly GroupedPolicy _policy;
        private readonly List<GroupedPolicy> _others;

        public Side(LintContext context, GroupedPolicy policy, Direction direction, HashSet<NetworkPolicy> told)
        {
            (_policy, Direction) = (policy, direction);
            Own = context.Snapshot.FindNamespace(policy.Policy.Namespace)!;
            HasBroader = Overlap.BroaderThan(context, policy, direction) is not null;
            _others = [.. Overlap.Others(policy, direction).Where(other => !told.Contains(other.Policy) && Implied.By(other.Policy.PodSelector, policy.Policy.PodSelector))];
        }

        public Direction Direction { get; }

        public SnapshotNamespace Own { get; }

        /// <summary>Whether it is a restriction that another policy undoes: another rule's business.</summary>
        public bool HasBroader { get; }

        public IEnumerable<GroupedRule> OthersRules => _others.SelectMany(other => other.Rules(Direction));

        public bool IsNeedless => IsDefaultDeny
            ? _others.Exists(other => other.Policy.PodSelector.IsEverything && other.Rules(Direction).IsEmpty)
            : _others.Count > 0 && Entries.All(entry => Overlap.IsCovered(entry.Rule, entry.Peer, OthersRules, Own));

        private bool IsDefaultDeny => _policy.Policy.PodSelector.IsEverything && _policy.Rules(Direction).IsEmpty;

        private IEnumerable<(GroupedRule Rule, int Peer)> Entries => _policy.Rules(Direction).SelectMany(rule => Overlap.PeersOf(rule).Select(peer => (rule, peer)));

        /// <summary>The policies without which it would not be needless.</summary>
        public IEnumerable<string> Coverers()
        {
            var all = _others.Find(other => (!IsDefaultDeny || (other.Policy.PodSelector.IsEverything && other.Rules(Direction).IsEmpty))
                && Entries.All(entry => Overlap.IsCovered(entry.Rule, entry.Peer, other.Rules(Direction), Own)));
            return all is not null
                ? [all.ToString()]
                : Entries.Select(entry => _others.First(other => Overlap.IsCovered(entry.Rule, entry.Peer, other.Rules(Direction), Own)).ToString());
        }

        /// <summary>A rule's path, after its policy where that is another one.</summary>
        public string Name(GroupedRule rule) => _policy.Rules(Direction).Contains(rule) ? rule.Path : $"{_others.First(other => other.Rules(Direction).Contains(rule))} {rule.Path}";
    }
}
