namespace Ringfence.Analysis.Endpoints;

/// <summary>The kinds that an endpoint may name, and kubectl's short names for them.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubectl/#resource-types</remarks>
public static class Kinds
{
    /// <summary>The kind that is followed to the pods behind it.</summary>
    public const string Service = "Service";

    private static readonly (string Kind, string Short)[] All =
    [
        ("Pod", "po"), ("Deployment", "deploy"), ("StatefulSet", "sts"), ("DaemonSet", "ds"), ("ReplicaSet", "rs"),
        ("ReplicationController", "rc"), ("Job", "job"), ("CronJob", "cj"), (Service, "svc"),
    ];

    /// <summary>The kind for any of its names, whatever the case; another word as it is.</summary>
    public static string Expand(string word)
    {
        foreach (var (kind, shortName) in All)
            if (word.Equals(kind, StringComparison.OrdinalIgnoreCase)
                || word.Equals(kind + "s", StringComparison.OrdinalIgnoreCase)
                || word.Equals(shortName, StringComparison.OrdinalIgnoreCase))
                return kind;
        return word;
    }

    /// <summary>The short name that a user would write for a kind.</summary>
    public static string Shorten(string kind) => All.FirstOrDefault(known => known.Kind == kind).Short ?? kind;
}
