using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>The rules for custom resource definitions, in the API server's words.</summary>
/// <remarks>staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation of Kubernetes</remarks>
internal static class DefinitionRules
{
    // Each takes its time to be read.
    private const int MostPatterns = 5000;
    private const string Approval = "api-approved.kubernetes.io";

    private static readonly string[] s_columnTypes = ["boolean", "date", "integer", "number", "string"];

    /// <summary>Judges a definition.</summary>
    /// <param name="value">The definition, with its defaults.</param>
    /// <param name="old">The one that it replaces; null where it is created.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void Check(JsonObject value, JsonObject? old, FieldErrorList errors)
    {
        var spec = JsonField.Of(value, "spec");
        var (group, plural) = (spec["group"].Text, spec["names"]["plural"].Text);
        var name = JsonField.Of(value, "metadata")["name"];
        if (name.Text != $"{plural}.{group}") errors.Invalid(name.Path, name.Text, "must be spec.names.plural+\".\"+spec.group");
        CheckGroup(spec["group"], JsonField.Of(value, "metadata")["annotations"], errors);
        if (spec["scope"].Text.Length == 0) errors.Required(spec["scope"].Path, "");
        CheckNames(spec["names"], errors);
        if (Count(spec["versions"].Value, "pattern") is var patterns and > MostPatterns) errors.Invalid(spec["versions"].Path, patterns, $"must have at most {MostPatterns} patterns");
        else CheckVersions(spec["versions"], errors);
        if (spec["preserveUnknownFields"].IsTrue)
        {
            errors.InvalidJson(
                spec["preserveUnknownFields"].Path, "true", "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        }

        if (spec["conversion"]["strategy"].Text == "Webhook")
            errors.Invalid(spec["conversion"]["strategy"].Path, "Webhook", "webhooks are not called here; use None, which changes apiVersion alone");
        else if (spec["conversion"]["webhook"].Exists) errors.Forbidden(spec["conversion"]["webhook"].Path, "should not be set when strategy is not set to Webhook");
        if (old is not null) CheckChange(spec, JsonField.Of(old, "spec"), JsonField.Of(value, "status"), errors);
    }

    /// <summary>What the server keeps of a definition and does not act on.</summary>
    public static IEnumerable<string> Warnings(JsonObject value)
    {
        var versions = (value["spec"]?["versions"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        for (var i = 0; i < versions.Count; i++)
            if (Count(versions[i]["schema"]?["openAPIV3Schema"], SchemaWords.Validations) > 0)
                yield return $"spec.versions[{i}].schema.openAPIV3Schema: x-kubernetes-validations are kept, and not evaluated by this server";
    }

    /// <summary>How often a word stands in a schema.</summary>
    private static int Count(JsonNode? value, string word) => value switch
    {
        JsonObject fields => (fields.ContainsKey(word) ? 1 : 0) + fields.Sum(pair => Count(pair.Value, word)),
        JsonArray list => list.Sum(item => Count(item, word)),
        _ => 0,
    };

    private static void CheckGroup(JsonField group, JsonField annotations, FieldErrorList errors)
    {
        if (group.Text.Length == 0) errors.Required(group.Path, "");
        else if (!NameFormat.DnsSubdomain(group.Text).Any() && !group.Text.Contains('.', StringComparison.Ordinal)) errors.Invalid(group.Path, group.Text, "should be a domain with at least one dot");
        else errors.Invalid(group.Path, group.Text, NameFormat.DnsSubdomain(group.Text));
        if (ResourceCatalog.All.Any(type => type.Group == group.Text)) errors.Invalid(group.Path, group.Text, "is a group of kinds that are built into this server");
        var isProtected = group.Text.EndsWith(".k8s.io", StringComparison.Ordinal) || group.Text.EndsWith(".kubernetes.io", StringComparison.Ordinal);
        if (isProtected && annotations[Approval].Text.Length == 0)
        {
            errors.Required(
                annotations.Path.Key(Approval),
                $"protected groups must have approval annotation \"{Approval}\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
    }

    private static void CheckNames(JsonField names, FieldErrorList errors)
    {
        CheckLabel(names["plural"], errors);
        CheckLabel(names["singular"], errors, isRequired: false);
        CheckKind(names["kind"], errors);
        CheckKind(names["listKind"], errors);
        foreach (var name in names["shortNames"].Items) CheckLabel(name, errors);
        foreach (var name in names["categories"].Items) CheckLabel(name, errors);
        if (names["kind"].Text.Length > 0 && names["kind"].Text == names["listKind"].Text)
            errors.Invalid(names["listKind"].Path, names["listKind"].Text, "kind and listKind may not be the same");
    }

    private static void CheckLabel(JsonField name, FieldErrorList errors, bool isRequired = true)
    {
        if (name.Text.Length > 0) errors.Invalid(name.Path, name.Text, NameFormat.Dns1035Label(name.Text));
        else if (isRequired) errors.Required(name.Path, "");
    }

    private static void CheckKind(JsonField kind, FieldErrorList errors)
    {
        if (kind.Text.Length == 0) errors.Required(kind.Path, "");
        else if (NameFormat.Dns1035Label(kind.Text.ToLowerInvariant()).ToList() is { Count: > 0 } faults)
            errors.Invalid(kind.Path, kind.Text, $"may have mixed case, but should otherwise match: {string.Join(',', faults)}");
    }

    private static void CheckVersions(JsonField versions, FieldErrorList errors)
    {
        var names = new HashSet<string>();
        foreach (var version in versions.Items)
        {
            errors.Invalid(version["name"].Path, version["name"].Text, NameFormat.Dns1035Label(version["name"].Text));
            if (!names.Add(version["name"].Text))
                errors.Invalid(versions.Path, string.Join(", ", versions.Items.Select(each => each["name"].Text)), "must contain unique version names");
            if (version["schema"]["openAPIV3Schema"].Value is JsonObject) SchemaRules.Check(version["schema"]["openAPIV3Schema"], errors);
            else errors.Required(version["schema"]["openAPIV3Schema"].Path, "schemas are required");
            foreach (var column in version["additionalPrinterColumns"].Items) CheckColumn(column, errors);
            CheckSubresources(version["subresources"], errors);
            foreach (var field in version["selectableFields"].Items)
                if (SimpleJsonPath.Parse(field["jsonPath"].Text)?.Fields is null) errors.Invalid(field["jsonPath"].Path, field["jsonPath"].Text, "is an invalid path: must be a simple path of fields, such as .spec.color");
        }

        if (versions.Items.Count(version => version["storage"].IsTrue) == 1) return;
        errors.InvalidJson(
            versions.Path, $"[{string.Join(", ", versions.Items.Select(version => $"{version["name"].Text} (storage: {(version["storage"].IsTrue ? "true" : "false")})"))}]",
            "must have exactly one version marked as storage version");
    }

    private static void CheckColumn(JsonField column, FieldErrorList errors)
    {
        if (column["name"].Text.Length == 0) errors.Required(column["name"].Path, "");
        if (column["type"].Text.Length == 0) errors.Required(column["type"].Path, $"must be one of {string.Join(',', s_columnTypes)}");
        else if (!s_columnTypes.Contains(column["type"].Text)) errors.Invalid(column["type"].Path, column["type"].Text, $"must be one of {string.Join(',', s_columnTypes)}");
        CheckPath(column["jsonPath"], errors);
    }

    private static void CheckSubresources(JsonField subresources, FieldErrorList errors)
    {
        if (subresources["status"].Exists && subresources["status"].Value is not JsonObject) errors.InvalidJson(subresources["status"].Path, subresources["status"].Value!.ToJsonString(), "must be an object");
        if (!subresources["scale"].Exists) return;
        foreach (var (field, start, isRequired) in ((string, string, bool)[])[("specReplicasPath", ".spec.", true), ("statusReplicasPath", ".status.", true), ("labelSelectorPath", "", false)])
        {
            var path = subresources["scale"][field];
            if (path.Text.Length == 0 && !isRequired) continue;
            CheckPath(path, errors);
            if (path.Text.Length == 0) continue;
            if (!path.Text.StartsWith(start, StringComparison.Ordinal) || (!isRequired && !path.Text.StartsWith(".spec.", StringComparison.Ordinal) && !path.Text.StartsWith(".status.", StringComparison.Ordinal)))
                errors.Invalid(path.Path, path.Text, isRequired ? $"should be a json path under {start.TrimEnd('.')}" : "should be a json path under either .spec or .status");
            else if (SimpleJsonPath.Parse(path.Text) is { Fields: null }) errors.Invalid(path.Path, path.Text, "must be a path of fields, without lists");
        }
    }

    private static void CheckPath(JsonField path, FieldErrorList errors)
    {
        if (path.Text.Length == 0) errors.Required(path.Path, "");
        else if (SimpleJsonPath.Parse(path.Text) is null) errors.Invalid(path.Path, path.Text, "must be a simple json path, such as .spec.replicas");
    }

    private static void CheckChange(JsonField spec, JsonField old, JsonField status, FieldErrorList errors)
    {
        foreach (var (now, before) in ((JsonField, JsonField)[])[
            (spec["group"], old["group"]), (spec["scope"], old["scope"]), (spec["names"]["kind"], old["names"]["kind"]), (spec["names"]["plural"], old["names"]["plural"])])
            if (now.Text != before.Text) errors.Invalid(now.Path, now.Text, "field is immutable");
        var names = spec["versions"].Items.Select(version => version["name"].Text).ToHashSet();
        foreach (var stored in status["storedVersions"].Items)
            if (!names.Contains(stored.Text)) errors.Invalid(stored.Path, stored.Text, "must appear in spec.versions");
    }
}
