using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Kubernetes.Client.Access;

/// <summary>
/// The kubeconfig as kubectl reads it: of several files the first that has an entry wins, and files that are missing are passed over. Immutable.
/// </summary>
/// <remarks>https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/</remarks>
public sealed class Kubeconfig
{
    private const string Variable = "KUBECONFIG";

    private readonly Dictionary<string, KubeconfigEntry> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeconfigEntry> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeconfigEntry> _contexts = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _looked;

    private Kubeconfig(IEnumerable<KubeconfigFile> files, IReadOnlyList<string> looked)
    {
        _looked = looked;
        foreach (var file in files)
        {
            IsFound = true;
            CurrentContext ??= file.CurrentContext;
            foreach (var entry in file.Clusters) _clusters.TryAdd(entry.Name, entry);
            foreach (var entry in file.Users) _users.TryAdd(entry.Name, entry);
            foreach (var entry in file.Contexts) _contexts.TryAdd(entry.Name, entry);
        }
    }

    /// <summary>Whether any file was there.</summary>
    public bool IsFound { get; }

    /// <summary>The context that is meant where none is named; null where the files name none.</summary>
    public string? CurrentContext { get; }

    /// <summary>The names of the contexts, in order.</summary>
    public IReadOnlyList<string> Contexts => [.. _contexts.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Reads the files.</summary>
    /// <param name="file">The only file to read, which must be there; null for those of <c>KUBECONFIG</c>, else <c>~/.kube/config</c>.</param>
    /// <exception cref="ClusterException">A file cannot be read, or is no kubeconfig.</exception>
    public static Kubeconfig Load(string? file = null)
    {
        if (file is not null) return new Kubeconfig([KubeconfigFile.Read(file)], [file]);
        var paths = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } list
            ? list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray()
            : HomeFile();
        return new Kubeconfig(paths.Where(path => File.Exists(path) || Directory.Exists(path)).Select(KubeconfigFile.Read), paths);
    }

    /// <summary>Finds out how to reach the cluster of a context.</summary>
    /// <param name="context">The context; null for the current one.</param>
    /// <exception cref="ClusterException">There is no such context, or what it says is wrong.</exception>
    public ClusterAccess Resolve(string? context = null)
    {
        if ((context ?? CurrentContext) is not { Length: > 0 } name)
            throw new ClusterException(
                IsFound ? "the kubeconfig has no current context" : $"there is no kubeconfig: {string.Join(", ", _looked)} {(_looked.Count == 1 ? "is" : "are")} not there",
                _contexts.Count > 0 ? [$"Name one with --context: {string.Join(", ", Contexts)}"] : ["Name a file with --kubeconfig FILE, or in the variable KUBECONFIG."]);
        if (!_contexts.TryGetValue(name, out var entry)) throw Unknown("context", name, null, _contexts);
        var cluster = Named(entry, "cluster", _clusters);
        var user = entry.Text("user") is null ? null : Named(entry, "user", _users);
        var access = new AccessReader(cluster, user).Read() with { Name = name, Namespace = entry.Text("namespace") ?? "default" };
        foreach (var each in (KubeconfigEntry?[])[entry, cluster, user]) each?.File.ThrowIfWrong();
        return access;
    }

    private static KubeconfigEntry Named(KubeconfigEntry context, string what, Dictionary<string, KubeconfigEntry> entries)
    {
        if (context.Text(what) is not { } name) throw new ClusterException($"{context.Place()}: the context {context.Name} names no {what}");
        return entries.TryGetValue(name, out var entry) ? entry : throw Unknown(what, name, context.Place(what), entries);
    }

    private static ClusterException Unknown(string what, string name, Location? place, Dictionary<string, KubeconfigEntry> entries)
    {
        var where = place is { } known ? $"{known}: " : "";
        var names = entries.Keys.Order(StringComparer.Ordinal).ToList();
        return new ClusterException(
            $"{where}the kubeconfig has no {what} \"{Excerpt.Of(name)}\"",
            Spelling.Nearest(name, names) is { } nearest ? $"Did you mean {nearest}?"
            : names.Count > 0 ? $"It has {string.Join(", ", names.Take(20))}{(names.Count > 20 ? ", …" : "")}."
            : $"It has no {what} at all.");
    }

    private static string[] HomeFile()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length == 0 ? [] : [Path.Combine(home, ".kube", "config")];
    }
}
