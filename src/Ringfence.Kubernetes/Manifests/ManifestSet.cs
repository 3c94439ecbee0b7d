using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>How manifests are read.</summary>
public sealed record ManifestOptions
{
    /// <summary>The namespace of namespaced objects that name none, as <c>kubectl apply -n</c> would set it; <c>default</c> where null.</summary>
    public string? DefaultNamespace { get; init; }

    /// <summary>Whether CIDRs are checked as from Kubernetes 1.36 (StrictIPCIDRValidation), or as before.</summary>
    public bool StrictCidr { get; init; } = true;

    /// <summary>Whether a NetworkPolicy without a namespace is an error, as the API server itself has it; otherwise it gets the default.</summary>
    public bool RequireNamespace { get; init; }

    /// <summary>What <c>-</c> reads.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>Gets each file as it was, so that it can be read again elsewhere; null where nobody needs that.</summary>
    public Action<ManifestText>? Keep { get; init; }

    /// <summary>Told now and then how many files and objects have been read.</summary>
    public IProgress<(int Files, long Bytes, int Objects)>? Progress { get; init; }
}

/// <summary>A file at hand.</summary>
/// <param name="Name">Its path as the user knows it; <c>-</c> for standard input.</param>
/// <param name="IsExplicit">Whether the user named the file itself, not a folder that holds it.</param>
/// <param name="Content">What is in it, as it is: any encoding that is read, gzip too.</param>
public sealed record ManifestText(string Name, bool IsExplicit, ReadOnlyMemory<byte> Content);

/// <summary>What was read from files.</summary>
/// <param name="Objects">The objects.</param>
/// <param name="Diagnostics">Errors, warnings and notes, in reading order.</param>
/// <param name="SkippedKinds">Kinds that say nothing about reach, with how many there were, by name.</param>
/// <param name="Files">How many files were read.</param>
public sealed record ManifestSet(
    ClusterObjects Objects, ImmutableArray<Diagnostic> Diagnostics, ImmutableSortedDictionary<string, int> SkippedKinds, int Files)
{
    /// <summary>Shows the lines of a place again.</summary>
    public ManifestLines Lines { get; init; } = ManifestLines.OfFiles;

    /// <summary>Whether anything was refused.</summary>
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.Severity == Severity.Error);
}
