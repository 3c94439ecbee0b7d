using Ringfence.Cli.Input.Live;
using Ringfence.Cli.Output;
using Ringfence.Model;

namespace Ringfence.Cli.CommandLine;

/// <summary>What the user chose with the options that verbs share.</summary>
internal sealed record Choices
{
    /// <summary>What to read; empty where <see cref="Cluster"/> is given.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The running cluster to read; null where <see cref="Files"/> are.</summary>
    public LiveCluster? Cluster { get; init; }

    /// <summary>The kubeconfig of <c>--kubeconfig</c>; null for the usual ones.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The context of <c>--context</c>; null for the current one.</summary>
    public string? Context { get; init; }

    /// <summary>Whether there is anything to read.</summary>
    public bool HasInput => Files.Count > 0 || Cluster is not null;

    /// <summary>The namespace of names that give none.</summary>
    public string NamespaceOfNames => Namespace ?? Cluster?.Access.Namespace ?? "default";

    /// <summary>The namespace of <c>-n</c>; null where it was not given.</summary>
    public string? Namespace { get; init; }

    /// <summary>The namespace of a running cluster whose objects are reported on, as <c>kubectl get -n</c> does; null for all. Manifests are all meant.</summary>
    public string? ShownNamespace => Cluster is null || AllNamespaces ? null : Namespace;

    /// <summary>Whether rows of every namespace are wanted, whatever <see cref="Namespace"/> says.</summary>
    public bool AllNamespaces { get; init; }

    /// <summary>The labels that rows must have; null for any.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>The form of the answer.</summary>
    public OutputFormat Format { get; init; }

    /// <summary>Whether tables and CSV have headers.</summary>
    public bool Headers { get; init; } = true;

    /// <summary>Whether CIDRs are checked strictly.</summary>
    public bool StrictCidr { get; init; } = true;

    /// <summary>Where answers and messages go.</summary>
    public required Terminal Terminal { get; init; }
}
