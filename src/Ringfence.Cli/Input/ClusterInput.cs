using System.Collections.Immutable;
using Ringfence.Analysis;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input.Sources;
using Ringfence.Cli.Output;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Input;

/// <summary>What was read for an answer, compiled. What is wrong with it has been told on standard error.</summary>
internal sealed class ClusterInput
{
    private ClusterInput(ManifestSet manifests, Reachability reachability)
    {
        HasErrors = manifests.HasErrors;
        NotEvaluated = manifests.Objects.Unevaluated;
        Lines = manifests.Lines;
        Reachability = reachability;
    }

    /// <summary>Whether anything was refused, so that answers leave it out.</summary>
    public bool HasErrors { get; }

    /// <summary>Policies that may change every answer but are not evaluated.</summary>
    public ImmutableArray<UnevaluatedPolicy> NotEvaluated { get; }

    /// <summary>The input's own lines.</summary>
    public ManifestLines Lines { get; }

    /// <summary>The compiled cluster.</summary>
    public Reachability Reachability { get; }

    /// <summary>The cluster.</summary>
    public Snapshot Snapshot => Reachability.Snapshot;

    /// <summary>The exit code of an answer that is <paramref name="code"/> by itself: wrong input outweighs it.</summary>
    public int Code(int code) => HasErrors ? ExitCode.Unusable : code;

    /// <summary>Reads and compiles what the user named.</summary>
    /// <param name="choices">What the user named.</param>
    /// <param name="keep">Gets each file as it was; null where nobody needs that.</param>
    public static ClusterInput Load(Choices choices, Action<ManifestText>? keep = null)
    {
        using var progress = new ReadingProgress(choices.Terminal);
        var manifests = ReadManifests(choices, requireNamespace: false, progress, keep);
        TellDiagnostics(manifests, choices.Terminal);
        return Compile(manifests, progress);
    }

    /// <summary>Reads and compiles a source, with the files that the user named.</summary>
    /// <param name="choices">What the user named.</param>
    /// <param name="source">The source.</param>
    public static ClusterInput Load(Choices choices, ClusterSource source)
    {
        using var progress = new ReadingProgress(choices.Terminal);
        var manifests = source.Read(choices, Options(choices, requireNamespace: false, progress) with
        {
            StandardInput = source.IsStandardInput ? Console.OpenStandardInput() : null,
        });
        TellDiagnostics(manifests, choices.Terminal);
        return Compile(manifests, progress);
    }

    private static ClusterInput Compile(ManifestSet manifests, ReadingProgress progress)
    {
        if (manifests.HasErrors && Count(manifests.Objects) == 0) throw new CommandException("nothing could be read to answer from");
        progress.Say("compiling policies");
        var reachability = Reachability.Compile(Snapshot.Create(manifests.Objects));
        return new ClusterInput(manifests, reachability);
    }

    /// <summary>Reads what the user named, and tells nothing.</summary>
    public static ManifestSet ReadManifests(Choices choices, bool requireNamespace, ReadingProgress progress, Action<ManifestText>? keep = null) =>
        choices.Cluster is { } cluster ? cluster.Read(choices, strictCidr: false, progress, keep) : ManifestReader.Read(choices.Files, Options(choices, requireNamespace, progress) with
        {
            StandardInput = choices.Files.Contains("-") ? Console.OpenStandardInput() : null,
            Keep = keep,
        });

    private static ManifestOptions Options(Choices choices, bool requireNamespace, ReadingProgress progress) => new()
    {
        DefaultNamespace = choices.Namespace,
        StrictCidr = choices.StrictCidr,
        RequireNamespace = requireNamespace,
        Progress = progress,
    };

    /// <summary>Writes the policies that were not evaluated into machine output.</summary>
    public void WriteNotEvaluated(StructuredWriter writer) => WriteNotEvaluated(writer, NotEvaluated);

    /// <inheritdoc cref="WriteNotEvaluated(StructuredWriter)"/>
    public static void WriteNotEvaluated(StructuredWriter writer, IEnumerable<UnevaluatedPolicy> policies) =>
        writer.List("notEvaluated", policies, NotEvaluatedFields(writer));

    /// <summary>Writes one of them.</summary>
    public static Action<UnevaluatedPolicy> NotEvaluatedFields(StructuredWriter writer) => policy =>
    {
        writer.Field("apiVersion", policy.ApiVersion);
        writer.Field("kind", policy.Kind);
        writer.Field("name", policy.QualifiedName);
        writer.Location("location", policy.Location);
    };

    /// <summary>The form in which errors name a place and what is wrong there.</summary>
    public static string Describe(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.ToString();
        var text = diagnostic.FieldError is { } error ? error.ToString() : diagnostic.Message;
        var about = diagnostic.Object is { } name && !text.Contains(name, StringComparison.Ordinal) ? $"{name}: " : "";
        return place.Length == 0 ? about + text : $"{place}: {about}{text}";
    }

    private static void TellDiagnostics(ManifestSet manifests, Terminal terminal)
    {
        foreach (var diagnostic in manifests.Diagnostics)
            if (diagnostic.Code == NotEvaluatedCode) terminal.TellLoudly(Describe(diagnostic));
            else terminal.Tell(diagnostic.Severity, Describe(diagnostic));

        if (!manifests.HasErrors || Count(manifests.Objects) == 0) return;
        var policies = manifests.Diagnostics
            .Where(diagnostic => diagnostic.Severity == Severity.Error && diagnostic.Object?.StartsWith("NetworkPolicy ", StringComparison.Ordinal) == true)
            .Select(diagnostic => diagnostic.Object!["NetworkPolicy ".Length..])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        terminal.Tell(Severity.Error, policies.Count == 0
            ? "the answer may be wrong: the input has errors"
            : $"the answer leaves out {Counted.Of(policies.Count, "policy", "policies")} that the API server would refuse: {string.Join(", ", policies)}");
    }

    /// <summary>How many objects were read.</summary>
    public static int Count(ClusterObjects objects) =>
        objects.Namespaces.Length + objects.Nodes.Length + objects.Pods.Length + objects.Workloads.Length + objects.Services.Length
        + objects.EndpointSlices.Length + objects.Ingresses.Length + objects.NetworkPolicies.Length + objects.Unevaluated.Length;

    /// <summary>The code of the diagnostic for a policy that is recognised but not evaluated.</summary>
    public const string NotEvaluatedCode = "not-evaluated";
}
