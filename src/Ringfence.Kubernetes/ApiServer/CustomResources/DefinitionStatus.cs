using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Controllers;
using Ringfence.Kubernetes.ApiServer.Objects;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>The status of custom resource definitions: which names they were given, and in which versions objects are kept.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/#CustomResourceDefinitionStatus</remarks>
internal static class DefinitionStatus
{
    private const string NamesAccepted = "NamesAccepted";
    private const string Established = "Established";

    /// <summary>Whether a condition of a definition is true.</summary>
    public static bool IsTrue(JsonObject definition, string condition) =>
        definition["status"] is JsonObject status && Conditions.Find(status, condition)?["status"]?.ToString() == "True";

    /// <summary>Brings the status up to date. Names that another definition of the group has are not given twice.</summary>
    /// <param name="definition">The definition, which is changed.</param>
    /// <param name="before">The definition as it is kept; null where it is new. Of what is not kept yet, nothing counts: somebody may have been faster.</param>
    /// <param name="all">All definitions, with its own former state or without.</param>
    /// <param name="now">The time.</param>
    public static void Settle(JsonObject definition, JsonObject? before, IEnumerable<Definition> all, DateTimeOffset now)
    {
        if (definition["spec"] is not JsonObject spec) return;
        var status = definition.Child("status");
        var (wanted, old) = (DefinitionNames.Read(spec["names"]), DefinitionNames.Read((before?["status"] as JsonObject)?["acceptedNames"]));
        var others = all.Where(other => other.Group == spec.Text("group") && other.Plural != wanted.Plural).Select(other => other.Accepted).ToList();
        var resources = others.SelectMany(names => (string[])[names.Plural, names.Singular, .. names.ShortNames]).ToHashSet();
        var kinds = others.SelectMany(names => (string[])[names.Kind, names.ListKind]).ToHashSet();
        string? reason = null, message = null;
        bool IsFree(string what, HashSet<string> taken, params IEnumerable<string> names)
        {
            if (names.FirstOrDefault(name => name.Length > 0 && taken.Contains(name)) is not { } conflict) return true;
            (reason, message) = ($"{what}Conflict", $"\"{conflict}\" is already in use");
            return false;
        }

        var given = old with { Categories = wanted.Categories };
        if (IsFree("Plural", resources, wanted.Plural)) given = given with { Plural = wanted.Plural };
        if (IsFree("Singular", resources, wanted.Singular)) given = given with { Singular = wanted.Singular };
        if (IsFree("ShortNames", resources, wanted.ShortNames)) given = given with { ShortNames = wanted.ShortNames };
        if (IsFree("Kind", kinds, wanted.Kind)) given = given with { Kind = wanted.Kind };
        if (IsFree("ListKind", kinds, wanted.ListKind)) given = given with { ListKind = wanted.ListKind };
        status["acceptedNames"] = Write(given);
        Conditions.Set(status, now, NamesAccepted, reason is null ? "True" : "False", reason ?? "NoConflicts", message ?? "no conflicts found");
        // What was established once stays so: its objects are there.
        if (reason is null) Conditions.Set(status, now, Established, "True", "InitialNamesAccepted", "the initial names have been accepted");
        else if (before is null || !IsTrue(before, Established)) Conditions.Set(status, now, Established, "False", "NotAccepted", "not all names are accepted");
        var storage = (spec["versions"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(version => version.IsTrue("storage"));
        var stored = Meta.Texts(status, "storedVersions");
        if (storage is not null && !stored.Contains(storage.Text("name") ?? "")) stored.Add(storage.Text("name") ?? "");
        status.SetTexts("storedVersions", stored);
    }

    /// <summary>Says that the definition goes as soon as the objects of its kind have gone.</summary>
    public static void SetTerminating(JsonObject definition, DateTimeOffset now) =>
        Conditions.Set(definition.Child("status"), now, "Terminating", "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress");

    private static JsonObject Write(DefinitionNames names)
    {
        var value = new JsonObject();
        value.SetTexts("categories", names.Categories);
        foreach (var (field, name) in ((string, string)[])[("kind", names.Kind), ("listKind", names.ListKind), ("plural", names.Plural), ("singular", names.Singular)])
            if (name.Length > 0 || field is "kind" or "plural") value[field] = name;
        value.SetTexts("shortNames", names.ShortNames);
        return value;
    }
}
