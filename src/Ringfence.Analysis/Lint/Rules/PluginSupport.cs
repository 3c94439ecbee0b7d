using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>What the network plugin of the cluster does not enforce.</summary>
internal sealed class PluginSupport : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF019",
        Slug = "plugin-support",
        Severity = Severity.Warning,
        SecuritySeverity = 9.0,
        Title = "Something that the network plugin does not enforce",
        Explanation =
            """
            The API server accepts every valid policy; the network plugin enforces it, or does not. Where the only plugin in the input does not enforce policies at all (flannel by
            itself, kindnet before kind 0.24, the Amazon VPC CNI without its network policy agent), that is an error: nothing is isolated. Plugins differ in what they know of
            policies too: one that lacks `endPort` admits the first port of a range alone, and SCTP is not handled by all. The rule knows plugins by their DaemonSets and images.
            Some plugins' settings are not in manifests: what the input does not tell is not judged.
            """,
        Mend = "Use a plugin that enforces what your policies say; list ports one by one where ranges are not known.",
        Source = "https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: ftp, namespace: data, labels: {app: ftp}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: loader, namespace: data, labels: {app: loader}}
            ---
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: cilium, namespace: kube-system}
            spec:
              selector: {matchLabels: {k8s-app: cilium}}
              template:
                metadata: {labels: {k8s-app: cilium}}
                spec: {hostNetwork: true, containers: [{name: cilium-agent, image: "quay.io/cilium/cilium:v1.14.3"}]}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: ftp, namespace: data}
            spec:
              podSelector: {matchLabels: {app: ftp}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: loader}}}]
                ports: [{port: 30000, endPort: 30009}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: ftp, namespace: data}
            spec:
              podSelector: {matchLabels: {app: ftp}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: loader}}}]
                ports: [{port: 30000}, {port: 30001}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        var plugins = NetworkPlugins.Find(context);
        if (!plugins.IsEmpty && plugins.All(plugin => plugin.Enforces == Enforcement.No)) TellOfNone(context, findings, plugins[0]);
        foreach (var policy in context.Groups.Policies)
        {
            var ports = ((Direction[])[Direction.Ingress, Direction.Egress]).SelectMany(direction => policy.Rules(direction)).SelectMany(rule => rule.Rule.Ports.Select((port, at) => (Port: port, Path: $"{rule.Path}.ports[{at}]"))).ToList();
            var range = ports.Find(port => port.Port.Last > port.Port.First);
            var sctp = ports.Find(port => port.Port.Protocol == Protocol.Sctp);
            if (range.Port is null && sctp.Port is null) continue;
            if (plugins.IsEmpty)
            {
                findings.Unknown(policy.Policy, "no network plugin supplied");
                continue;
            }

            if (range.Port is { } ranged) Add(plugin => plugin.EndPortFault, ranged, $"{range.Path}.endPort", "has a range of ports (endPort)",
                $"only port {ranged.First} of {new PortRange(ranged.First, ranged.Last)} may be admitted");
            if (sctp.Port is { } written) Add(plugin => plugin.SctpFault, written, $"{sctp.Path}.protocol", "has an SCTP port", "SCTP may not be admitted or denied as written");

            void Add(Func<NetworkPlugin, string?> fault, PolicyPort port, string path, string what, string effect)
            {
                if (plugins.FirstOrDefault(plugin => fault(plugin) is not null) is { } plugin)
                    findings.Add(new Finding(Card, policy.Policy, port.Location, $"the policy {what}, and {plugin.Name} ({plugin.Entry.Name}) {fault(plugin)}") { Field = path, Effects = [effect] });
            }
        }
    }

    private void TellOfNone(LintContext context, Findings findings, NetworkPlugin plugin)
    {
        var policies = context.Objects.NetworkPolicies.Length;
        if (policies == 0) return;
        var item = context.ObjectOf(plugin.Entry);

        // What else runs in the cluster a part of it does not tell.
        findings.Add(new Finding(Card, item, item.Location, $"{plugin.Name} {plugin.Why}, and nothing else in the input enforces policies")
        {
            Severity = context.IsWholeCluster ? Severity.Error : Severity.Warning,
            Effects = [$"{(policies == 1 ? "the policy has" : $"the {policies} policies have")} no effect: nothing is isolated"],
            Mend = "add a policy engine beside it (kube-network-policies, Calico for policy), or use a plugin that enforces policies",
        });
    }
}
