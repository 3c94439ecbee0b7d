using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Selectors;

/// <summary>A field selector as it stands in requests: <c>spec.nodeName=node-1,status.phase!=Failed</c>.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/</remarks>
internal sealed class FieldRequirements
{
    private static readonly Dictionary<(string Group, string Kind), string[]> Known = new()
    {
        [("", "Pod")] =
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
        ],
        [("", "Node")] = ["spec.unschedulable"],
        [("", "Namespace")] = ["status.phase"],
        [("", "Secret")] = ["type"],
        [("", "Service")] = ["spec.clusterIP", "spec.type"],
        [("", "ReplicationController")] = ["status.replicas"],
        [("", "Event")] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
            "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        [("events.k8s.io", "Event")] = ["reason", "type", "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid"],
        [("apps", "ReplicaSet")] = ["status.replicas"],
        [("batch", "Job")] = ["status.successful"],
    };

    private readonly ImmutableArray<Requirement> _requirements;

    private FieldRequirements(ImmutableArray<Requirement> requirements) => _requirements = requirements;

    /// <summary>The selector of one object.</summary>
    public static FieldRequirements OfName(string name) => new([new Requirement("metadata.name", [], name, false)]);

    /// <summary>Reads a selector; null where it is empty and selects all.</summary>
    /// <exception cref="ApiException">It is malformed, or names a field that objects of this kind cannot be selected by.</exception>
    public static FieldRequirements? Parse(ResourceType type, string text)
    {
        var all = ImmutableArray.CreateBuilder<Requirement>();
        foreach (var part in Split(text))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw Refusal.BadRequest($"invalid selector: '{part}'; can't understand '{part}'");
            var isNot = part[at - 1] == '!';
            var field = part[..(isNot ? at - 1 : at)];
            var value = part[(part.AsSpan(at).StartsWith("==") ? at + 2 : at + 1)..];
            if (!IsKnown(type, field)) throw Refusal.BadRequest($"field label not supported: {field}");
            all.Add(new Requirement(field, ObjectFields.Path(Kept(field)), Unescape(value), isNot));
        }

        return all.Count == 0 ? null : new FieldRequirements(all.ToImmutable());
    }

    /// <summary>The one name that it selects; null where it does not.</summary>
    public string? Name => _requirements.FirstOrDefault(each => each is { Field: "metadata.name", IsNot: false })?.Value;

    /// <summary>The one node whose objects it selects; empty for those without one, null where it does not say.</summary>
    public string? Node => _requirements.FirstOrDefault(each => each is { Field: "spec.nodeName", IsNot: false })?.Value;

    /// <summary>Whether an object is as it demands.</summary>
    public bool Matches(StoredObject stored)
    {
        foreach (var requirement in _requirements)
        {
            var value = requirement.Field switch
            {
                "metadata.name" => stored.Name,
                "metadata.namespace" => stored.Namespace,
                _ => ObjectFields.Text(stored.Json.Span, requirement.Path) ?? Absent(requirement.Field),
            };
            if (value == requirement.Value == requirement.IsNot) return false;
        }

        return true;
    }

    private static string Absent(string field) => field switch
    {
        "spec.hostNetwork" or "spec.unschedulable" => "false",
        "status.replicas" or "status.successful" => "0",
        _ => "",
    };

    private static string Kept(string field) =>
        field == "source" ? "source.component" : field.StartsWith("regarding.", StringComparison.Ordinal) ? $"involvedObject{field["regarding".Length..]}" : field;

    private static bool IsKnown(ResourceType type, string field) =>
        field == "metadata.name" || (field == "metadata.namespace" && type.IsNamespaced)
        || type.Custom?.SelectableFields.Contains(field) == true
        || (Known.TryGetValue((type.Group, type.Kind), out var fields) && fields.Contains(field));

    // Commas, equals signs and backslashes in values are escaped with a backslash.
    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\\')
            {
                i++;
                continue;
            }

            if (i < text.Length && text[i] != ',') continue;
            if (text[start..Math.Min(i, text.Length)].Trim() is { Length: > 0 } part) yield return part;
            start = i + 1;
        }
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\')) return value;
        var plain = new System.Text.StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && ++i == value.Length) throw Refusal.BadRequest($"invalid field selector: '{value}' ends with a backslash");
            plain.Append(value[i]);
        }

        return plain.ToString();
    }

    private sealed record Requirement(string Field, byte[][] Path, string Value, bool IsNot);
}
