namespace Ringfence.Analysis.Generation;

/// <summary>Which labels a policy should select by: those that stay the same from one rollout to the next and say what a pod is.</summary>
/// <remarks>
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ names the recommended ones; which of the others are stable is our
/// inference. Labels that controllers write: https://kubernetes.io/docs/reference/labels-annotations-taints/ (<c>pod-template-hash</c> and the like).
/// </remarks>
internal static class StableLabels
{
    private static readonly string[] Preferred =
    [
        "app.kubernetes.io/name", "app.kubernetes.io/component", "app", "k8s-app", "component", "role", "app.kubernetes.io/instance", "name", "tier",
    ];

    private static readonly string[] Passing = ["hash", "revision", "version", "chart", "generation", "checksum", "timestamp", "uid", "pod-index", "heritage"];

    /// <summary>Whether the label outlives a rollout.</summary>
    public static bool IsStable(string key)
    {
        if (key.StartsWith("batch.kubernetes.io/", StringComparison.Ordinal)
            || key is "job-name" or "statefulset.kubernetes.io/pod-name" or "app.kubernetes.io/managed-by" or "pod-template-generation")
            return false;
        var name = key[(key.LastIndexOf('/') + 1)..];
        return !Passing.Any(word => name.Equals(word, StringComparison.OrdinalIgnoreCase) || name.EndsWith("-" + word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether the label names the one pod or the one job that is meant, and nothing besides.</summary>
    public static bool IsOwnName(string key, string value, string name) =>
        value == name && (key is "statefulset.kubernetes.io/pod-name" or "job-name" or "batch.kubernetes.io/job-name");

    /// <summary>Lower is better.</summary>
    public static int Rank(string key) => Array.IndexOf(Preferred, key) is >= 0 and var rank ? rank : IsStable(key) ? Preferred.Length : Preferred.Length + 1;
}
