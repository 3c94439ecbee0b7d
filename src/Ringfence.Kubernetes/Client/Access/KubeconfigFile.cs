using System.Text;
using Ringfence.Model;
using Ringfence.Model.Decoding;
using Node = Ringfence.Model.Decoding.Node;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>A named entry of a kubeconfig.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its fields.</param>
/// <param name="File">The file that it stands in.</param>
internal sealed record KubeconfigEntry(string Name, Fields Value, KubeconfigFile File)
{
    /// <summary>The place of a field, or of the entry where the field is not there.</summary>
    public Location Place(string? field = null) => ((field is null ? null : Value[field]) ?? (Node?)Value.Node)?.In(File.Path) ?? new Location(File.Path, 0, 0);

    /// <summary>A string; null where it is absent or empty.</summary>
    public string? Text(string field) => Value.Text(field) is { Length: > 0 } text ? text : null;

    /// <summary>A path: relative ones are meant relative to the file's folder.</summary>
    public string? FilePath(string field) => Text(field) is { } path ? File.Resolve(path) : null;
}

/// <summary>One kubeconfig file.</summary>
/// <remarks>https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/</remarks>
internal sealed class KubeconfigFile
{
    // A kubeconfig with a thousand clusters and their certificates has some ten megabytes.
    private const long MostBytes = 32 << 20;

    private readonly List<Diagnostic> _diagnostics;

    private KubeconfigFile(string path, List<Diagnostic> diagnostics) => (Path, _diagnostics) = (path, diagnostics);

    /// <summary>The file's path as the user knows it.</summary>
    public string Path { get; }

    public string? CurrentContext { get; private init; }

    public IReadOnlyList<KubeconfigEntry> Clusters { get; private set; } = [];

    public IReadOnlyList<KubeconfigEntry> Users { get; private set; } = [];

    public IReadOnlyList<KubeconfigEntry> Contexts { get; private set; } = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="ClusterException">It cannot be read, or is no kubeconfig.</exception>
    public static KubeconfigFile Read(string path)
    {
        var diagnostics = new List<Diagnostic>();
        var documents = YamlReader.Read(Content(path)).Where(document => document.Root is not null || document.Problem is not null).ToList();
        if (documents.Find(document => document.Problem is not null).Problem is { } problem)
            throw new ClusterException($"{new Location(path, problem.Line, problem.Column)}: {problem.Message}");
        if (documents.Count == 0) return new KubeconfigFile(path, diagnostics);
        if (documents.Count > 1) throw new ClusterException($"{documents[1].Root!.In(path)}: a kubeconfig is one document, and here begins another one");
        if (documents[0].Root is not MappingNode root) throw new ClusterException($"{documents[0].Root!.In(path)}: expected a kubeconfig, got {documents[0].Root!.Describe()}");

        var fields = new ObjectScope(root, path, "kubeconfig", diagnostics) { Strict = false }.Fields(root, null);
        var kind = fields.Text("kind");
        if (kind is { Length: > 0 } and not "Config") throw new ClusterException($"{fields["kind"]!.In(path)}: this is a {kind}, not a kubeconfig (kind: Config)");
        var file = new KubeconfigFile(path, diagnostics) { CurrentContext = fields.Text("current-context") is { Length: > 0 } current ? current : null };
        file.Clusters = file.Entries(fields, "clusters", "cluster");
        file.Users = file.Entries(fields, "users", "user");
        file.Contexts = file.Entries(fields, "contexts", "context");
        file.ThrowIfWrong();
        return file;
    }

    /// <summary>Tells the first thing that is wrong with what was read so far.</summary>
    /// <exception cref="ClusterException">Something is.</exception>
    public void ThrowIfWrong()
    {
        if (_diagnostics.Find(diagnostic => diagnostic.Severity == Severity.Error) is { } error) throw new ClusterException($"{error.Location}: {error.Message}");
    }

    /// <summary>A path as it is meant: relative to the file's folder.</summary>
    public string Resolve(string path) => System.IO.Path.Combine(Folder, path);

    /// <summary>The file's folder.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;

    private List<KubeconfigEntry> Entries(Fields root, string list, string item) =>
    [
        .. from node in root.List(list) ?? []
           let entry = root.Scope.Fields(node, null)
           let name = entry.Text("name")
           where !string.IsNullOrEmpty(name)
           select new KubeconfigEntry(name, entry.Object(item, null), this),
    ];

    private static byte[] Content(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MostBytes) throw new ClusterException($"{path}: has {stream.Length >> 20} MB; no kubeconfig has");
            var content = new byte[stream.Length];
            var length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            var text = content.AsSpan(0, length);
            return text.StartsWith(Encoding.UTF8.Preamble) ? text[3..].ToArray() : text.ToArray();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException($"{path}: cannot be read: {Reason(problem)}", problem);
        }
    }

    /// <summary>What is wrong with a file, in few words.</summary>
    public static string Reason(Exception problem) => problem switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "no permission",
        _ => problem.Message,
    };
}
