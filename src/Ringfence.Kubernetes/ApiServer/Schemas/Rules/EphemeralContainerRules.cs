using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Model;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>What may change by the subresource <c>ephemeralcontainers</c>: containers come, and neither change nor go.</summary>
/// <remarks>ValidatePodEphemeralContainersUpdate in pkg/apis/core/validation/validation.go</remarks>
internal static class EphemeralContainerRules
{
    private static readonly string[] s_forbidden = ["lifecycle", "livenessProbe", "ports", "readinessProbe", "restartPolicy", "restartPolicyRules", "startupProbe"];

    /// <summary>Checks the containers that a pod is to have.</summary>
    /// <param name="value">The pod as it is to be, with its defaults.</param>
    /// <param name="old">The pod as it is.</param>
    public static ImmutableArray<FieldError> Check(JsonObject value, JsonObject old)
    {
        var errors = new FieldErrorList();
        GeneralRules.Check(SchemaCatalog.Of(ResourceCatalog.OfKind("v1", "Pod")!), value, errors);
        var (spec, before) = (JsonField.Of(value, "spec"), JsonField.Of(old, "spec"));
        var list = spec["ephemeralContainers"];
        var targets = spec["containers"].Items.Concat(spec["initContainers"].Items).Select(each => each["name"].Text).ToHashSet(StringComparer.Ordinal);
        var names = targets.ToHashSet(StringComparer.Ordinal);
        var volumes = spec["volumes"].Items.Select(each => each["name"].Text).ToHashSet(StringComparer.Ordinal);
        foreach (var container in list.Items)
        {
            ContainerRules.Check(container, names, volumes, isHost: false, isInit: false, errors);
            foreach (var field in s_forbidden)
                if (container[field].Exists) errors.Forbidden(container[field].Path, "cannot be set for an Ephemeral Container");
            if (container["resources"]["limits"].Exists || container["resources"]["requests"].Exists)
                errors.Forbidden(container["resources"].Path, "cannot be set for an Ephemeral Container");
            var target = container["targetContainerName"];
            if (target.Text.Length > 0 && !targets.Contains(target.Text)) errors.NotFound(target.Path, target.Text);
        }

        foreach (var was in before["ephemeralContainers"].Items)
        {
            var name = was["name"].Text;
            var now = list.Items.FirstOrDefault(each => each["name"].Text == name);
            if (!now.Exists) errors.Forbidden(list.Path, $"existing ephemeral containers \"{name}\" may not be removed\n");
            else if (!JsonNode.DeepEquals(now.Value, was.Value)) errors.Forbidden(list.Path, $"existing ephemeral containers \"{name}\" may not be changed\n");
        }

        return errors.ToImmutable();
    }
}
