namespace Ringfence.Kubernetes.Manifests;

/// <summary>Reads manifests from files, folders and standard input.</summary>
public static class ManifestReader
{
    /// <summary>Reads everything that <paramref name="paths"/> name. Never throws for bad input: what is wrong is told in the diagnostics.</summary>
    /// <param name="paths">Files, folders (read recursively, in ordinal order), or <c>-</c>.</param>
    /// <param name="options">How to read.</param>
    /// <param name="cancellation">Stops the reading with an <see cref="OperationCanceledException"/>.</param>
    public static ManifestSet Read(IReadOnlyList<string> paths, ManifestOptions options, CancellationToken cancellation = default) =>
        throw new NotSupportedException($"{paths} {options} {cancellation}");
}
