using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Whether a pod may be on a node.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/</remarks>
internal static class NodeFit
{
    /// <summary>Why a pod may not come onto a node, in the scheduler's words; null where it may.</summary>
    /// <param name="spec">The pod's <c>spec</c>.</param>
    /// <param name="node">The node.</param>
    public static string? WhyNot(JsonObject spec, Mirrored node)
    {
        if (spec.Text("nodeName") is { Length: > 0 } wanted && wanted != node.Name) return "node(s) didn't match the requested node name";
        if (node.Body.IsTrue("spec", "unschedulable") && !Tolerates(spec, "node.kubernetes.io/unschedulable", "", "NoSchedule")) return "node(s) were unschedulable";
        if (Untolerated(spec, node, "NoSchedule", "NoExecute") is { } taint)
            return $"node(s) had untolerated taint {{{taint.Text("key")}: {taint.Text("value")}}}";
        return Matches(spec, node) ? null : "node(s) didn't match Pod's node affinity/selector";
    }

    /// <summary>Whether a pod that is on a node may stay.</summary>
    public static bool MayStay(JsonObject spec, Mirrored node) => Untolerated(spec, node, "NoExecute") is null && Matches(spec, node);

    private static JsonObject? Untolerated(JsonObject spec, Mirrored node, params string[] effects) =>
        node.Body.Items("spec", "taints").FirstOrDefault(taint =>
            taint.Text("effect") is { } effect && effects.Contains(effect) && !Tolerates(spec, taint.Text("key") ?? "", taint.Text("value") ?? "", effect));

    private static bool Tolerates(JsonObject spec, string key, string value, string effect) => spec.Items("tolerations").Any(toleration =>
        (toleration.Text("effect") is not { Length: > 0 } only || only == effect)
        && (toleration.Text("key") is not { Length: > 0 } wanted ? toleration.Text("operator") == "Exists" : wanted == key)
        && (toleration.Text("operator") == "Exists" || (toleration.Text("value") ?? "") == value));

    private static bool Matches(JsonObject spec, Mirrored node)
    {
        if (!SelectorFields.ReadMap(spec.Labels("nodeSelector")).Matches(node.Labels)) return false;
        return spec.Object("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution") is not { } required
            || required.Items("nodeSelectorTerms").Any(term => MatchesTerm(term, node));
    }

    // A term without requirements matches nothing, as in Kubernetes.
    private static bool MatchesTerm(JsonObject term, Mirrored node)
    {
        var labels = term.Items("matchExpressions").ToList();
        var fields = term.Items("matchFields").ToList();
        return labels.Count + fields.Count > 0
            && labels.TrueForAll(expression => MatchesExpression(expression, node.Labels))
            && fields.TrueForAll(expression => expression.Text("key") == "metadata.name" && MatchesExpression(expression, LabelSet.Of("metadata.name", node.Name)));
    }

    private static bool MatchesExpression(JsonObject expression, LabelSet labels)
    {
        if (SelectorFields.ReadRequirement(expression) is { } requirement) return requirement.Matches(labels);
        if (expression.Text("key") is not { } key || !TryNumber(labels[key], out var value)) return false;
        if (!TryNumber(expression.Texts("values").FirstOrDefault(), out var bound)) return false;
        return expression.Text("operator") switch
        {
            "Gt" => value > bound,
            "Lt" => value < bound,
            _ => false,
        };
    }

    private static bool TryNumber(string? text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
