using System.Collections.Immutable;
using Ringfence.Analysis.Expectations;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Testing;

/// <summary>Expectations as they were read.</summary>
/// <param name="File">The file's path; of an object of a cluster <c>cluster:NAMESPACE/NAME</c>.</param>
/// <param name="Reading">What was read.</param>
internal sealed record ReadExpectations(string File, ExpectationReading Reading);

/// <summary>A file of expectations that was judged.</summary>
/// <param name="File">Its path; of an object of a cluster <c>cluster:NAMESPACE/NAME</c>.</param>
/// <param name="Cluster">The manifests that it was judged about.</param>
/// <param name="Cases">What became of its cases.</param>
internal sealed record TestedFile(string File, TestedCluster Cluster, ImmutableArray<CaseResult> Cases);

/// <summary>Manifests about which expectations were judged.</summary>
/// <param name="Manifests">Files and folders, or the running cluster.</param>
/// <param name="Input">What was read.</param>
/// <param name="View">As people look at it.</param>
/// <param name="Coverage">What is covered; null where nobody asks.</param>
internal sealed record TestedCluster(ImmutableArray<string> Manifests, ClusterInput Input, ClusterView View, Coverage? Coverage);

/// <summary>One run over all files.</summary>
internal sealed class TestRun
{
    private readonly Dictionary<string, TestedCluster> _clusters = new(StringComparer.Ordinal);
    private readonly Choices _choices;
    private readonly bool _withCoverage;

    private TestRun(Choices choices, bool withCoverage) => (_choices, _withCoverage) = (choices, withCoverage);

    /// <summary>The files that could be read.</summary>
    public List<TestedFile> Files { get; } = [];

    /// <summary>The clusters, each once.</summary>
    public IEnumerable<TestedCluster> Clusters => _clusters.Values;

    /// <summary>Whether a file of expectations could not be read.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>All cases.</summary>
    public IEnumerable<CaseResult> Cases => Files.SelectMany(file => file.Cases);

    /// <summary>The exit code: wrong input outweighs a failure, and a failure what is unknown.</summary>
    public int Code
    {
        get
        {
            if (HasErrors || Clusters.Any(cluster => cluster.Input.HasErrors)) return ExitCode.Unusable;
            return Cases.Select(result => result.Outcome).DefaultIfEmpty().Max() switch
            {
                ExpectationOutcome.Passed => ExitCode.Yes,
                ExpectationOutcome.Failed => ExitCode.No,
                _ => ExitCode.Unusable,
            };
        }
    }

    /// <summary>Judges files. What is wrong with them is told on standard error.</summary>
    public static TestRun Of(IEnumerable<ReadExpectations> files, Choices choices, bool withCoverage)
    {
        var run = new TestRun(choices, withCoverage);
        foreach (var file in files) run.Judge(file);
        return run;
    }

    /// <summary>The manifests that a file is judged about: what the user named, else what the file names, else the folder that it lies in.</summary>
    public static ImmutableArray<string> ManifestsOf(string file, ExpectationSet set, Choices choices)
    {
        if (choices.Cluster is { } cluster) return [cluster.Text];
        if (choices.Files.Count > 0) return [.. choices.Files];
        var folder = Path.GetDirectoryName(file) is { Length: > 0 } found ? found : ".";
        return set.Manifests.IsEmpty ? [folder] : [.. set.Manifests.Select(manifest => manifest == "." ? folder : folder == "." ? manifest : Path.Join(folder, manifest))];
    }

    private void Judge(ReadExpectations read)
    {
        var (file, reading) = read;
        foreach (var diagnostic in reading.Diagnostics) _choices.Terminal.Tell(diagnostic.Severity, ClusterInput.Describe(diagnostic));
        if (reading.Set is not { } set)
        {
            HasErrors = true;
            return;
        }

        var cluster = ClusterOf(ManifestsOf(file, set, _choices));
        Files.Add(new TestedFile(file, cluster, [.. new ExpectationJudge(cluster.View, cluster.Coverage).Judge(set.Cases)]));
    }

    private TestedCluster ClusterOf(ImmutableArray<string> manifests)
    {
        var key = string.Join('\n', manifests);
        if (_clusters.TryGetValue(key, out var known)) return known;
        var input = ClusterInput.Load(_choices.Cluster is null ? _choices with { Files = manifests } : _choices);
        var view = ClusterView.Create(input.Reachability);
        return _clusters[key] = new TestedCluster(manifests, input, view, _withCoverage ? new Coverage(view) : null);
    }
}
