using System.Globalization;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>
/// Reads the annotations that ask to ignore a rule: a reason, and after it <c>until YYYY-MM-DD</c> where it is not for ever. On the object or on its namespace;
/// the object's own comes first.
/// </summary>
public sealed class Exemptions(ClusterObjects objects, DateOnly today)
{
    private const string Ending = "until ";

    private readonly Dictionary<string, Namespace> _namespaces = objects.Namespaces.ToDictionary(item => item.Name, StringComparer.Ordinal);

    /// <summary>The annotation that concerns a finding; null where there is none.</summary>
    public Exemption? Of(Finding finding) => Read(finding.Object, finding.Rule)
        ?? (_namespaces.TryGetValue(finding.Object.Namespace, out var item) ? Read(item, finding.Rule) : null);

    private Exemption? Read(KubernetesObject item, RuleCard rule)
    {
        if (item.Annotations[rule.Annotation] is not { } text) return null;
        var (reason, until) = Parse(text);
        var fault = reason.Length == 0 ? $"{rule.Annotation} gives no reason"
            : until < today ? string.Create(CultureInfo.InvariantCulture, $"{rule.Annotation} expired on {until:yyyy-MM-dd}")
            : null;
        return new Exemption(reason, until, fault, item);
    }

    /// <summary>Takes an annotation's value apart.</summary>
    public static (string Reason, DateOnly? Until) Parse(string text)
    {
        var at = text.LastIndexOf(Ending, StringComparison.Ordinal);
        return at >= 0 && DateOnly.TryParseExact(text[(at + Ending.Length)..].TrimEnd(' ', ')'), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? (text[..at].TrimEnd(' ', ',', ';', '('), day)
            : (text.Trim(), null);
    }
}
