using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for <c>metadata</c> of all kinds.</summary>
/// <remarks>staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go</remarks>
internal static class ObjectMetaRules
{
    // A CronJob's jobs get eleven characters more than its own name.
    private const int MaxCronJobName = 52;

    private static readonly string[] s_standardFinalizers = ["foregroundDeletion", "kubernetes", "orphan"];

    public static void Check(ResourceType type, JsonObject value, JsonObject? old, FieldErrorList errors)
    {
        var metadata = JsonField.Of(value, "metadata");
        if (old is null)
        {
            MetadataRules.CheckName(metadata["name"].Text, metadata["generateName"].Text, FormatOf(type), errors);
            var @namespace = metadata["namespace"];
            if (!type.IsNamespaced && @namespace.Text.Length > 0) errors.Forbidden(@namespace.Path, "not allowed on this type");
            else if (type.IsNamespaced && @namespace.Text.Length == 0) errors.Required(@namespace.Path, "");
            else if (type.IsNamespaced) MetadataRules.CheckNamespace(@namespace.Text, errors);
        }
        else
        {
            var before = JsonField.Of(old, "metadata");
            foreach (var field in new[] { "name", "namespace", "uid" })
                if (metadata[field].Text != before[field].Text) errors.Invalid(metadata[field].Path, metadata[field].Text, "field is immutable");
        }

        SelectorRules.CheckLabels(metadata["labels"].Texts, metadata["labels"].Path, errors);
        MetadataRules.CheckAnnotations(metadata["annotations"].Texts ?? [], metadata["annotations"].Path, errors);
        CheckReferences(type, metadata, errors);
    }

    /// <summary>Owners and finalizers.</summary>
    public static void CheckReferences(ResourceType type, JsonField metadata, FieldErrorList errors)
    {
        string? controller = null;
        foreach (var owner in metadata["ownerReferences"].Items)
        {
            var version = owner["apiVersion"].Text;
            if (version.Length == 0) errors.Invalid(owner["apiVersion"].Path, version, "version must not be empty");
            foreach (var field in new[] { "kind", "name", "uid" })
                if (owner[field].Text.Length == 0) errors.Invalid(owner[field].Path, "", $"{field} must not be empty");
            if (!owner["controller"].IsTrue) continue;
            if (controller is not null)
                errors.InvalidJson(
                    metadata["ownerReferences"].Path, metadata["ownerReferences"].Value!.ToJsonString(),
                    $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {owner["name"].Text}");
            controller = owner["name"].Text;
        }

        foreach (var finalizer in metadata["finalizers"].Items)
        {
            var name = finalizer.Text;
            errors.Invalid(metadata["finalizers"].Path, name, NameFormat.LabelKey(name));
            // Custom kinds, and what defines them, are free to leave the domain out.
            if (type.Custom is null && type != Definition.Kind && !name.Contains('/', StringComparison.Ordinal) && !s_standardFinalizers.Contains(name))
                errors.Invalid(metadata["finalizers"].Path, name, "name is neither a standard finalizer name nor is it fully qualified");
        }
    }

    private static Func<string, IEnumerable<string>> FormatOf(ResourceType type) => type.Kind switch
    {
        "Namespace" => NameFormat.DnsLabel,
        "Service" => NameFormat.Dns1035Label,
        "Role" or "ClusterRole" or "RoleBinding" or "ClusterRoleBinding" => RoleRules.Name,
        "CronJob" => name => NameFormat.DnsSubdomain(name).Concat(name.Length > MaxCronJobName ? [$"must be no more than {MaxCronJobName} characters"] : []),
        _ => NameFormat.DnsSubdomain,
    };
}
