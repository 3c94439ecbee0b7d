using Ringfence.Model;
using Ringfence.Model.Decoding;
using Node = Ringfence.Model.Decoding.Node;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>An object that was read, with its nodes where they are at hand.</summary>
internal readonly record struct ReadObject(KubernetesObject Object, MappingNode? Node);

/// <summary>What was read of a part of a file.</summary>
internal sealed class ReadResult
{
    public List<ReadObject> Objects { get; } = [];

    public List<Diagnostic> Diagnostics { get; } = [];

    public List<string> SkippedKinds { get; } = [];

    /// <summary>Items of a list that do not say what they are.</summary>
    public List<MappingNode> Unnamed { get; } = [];

    public void SortDiagnostics()
    {
        var sorted = Diagnostics.OrderBy(diagnostic => diagnostic.Location.Line).ThenBy(diagnostic => diagnostic.Location.Column).ToArray();
        Diagnostics.Clear();
        Diagnostics.AddRange(sorted);
    }
}

/// <summary>Turns documents into objects: single ones, and lists of them.</summary>
/// <param name="file">The file that they stand in.</param>
/// <param name="options">How to decode.</param>
/// <param name="keepsNodes">Whether the nodes are to be kept with the objects.</param>
internal sealed class DocumentReader(InputFile file, DecodeOptions options, bool keepsNodes = true)
{
    public InputFile File => file;

    public DecodeOptions Options => options;

    /// <summary>The same without keeping nodes.</summary>
    public DocumentReader WithoutNodes() => new(file, options, keepsNodes: false);

    public void Read(SourceDocument document, ReadResult result)
    {
        if (document.Problem is { } problem)
            result.Diagnostics.Add(new Diagnostic(
                Severity.Error, problem.Code, problem.Message, new Location(file.Shown, problem.Line, problem.Column)));
        else if (document.Root is { } root) Read(root, null, null, result);
    }

    /// <summary>Reads an object or a list of objects.</summary>
    /// <param name="root">It.</param>
    /// <param name="impliedVersion">The apiVersion that the list around it gives it; null where there is none.</param>
    /// <param name="impliedKind">The kind that the list around it gives it; null where there is none.</param>
    /// <param name="result">Gets what is read.</param>
    public void Read(Node root, string? impliedVersion, string? impliedKind, ReadResult result)
    {
        if (root is not MappingNode mapping)
        {
            NotAnObject(root, $"expected a Kubernetes object, got {root.Describe()}", result, isFault: root is ScalarNode);
            return;
        }

        var kind = mapping.Text("kind") ?? impliedKind;
        var version = mapping.Text("apiVersion") ?? impliedVersion;
        if (string.IsNullOrEmpty(kind) || string.IsNullOrEmpty(version))
        {
            if (IsHelmChart(mapping))
            {
                NotAnObject(root, "this is a Helm chart, render it first (helm template CHART | ringfence VERB -f -)", result, isFault: false);
                return;
            }

            var isOther = !mapping.TryGet("kind", out _) && !mapping.TryGet("apiVersion", out _);
            var missing = !string.IsNullOrEmpty(kind) ? "apiVersion is missing" : string.IsNullOrEmpty(version) ? "apiVersion and kind are missing" : "kind is missing";
            NotAnObject(root, $"not a Kubernetes object: {missing}", result, isFault: !isOther);
            return;
        }

        if ((version, kind) == ("v1", "Config"))
        {
            var name = file.Path == InputFiles.StandardInput ? "FILE" : file.Shown;
            NotAnObject(root, $"this is a kubeconfig, which has no objects: read its cluster with '--kubeconfig {name}', in 'diff' with 'cluster: --kubeconfig {name}'", result, isFault: false);
            return;
        }

        if (kind.EndsWith("List", StringComparison.Ordinal) && mapping.TryGet("items", out var items))
        {
            ReadList(items, version, kind, result);
            return;
        }

        var decoded = ObjectDecoder.Decode(mapping, version, kind, file.Shown, options, result.Diagnostics);
        if (decoded.Object is { } item) result.Objects.Add(new ReadObject(item, keepsNodes ? mapping : null));
        else if (decoded.SkippedKind is { } skipped) result.SkippedKinds.Add(skipped);
    }

    /// <summary>The apiVersion and kind that a list gives its items: those of a <c>PodList</c> are Pods, those of a <c>List</c> say themselves what they are.</summary>
    public static (string? Version, string? Kind) Implied(string version, string kind) => 
        kind.Length > 4 && kind.EndsWith("List", StringComparison.Ordinal) ? (version, kind[..^4]) : default;

    private void ReadList(Node items, string version, string kind, ReadResult result)
    {
        if (items is SequenceNode list)
        {
            var implied = Implied(version, kind);
            foreach (var item in list.Items) Read(item, implied.Version, implied.Kind, result);
        }
        else if (items is not ScalarNode { Kind: ScalarKind.Null })
        {
            result.Diagnostics.Add(new Diagnostic(Severity.Error, "wrong-type", $"items: expected a list, got {items.Describe()}", items.In(file.Shown)) { Field = "items" });
        }
    }

    private bool IsHelmChart(MappingNode mapping) =>
        Path.GetFileName(file.Path) is "Chart.yaml" or "Chart.yml" && !mapping.TryGet("kind", out _) && mapping.TryGet("name", out _);

    // Folders hold other YAML too, values of charts for one; what the user names is meant to be read.
    private void NotAnObject(Node root, string message, ReadResult result, bool isFault)
    {
        var severity = isFault || file.IsExplicit ? Severity.Error : Severity.Warning;
        result.Diagnostics.Add(new Diagnostic(
            severity, "not-kubernetes", severity == Severity.Error ? message : $"{message}; it is left out", root.In(file.Shown)));
    }
}
