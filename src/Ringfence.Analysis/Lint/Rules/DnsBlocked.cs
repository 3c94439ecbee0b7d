using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>Pods that may call something, but not the cluster's name servers.</summary>
internal sealed class DnsBlocked : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF002",
        Slug = "dns-blocked",
        Severity = Severity.Warning,
        SecuritySeverity = 2.0,
        Title = "Egress is restricted and DNS is not admitted",
        Explanation =
            """
            A pod that is isolated for egress reaches only what some rule admits, and the cluster's name servers are no exception: without a rule for them, on UDP **and** TCP 53,
            its other rules are of no use, because it cannot find the addresses of what it may call. Policies see the name servers' pods, not their Service: a rule must match the
            pods' labels, their namespace's labels (`kubernetes.io/metadata.name: kube-system`; a label `name` is not there by itself) and the port they listen on (5353 on
            OpenShift). Where a NodeLocal DNSCache answers, pods ask an address of their node, 169.254.20.10, which no selector matches: that takes an `ipBlock`, except with
            plugins that always let traffic to the own node pass.

            The rule judges by the name servers in the input. Where it has none, it speaks up only where no rule admits the port at all. Pods whose policies admit **no** egress
            whatsoever are left alone: a sandbox that may call nothing needs no names, and DNS is itself a way out. So are pods whose `dnsPolicy` is `None` or `Default`: they do
            not ask the cluster's name servers. Where the pods may only call single addresses, it is a note.
            """,
        Mend = "Add a rule for the name servers' pods, on UDP and TCP; best in a policy of its own for every pod of the namespace.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: coredns, namespace: kube-system, labels: {k8s-app: kube-dns}}
            spec: {containers: [{name: coredns, image: coredns, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53}]}]}
            ---
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
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              policyTypes: [Egress]
              egress:
              - to: [{podSelector: {matchLabels: {app: vector-db}}}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              policyTypes: [Egress]
              egress:
              - to: [{podSelector: {matchLabels: {app: vector-db}}}]
              - to:
                - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
                  podSelector: {matchLabels: {k8s-app: kube-dns}}
                ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings) => new DnsSearch(context, findings, Card).Run();
}
