using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for roles and for what gives them to users.</summary>
/// <remarks>pkg/apis/rbac/validation/validation.go</remarks>
internal static class RoleRules
{
    private static readonly string[] s_subjects = ["Group", "ServiceAccount", "User"];

    /// <summary>What is wrong with a role's name, which is a part of paths and nothing more.</summary>
    public static IEnumerable<string> Name(string name)
    {
        if (name is "." or "..") yield return $"may not be '{name}'";
        foreach (var part in (string[])["/", "%"])
            if (name.Contains(part, StringComparison.Ordinal)) yield return $"may not contain '{part}'";
    }

    public static void CheckRole(JsonObject role, bool isNamespaced, FieldErrorList errors)
    {
        foreach (var rule in JsonField.Of(role, "rules").Items)
        {
            if (rule["verbs"].Count == 0) errors.Required(rule["verbs"].Path, "verbs must contain at least one value");
            if (rule["nonResourceURLs"].Count > 0)
            {
                if (isNamespaced) errors.InvalidJson(rule["nonResourceURLs"].Path, rule["nonResourceURLs"].Value!.ToJsonString(), "namespaced rules cannot apply to non-resource URLs");
                if (rule["apiGroups"].Count + rule["resources"].Count + rule["resourceNames"].Count > 0)
                    errors.InvalidJson(rule["nonResourceURLs"].Path, rule["nonResourceURLs"].Value!.ToJsonString(), "rules cannot apply to both regular resources and non-resource URLs");
                continue;
            }

            if (rule["apiGroups"].Count == 0) errors.Required(rule["apiGroups"].Path, "resource rules must supply at least one api group");
            if (rule["resources"].Count == 0) errors.Required(rule["resources"].Path, "resource rules must supply at least one resource");
        }
    }

    public static void CheckBinding(JsonObject binding, JsonObject? old, bool isNamespaced, FieldErrorList errors)
    {
        var role = JsonField.Of(binding, "roleRef");
        string[] kinds = isNamespaced ? ["ClusterRole", "Role"] : ["ClusterRole"];
        if (role["apiGroup"].Text != "rbac.authorization.k8s.io") errors.NotSupported(role["apiGroup"].Path, role["apiGroup"].Text, ["rbac.authorization.k8s.io"]);
        if (!kinds.Contains(role["kind"].Text)) errors.NotSupported(role["kind"].Path, role["kind"].Text, kinds);
        if (role["name"].Text.Length == 0) errors.Required(role["name"].Path, "");
        else errors.Invalid(role["name"].Path, role["name"].Text, Name(role["name"].Text));
        if (old is not null && !JsonNode.DeepEquals(role.Value, old["roleRef"])) errors.InvalidJson(role.Path, role.Value?.ToJsonString() ?? "null", "cannot change roleRef");
        foreach (var subject in JsonField.Of(binding, "subjects").Items)
        {
            var kind = subject["kind"].Text;
            var group = kind == "ServiceAccount" ? "" : "rbac.authorization.k8s.io";
            if (subject["name"].Text.Length == 0) errors.Required(subject["name"].Path, "");
            if (!s_subjects.Contains(kind)) errors.NotSupported(subject["kind"].Path, kind, s_subjects);
            else if (subject["apiGroup"].Text != group) errors.NotSupported(subject["apiGroup"].Path, subject["apiGroup"].Text, [group]);
            // In a namespace, that one is meant where none is given.
            if (kind == "ServiceAccount" && !isNamespaced && subject["namespace"].Text.Length == 0) errors.Required(subject["namespace"].Path, "");
        }
    }
}
