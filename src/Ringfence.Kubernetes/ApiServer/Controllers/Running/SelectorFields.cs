using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Label selectors as objects have them.</summary>
internal static class SelectorFields
{
    /// <summary>Reads a <c>LabelSelector</c>; null where there is none, or one that cannot be read, which then matches nothing.</summary>
    public static LabelSelector? Read(JsonObject? selector)
    {
        if (selector is null) return null;
        var requirements = Equal(selector.Labels("matchLabels")).ToList();
        foreach (var expression in selector.Items("matchExpressions"))
        {
            if (ReadRequirement(expression) is not { } requirement) return null;
            requirements.Add(requirement);
        }

        return new LabelSelector(requirements);
    }

    /// <summary>Reads a plain map of labels, as Services and nodeSelector have it.</summary>
    public static LabelSelector ReadMap(LabelSet labels) => new(Equal(labels));

    /// <summary>Reads a requirement; null where its operator is not one of label selectors.</summary>
    public static Requirement? ReadRequirement(JsonObject expression)
    {
        SelectorOperator? comparison = expression.Text("operator") switch
        {
            "In" => SelectorOperator.In,
            "NotIn" => SelectorOperator.NotIn,
            "Exists" => SelectorOperator.Exists,
            "DoesNotExist" => SelectorOperator.DoesNotExist,
            _ => null,
        };
        return comparison is { } known && expression.Text("key") is { } key ? new Requirement(key, known, [.. expression.Texts("values")]) : null;
    }

    private static IEnumerable<Requirement> Equal(LabelSet labels) =>
        labels.Select(label => new Requirement(label.Key, SelectorOperator.In, ImmutableArray.Create(label.Value)));
}
