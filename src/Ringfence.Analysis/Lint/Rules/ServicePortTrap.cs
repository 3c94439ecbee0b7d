using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>A policy names the port of a Service, where the pods behind it listen on another.</summary>
internal sealed class ServicePortTrap : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF006",
        Slug = "service-port",
        Severity = Severity.Error,
        SecuritySeverity = 4.0,
        Title = "The Service's port instead of the pods' port",
        Explanation =
            """
            Policies see connections after a Service's address has been replaced by a pod's: the port that counts is the Service's `targetPort`, the one that the container listens
            on, never the Service's own `port`. A policy that admits port 80 because the Service has port 80, while the pods listen on 8080, admits nothing. The rule speaks up where
            no concerned pod has the policy's port, and a Service in front of them has it and leads to another.
            """,
        Mend = "Write the pods' port: the Service's `targetPort`.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports",
        Cluster =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: rag-api, namespace: ai-platform}
            spec:
              selector: {app: rag-api}
              ports: [{port: 80, targetPort: 8000}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: rag-api, namespace: ai-platform, labels: {app: rag-api}}
            spec: {containers: [{name: api, image: rag-api, ports: [{containerPort: 8000}]}]}
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
                ports: [{port: 80}]
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
                ports: [{port: 8000}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        foreach (var policy in context.WrongPorts.WithoutServices) findings.Unknown(policy, "no Services supplied");
        foreach (var port in context.WrongPorts.All)
            if (!port.Services.IsEmpty) Judge(context, findings, port);
    }

    private void Judge(LintContext context, Findings findings, WrongPort wrong)
    {
        var targets = wrong.Services.Select(service => service.Target).Distinct().Order().ToList();
        var missing = targets.FindAll(target => !wrong.Rule.NumberedPorts.Contains(wrong.Port.Protocol, target));
        var meant = wrong.Rule.Rule with { Ports = wrong.Rule.Rule.Ports.AddRange(missing.Select(target => wrong.Port with { First = target, Last = target })) };
        var changes = missing.Count == 0 ? [] : context.WhatIf(wrong.Policy, wrong.Policy.WithRule(wrong.Rule.Direction, wrong.Rule.Index, meant));
        if (changes.IsEmpty) return;

        var listen = ChangeText.Some([.. targets.Select(target => target.ToString(CultureInfo.InvariantCulture))]);
        var services = ChangeText.Some([.. wrong.Services.Select(service => service.Service.QualifiedName).Distinct().Order(StringComparer.Ordinal)]);
        var pods = wrong.Pods.SelectMany(set => set).SelectMany(group => group.Pods.ToArray()).Where(pod => IsBehind(context.Snapshot.Pods[pod].Pod, wrong));
        findings.Add(new Finding(Card, wrong.Policy, wrong.Port.Location,
            $"{wrong.Port.Protocol.ToText()} {wrong.Port.First} is the port of Service {services}, but its pods ({context.NamesOf(pods)}) listen on {listen}, and that is what policies see")
        {
            Field = $"{wrong.Path}.port",
            Effects = context.Tell(changes, gains: $"with port {listen}, {{0}} could open {{2}} to {{1}}"),
            Mend = $"write port {listen}",
            Edits = targets.Count == 1 ? [new ManifestEdit(wrong.Policy, EditKind.Set, $"{wrong.Path}.port", listen)] : [],
        });
    }

    private static bool IsBehind(Pod pod, WrongPort wrong) => wrong.Services.Any(service =>
        service.Service.Namespace == pod.Namespace && service.Service.Selector!.All(label => pod.Labels[label.Key] == label.Value));
}
