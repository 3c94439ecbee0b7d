using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint.Rules;

/// <summary>An Ingress, LoadBalancer or NodePort whose pods policy closes to it.</summary>
internal sealed class FrontDoor : LintRule
{
    /// <inheritdoc/>
    public override RuleCard Card { get; } = new()
    {
        Id = "RF016",
        Slug = "front-door",
        Severity = Severity.Warning,
        SecuritySeverity = 1.0,
        Title = "A way in from outside that policy closes",
        Explanation =
            """
            An Ingress or a Service of type LoadBalancer or NodePort is there to let clients in, and opens nothing in the pods' policies. What arrives at the pods comes from the
            ingress controller's pods, or from an address outside the cluster (the client's, or a node's); where the policies of the pods admit neither on the pods' port, the front
            door leads to a wall. If the ingress controller's pods are in the input, the rule judges by them; if not, only by whether any pod of another namespace is admitted.
            """,
        Mend = "Admit the ingress controller's namespace, or the addresses that the load balancer sends from, on the pods' port; or take the Ingress away.",
        Source = "https://kubernetes.io/docs/concepts/services-networking/ingress/",
        Cluster =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: chat-ui, namespace: ai-platform}
            spec:
              type: LoadBalancer
              selector: {app: chat-ui}
              ports: [{port: 80, targetPort: 3000}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: chat-ui, namespace: ai-platform, labels: {app: chat-ui}}
            spec: {containers: [{name: ui, image: chat-ui, ports: [{containerPort: 3000}]}]}
            """,
        Bad =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: default-deny, namespace: ai-platform}
            spec:
              podSelector: {}
              policyTypes: [Ingress]
            """,
        Good =
            """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: default-deny, namespace: ai-platform}
            spec:
              podSelector: {}
              policyTypes: [Ingress]
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: chat-ui, namespace: ai-platform}
            spec:
              podSelector: {matchLabels: {app: chat-ui}}
              policyTypes: [Ingress]
              ingress:
              - ports: [{port: 3000}]
            """,
    };

    /// <inheritdoc/>
    public override void Check(LintContext context, Findings findings)
    {
        if (context.Objects.Ingresses.IsEmpty && !context.Objects.Services.Any(service => service.Type is "LoadBalancer" or "NodePort")) return;
        var controllers = IngressControllers.Find(context);
        var objects = context.Objects.Ingresses.Concat<KubernetesObject>(context.Objects.Services).ToLookup(item => item.Describe(), StringComparer.Ordinal);
        foreach (var openings in Openings.Find(context.View).Where(opening => opening.Destination is not null).GroupBy(opening => (opening.Via, opening.Destination, opening.Protocol, opening.Port)))
        {
            var opening = openings.First();
            var item = objects[opening.Via].First();
            var outcome = opening.Type == "Ingress" && !controllers.IsEmpty ? Judge(context, opening, controllers) : opening.Outcome;
            if (outcome == Outcome.Unknown)
                findings.Unknown(item, controllers.IsEmpty ? "no ingress controller supplied" : "no addresses or namespace labels of the ingress controller supplied");
            if (outcome == Outcome.Denied) findings.Add(Tell(context, item, openings, controllers));
        }
    }

    /// <summary>Whether some controller in the input gets through.</summary>
    private static Outcome Judge(LintContext context, Opening opening, ImmutableArray<PodGroup> controllers)
    {
        var best = Outcome.Denied;
        foreach (var controller in controllers)
        {
            var reach = context.Reachability.BetweenByPolicy(Party.OfPod(controller.FirstPod), opening.Destination!.Representative);
            if (reach.Certain.Contains(opening.Protocol, opening.Port)) return Outcome.Allowed;
            if (reach.Possible.Contains(opening.Protocol, opening.Port)) best = Outcome.Unknown;
        }

        return best;
    }

    private Finding Tell(LintContext context, KubernetesObject item, IEnumerable<Opening> openings, ImmutableArray<PodGroup> controllers)
    {
        var opening = openings.First();
        var isIngress = opening.Type == "Ingress";
        var entrances = ChangeText.Some([.. openings.Select(each => isIngress ? each.Entrance : $"port {each.Entrance}").Distinct()]);
        var port = string.Create(CultureInfo.InvariantCulture, $"{opening.Protocol.ToText()} {opening.Port}");
        var (why, mend) = !isIngress ? Explain("no address outside the cluster", "the addresses that it sends from")
            : controllers.IsEmpty ? Explain("no pod of another namespace, so no ingress controller,", "the ingress controller's namespace")
            : ExplainBy(controllers);
        return new Finding(Card, item, opening.Location, $"it leads to {opening.Destination!.Name} on {port}, but {why}")
        {
            Effects = [$"clients of {entrances} get no answer"],
            Mend = $"{mend}, or take the {(isIngress ? "Ingress" : $"{opening.Type} Service")} away",
        };

        (string Why, string Mend) Explain(string nobody, string source)
        {
            var policies = context.Groups.Of(opening.Destination!.Pods[0]).Policies.Where(policy => policy.Policy.AffectsIngress).Select(policy => policy.Policy.Name).ToList();
            return ($"{(policies.Count == 1 ? $"policy {policies[0]} admits" : $"policies {ChangeText.Some(policies)} admit")} {nobody} on this port", $"admit {source} to {opening.Destination.Name} on {port}");
        }

        (string Why, string Mend) ExplainBy(ImmutableArray<PodGroup> controllers)
        {
            var verdict = context.Reachability.Judge(Party.OfPod(controllers[0].FirstPod), opening.Destination!.Representative, opening.Protocol, opening.Port);
            var names = context.NamesOf(controllers.SelectMany(group => group.Pods.ToArray()));
            if (verdict.Ingress.Outcome == Outcome.Denied)
                return Explain($"nothing of the ingress controller ({names})", $"namespace {context.Snapshot.Pods[controllers[0].FirstPod].Pod.Namespace}");
            var policies = verdict.Egress.Policies.Select(policy => policy.QualifiedName).ToList();
            return ($"the egress of the ingress controller ({names}) does not admit it", $"admit {opening.Destination!.Name} on {port} in the controller's egress (NetworkPolicy {ChangeText.Some(policies)})");
        }
    }
}
