namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>Orders paths so that of two items of a list the later comes first.</summary>
internal sealed class PathOrder : IComparer<string>
{
    /// <summary>The order.</summary>
    public static PathOrder LastFirst { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (first, second) = (EditPath.Steps(x ?? ""), EditPath.Steps(y ?? ""));
        foreach (var (one, other) in first.Zip(second))
        {
            var order = int.TryParse(one, out var a) && int.TryParse(other, out var b) ? b.CompareTo(a) : string.CompareOrdinal(other, one);
            if (order != 0) return order;
        }

        return second.Count.CompareTo(first.Count);
    }
}
