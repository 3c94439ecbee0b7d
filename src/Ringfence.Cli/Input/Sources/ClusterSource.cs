using Ringfence.Cli.CommandLine;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Cli.Input.Sources;

/// <summary>Where one state of a cluster comes from.</summary>
internal abstract class ClusterSource
{
    /// <summary>The forms, for help and errors.</summary>
    public const string Forms = "a file, a folder, -, git:REV[:PATH] (manifests of a git revision) or cluster:[CONTEXT] (a running cluster)";

    private const string Git = "git:";
    private const string Cluster = "cluster:";

    /// <summary>What the user wrote.</summary>
    public required string Text { get; init; }

    /// <summary>Whether it takes standard input.</summary>
    public bool IsStandardInput => Text == "-";

    /// <summary>Reads what the user wrote; <c>./</c> before it makes a path of it whatever it begins with.</summary>
    /// <exception cref="CommandException">It names no revision.</exception>
    public static ClusterSource Parse(string text) =>
        text.StartsWith(Git, StringComparison.Ordinal) ? GitSource.Of(text, text[Git.Length..])
        : text.StartsWith(Cluster, StringComparison.Ordinal) ? new LiveClusterSource(text[Cluster.Length..]) { Text = text }
        : new PathSource { Text = text };

    /// <summary>Reads its manifests, and those of the files that the user chose before them.</summary>
    /// <exception cref="CommandException">It cannot be read as a whole; what is wrong with single manifests is in the diagnostics.</exception>
    public abstract ManifestSet Read(Choices choices, ManifestOptions options);

    /// <summary>Files and folders.</summary>
    private sealed class PathSource : ClusterSource
    {
        public override ManifestSet Read(Choices choices, ManifestOptions options) => ManifestReader.Read([.. choices.Files, Text], options);
    }
}
