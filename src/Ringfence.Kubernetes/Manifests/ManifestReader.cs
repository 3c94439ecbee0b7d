using Ringfence.Model;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>Reads manifests from files, folders and standard input.</summary>
public static class ManifestReader
{
    /// <summary>Reads everything that <paramref name="paths"/> name. Never throws for bad input: what is wrong is told in the diagnostics.</summary>
    /// <param name="paths">Files, folders (read recursively, in ordinal order), or <c>-</c>.</param>
    /// <param name="options">How to read.</param>
    /// <param name="cancellation">Stops the reading with an <see cref="OperationCanceledException"/>.</param>
    /// <remarks>
    /// Memory and time are bounded: YAML up to 256 MB a file and 64 MB a document, JSON of any size in documents and list items of up to
    /// 64 MB, nesting up to 100 levels, 5 million values a document.
    /// </remarks>
    public static ManifestSet Read(IReadOnlyList<string> paths, ManifestOptions options, CancellationToken cancellation = default)
    {
        var reading = new Reading(options, cancellation);
        foreach (var path in paths) reading.Read(path);
        return reading.Finish();
    }

    /// <summary>Reads everything that <paramref name="paths"/> name, and then files at hand.</summary>
    public static ManifestSet Read(IReadOnlyList<string> paths, IEnumerable<ManifestText> texts, ManifestOptions options, CancellationToken cancellation = default)
    {
        var reading = new Reading(options, cancellation);
        foreach (var path in paths) reading.Read(path);
        foreach (var text in texts) reading.Read(text);
        return reading.Finish();
    }

    /// <summary>Whether a file of this name is read where a folder is given.</summary>
    public static bool IsManifest(string name) => InputFiles.IsManifest(name);

    /// <summary>Reads files at hand, as <see cref="Read(IReadOnlyList{string}, ManifestOptions, CancellationToken)"/> reads those that paths name.</summary>
    public static ManifestSet Read(IEnumerable<ManifestText> texts, ManifestOptions options, CancellationToken cancellation = default) =>
        Read([], texts, options, cancellation);
}
