using System.Text;

namespace Ringfence.Model.Policies;

/// <summary>The rules for <c>metadata</c> of a NetworkPolicy.</summary>
/// <remarks>staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go</remarks>
internal static class MetadataRules
{
    /// <summary>All annotation keys and values together, in bytes.</summary>
    private const int MaxAnnotationBytes = 256 * 1024;

    /// <summary>The API server cuts <c>generateName</c> to this many characters and adds five random ones.</summary>
    private const int MaxGeneratedPrefix = 58;

    private static readonly FieldPath s_metadata = FieldPath.Root("metadata");

    public static void CheckCreate(PolicyManifest policy, FieldErrorList errors)
    {
        CheckName(policy.Name, policy.GenerateName, NameFormat.DnsSubdomain, errors);
        if (string.IsNullOrEmpty(policy.Namespace)) errors.Required(s_metadata.Child("namespace"), "");
        else CheckNamespace(policy.Namespace, errors);

        CheckMaps(policy, errors);
    }

    /// <summary>The name of an object of any kind.</summary>
    /// <param name="given">Its name, if it has one.</param>
    /// <param name="generateName">What its name is to begin with, if given.</param>
    /// <param name="format">The format of names of its kind.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static void CheckName(string? given, string? generateName, Func<string, IEnumerable<string>> format, FieldErrorList errors)
    {
        var prefix = generateName ?? "";
        if (prefix.Length > 0) errors.Invalid(s_metadata.Child("generateName"), prefix, format(MaskTrailingDash(prefix)));

        var name = string.IsNullOrEmpty(given) ? StandInFor(prefix) : given;
        if (name.Length == 0) errors.Required(s_metadata.Child("name"), "name or generateName is required");
        else errors.Invalid(s_metadata.Child("name"), name, format(name));
    }

    public static void CheckNamespace(string name, FieldErrorList errors) =>
        errors.Invalid(s_metadata.Child("namespace"), name, NameFormat.DnsLabel(name));

    public static void CheckUpdate(PolicyManifest policy, PolicyManifest old, FieldErrorList errors)
    {
        CheckUnchanged(policy.Name, old.Name, s_metadata.Child("name"), errors);
        CheckUnchanged(policy.Namespace, old.Namespace, s_metadata.Child("namespace"), errors);
        CheckMaps(policy, errors);
    }

    private static void CheckMaps(PolicyManifest policy, FieldErrorList errors)
    {
        SelectorRules.CheckLabels(policy.Labels, s_metadata.Child("labels"), errors);
        CheckAnnotations(policy.Annotations ?? [], s_metadata.Child("annotations"), errors);
    }

    /// <summary>Annotations of an object: keys, and all together.</summary>
    public static void CheckAnnotations(IReadOnlyList<KeyValuePair<string, string>> annotations, FieldPath path, FieldErrorList errors)
    {
        var bytes = 0L;
        foreach (var (key, value) in LabelSet.Create(annotations))
        {
            errors.Invalid(path, key, NameFormat.LabelKey(Lower(key)));
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (bytes > MaxAnnotationBytes) errors.TooLong(path, MaxAnnotationBytes);
    }

    private static void CheckUnchanged(string? value, string? old, FieldPath path, FieldErrorList errors)
    {
        if ((value ?? "") != (old ?? "")) errors.Invalid(path, value ?? "", "field is immutable");
    }

    // The name is made before it is checked; a fixed ending stands for the random one.
    private static string StandInFor(string generateName) =>
        generateName.Length == 0 ? "" : string.Concat(generateName.AsSpan(0, Math.Min(generateName.Length, MaxGeneratedPrefix)), "xxxxx");

    // The API server replaces the last two characters by one, not only the dash.
    private static string MaskTrailingDash(string prefix) => prefix.Length > 1 && prefix.EndsWith('-') ? $"{prefix[..^2]}a" : prefix;

    // Go's simple case mapping; unlike .NET's, it makes an i of the dotted I.
    private static string Lower(string key) => key.Replace('\u0130', 'i').ToLowerInvariant();
}
