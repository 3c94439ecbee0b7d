using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Policies and peers for pods on their node's network, which policies do not concern.</summary>
internal sealed class HostNetworkPods : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF018",
        Slug = "host-network",
        Severity = Severity.Warning,
        SecuritySeverity = 6.0,
        Title = "Selectors that mean pods on the host's network",
        Explanation =
            """
            A pod with `hostNetwork: true` has its node's addresses, and Kubernetes leaves open what policies mean for it. Nearly every network plugin treats its traffic as the
            node's: no policy that selects it isolates it, and no selector in `from` or `to` matches it; only an `ipBlock` with the nodes' addresses does, and a pod always
            exchanges traffic with its own node. A policy for such pods protects nothing, and a peer that means them admits nothing. Where a policy selects other pods too, or every
            pod of the namespace, it is a note.
            """,
        Mend = "Give the pods a network of their own, or guard their nodes by other means; as peers, name the nodes' addresses with an `ipBlock`.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: gpu-exporter, namespace: monitoring, labels: {app: gpu-exporter}}
            spec: {hostNetwork: true, containers: [{name: exporter, image: gpu-exporter, ports: [{containerPort: 9400}]}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: prometheus, namespace: monitoring, labels: {app: prometheus}}
            spec: {containers: [{name: prometheus, image: prometheus, ports: [{containerPort: 9090}]}]}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: gpu-exporter, namespace: monitoring}
            spec:
              podSelector: {matchLabels: {app: gpu-exporter}}
              policyTypes: [Ingress]
              ingress:
              - from: [{podSelector: {matchLabels: {app: prometheus}}}]
                ports: [{port: 9400}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: prometheus, namespace: monitoring}
            spec:
              podSelector: {matchLabels: {app: prometheus}}
              policyTypes: [Egress]
              egress:
              - to: [{ipBlock: {cidr: 192.168.7.0/24}}]
                ports: [{port: 9400}]
              - to:
                - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
                  podSelector: {matchLabels: {k8s-app: kube-dns}}
                ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        // One pod stands for all with the same labels: a DaemonSet has one on every node.
        var pods = Enumerable.Range(0, context.Snapshot.Pods.Length).Where(pod => context.Snapshot.Pods[pod].Pod.Network.HostNetwork)
            .DistinctBy(pod => (context.Snapshot.Pods[pod].Pod.Namespace, context.View.EntryOf(pod), context.Snapshot.Pods[pod].Pod.Labels))
            .ToLookup(pod => context.Snapshot.Pods[pod].Pod.Namespace, StringComparer.Ordinal);
        foreach (var policy in context.Groups.Policies)
        {
            if (context.MissingWorkloadsOf(policy.Policy.Namespace) is { } missing)
            {
                findings.Unknown(policy.Policy, missing);
                continue;
            }

            if (pods.Count == 0) continue;
            JudgeSelected(context, findings, policy, [.. Match(context, pods[policy.Policy.Namespace], policy.Policy.PodSelector)]);
            foreach (var direction in (ReadOnlySpan<Direction>)[Direction.Ingress, Direction.Egress])
                foreach (var rule in policy.Rules(direction))
                    for (var i = 0; i < rule.Peers.Length; i++) JudgePeer(context, findings, policy, rule, i, pods);
        }
    }

    private void JudgeSelected(LintContext context, Findings findings, GroupedPolicy policy, List<int> pods)
    {
        if (pods.Count == 0) return;
        var isAlone = policy.Selected.IsEmpty;
        var names = context.NamesOf(pods);
        findings.Add(new Finding(Card, policy.Policy, policy.Policy.Location,
            isAlone
                ? $"every pod that it selects ({names}) is on its node's network, where policies have no effect: it isolates nothing"
                : $"some of the pods that it selects ({names}) are on their nodes' network, where policies have no effect: it does not isolate those")
        {
            Severity = isAlone ? Severity.Warning : Severity.Note,
            Field = "spec.podSelector",
        });
    }

    private void JudgePeer(LintContext context, Findings findings, GroupedPolicy policy, GroupedRule rule, int at, ILookup<string, int> pods)
    {
        var peer = rule.Peers[at];
        if (peer.Block is not null || !peer.Groups.IsEmpty || policy.Selected.IsEmpty) return;
        var namespaces = peer.Peer.NamespaceSelector is { } selector
            ? pods.Where(each => context.Snapshot.FindNamespace(each.Key) is { } found && selector.Matches(found.Labels)).SelectMany(each => each)
            : pods[policy.Policy.Namespace];
        var matched = Match(context, namespaces, peer.Peer.PodSelector ?? LabelSelector.Everything).ToList();
        if (matched.Count == 0) return;
        var (hosts, own) = (context.NamesOf(matched), context.NamesOf(policy.Selected));
        var (source, destination) = rule.Direction == Direction.Ingress ? (hosts, own) : (own, hosts);
        findings.Add(new Finding(Card, policy.Policy, peer.Peer.Location,
            $"it means {peer.Describe(policy.Policy.Namespace)}, and all of them ({hosts}) are on their nodes' network, where no selector matches: it admits nobody")
        {
            Field = rule.PathOf(at),
            Effects = [$"by this rule {source} cannot open connections to {destination}, except on the same node"],
            Mend = "name the nodes' addresses with an ipBlock",
        });
    }

    private static IEnumerable<int> Match(LintContext context, IEnumerable<int> pods, LabelSelector selector) =>
        pods.Where(pod => selector.Matches(context.Snapshot.Pods[pod].Pod.Labels));
}
