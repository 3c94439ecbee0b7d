using System.Globalization;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>A port that no concerned pod has, or has for another protocol.</summary>
internal sealed class UnresolvedPort : LintRule
{
    private const int MostPorts = 4;

    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF007",
        Slug = "unresolved-port",
        Severity = Severity.Warning,
        SecuritySeverity = 3.0,
        Title = "A port that no concerned pod has",
        Explanation =
            """
            A port's name means what the **destination** pod's containers call so: for ingress the selected pods, for egress the peers, each by itself; a name that none of them has
            admits nothing, and against an `ipBlock` a name never means anything. Name and protocol must both match, and without `protocol` TCP is meant: `port: 53` alone is not
            what name servers are asked on. A number is looked at only where every concerned pod declares ports and none of them fits, and is a note: containers may listen on ports
            that they do not declare. Where a Service has the number, RF006, `service-port`, speaks instead.
            """,
        Mend = "Write a port that the pods have, with its `protocol` where it is not TCP.",
        Source = "https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/",
        Cluster =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            spec: {containers: [{name: api, image: rag-api, ports: [{name: http, containerPort: 8000}]}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: chat-ui, namespace: ai-platform, labels: {app: chat-ui}}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: chat-ui}}}]
                ports: [{port: https}]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: rag-api}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: chat-ui}}}]
                ports: [{port: http}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        foreach (var policy in context.Objects.NetworkPolicies)
            if (context.MissingWorkloadsOf(policy.Namespace) is { } missing && HasPorts(policy)) findings.Unknown(policy, missing);
        foreach (var port in context.WrongPorts.All)
            if (port.Services.IsEmpty) findings.Add(Tell(context, port));
    }

    private static bool HasPorts(NetworkPolicy policy) =>
        (policy.AffectsIngress && policy.Ingress.Any(rule => !rule.Ports.IsEmpty)) || (policy.AffectsEgress && policy.Egress.Any(rule => !rule.Ports.IsEmpty));

    private Finding Tell(LintContext context, WrongPort wrong)
    {
        var finding = new Finding(Card, wrong.Policy, wrong.Port.Location, "") { Field = $"{wrong.Path}.port" };
        if (wrong.Pods.IsEmpty)
        {
            return finding with
            {
                Message = $"a port's name, here \"{wrong.Port.Name}\", means nothing for addresses, so this entry admits nothing",
                Mend = "write the number",
            };
        }

        var asked = Describe(wrong.Port);
        var who = $"{(wrong.Rule.Direction == Direction.Ingress ? "the selected pods" : "the peers")} ({context.NamesOf(wrong.Pods.SelectMany(set => set).SelectMany(group => group.Pods.ToArray()))})";
        var others = wrong.Declared.Where(port => wrong.Port.Name is { } name ? port.Name == name : port.Port >= wrong.Port.First && port.Port <= wrong.Port.Last)
            .Select(port => port.Protocol).Distinct().ToList();
        if (others.Count > 0)
        {
            return finding with
            {
                Message = $"the entry means {asked}{(wrong.Port.Protocol == Protocol.Tcp ? " (TCP, where no protocol is given)" : "")}, but {who} have it as {string.Join(" and ", others.Select(protocol => protocol.ToText()))} only{(wrong.Port.Name is null ? "" : ", so it admits nothing")}",
                Field = $"{wrong.Path}.protocol",
                Mend = others.Count == 1 ? $"write protocol: {others[0].ToText()}" : null,
                Edits = others.Count == 1 ? [new ManifestEdit(wrong.Policy, EditKind.Set, $"{wrong.Path}.protocol", others[0].ToText())] : [],
            };
        }

        var declared = wrong.Declared.Take(MostPorts).Select(Describe).ToList();
        var rest = wrong.Declared.Length - declared.Count;
        var have = declared.Count == 0 ? "their containers declare no port" : $"their containers declare {string.Join(", ", declared)}{(rest > 0 ? $" and {rest} more" : "")}";

        // A name is looked up among the declared ports; a number works whether it is declared or not.
        return wrong.Port.Name is not null
            ? finding with { Message = $"none of {who} has {asked}, so this entry admits nothing; {have}" }
            : finding with
            {
                Severity = Severity.Note,
                Message = $"no container of {who} declares {asked}; {have}",
                Mend = "if something listens there all the same, declare it in the container, for those who read it",
            };
    }

    private static string Describe(PolicyPort port) => port.Name is { } name
        ? $"{(port.Protocol == Protocol.Sctp ? "an" : "a")} {port.Protocol.ToText()} port named \"{name}\""
        : $"{port.Protocol.ToText()} {new PortRange(port.First, port.Last)}";

    private static string Describe(ContainerPort port) =>
        port.Name is null ? string.Create(CultureInfo.InvariantCulture, $"{port.Protocol.ToText()} {port.Port}") : string.Create(CultureInfo.InvariantCulture, $"{port.Protocol.ToText()} {port.Port} \"{port.Name}\"");
}
