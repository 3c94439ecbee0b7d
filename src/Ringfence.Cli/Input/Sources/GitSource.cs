using System.Text;
using Ringfence.Cli.CommandLine;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Cli.Input.Sources;

/// <summary>The manifests of a git revision, read from the repository around the working folder; nothing is checked out.</summary>
internal sealed class GitSource : ClusterSource
{
    private const string Link = "120000";
    private const string Follow = "--follow-symlinks";

    private static readonly Tool Git = new("git", "apt-get install git, or see https://git-scm.com/downloads");

    private readonly string _revision;

    // As the user sees it from the working folder; null for the whole repository.
    private readonly string? _path;

    private GitSource(string revision, string? path) => (_revision, _path) = (revision, path);

    /// <summary>Reads <c>REV</c> or <c>REV:PATH</c>.</summary>
    /// <exception cref="CommandException">It names no revision.</exception>
    public static GitSource Of(string text, string rest)
    {
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        var (revision, path) = colon < 0 ? (rest, null) : (rest[..colon], rest[(colon + 1)..]);
        // No ref begins with a hyphen; an option does.
        if (revision.Length == 0 || revision[0] == '-')
            throw new CommandException($"'{text}' names no git revision", "Write git:REV or git:REV:PATH, for example git:main or git:HEAD~1:examples/rag.");
        return new GitSource(revision, path is null or "" ? null : path) { Text = text };
    }

    /// <inheritdoc/>
    public override ManifestSet Read(Choices choices, ManifestOptions options)
    {
        var prefix = Run(["rev-parse", "--show-prefix"]);
        if (prefix.Code != 0)
        {
            throw prefix.Error.Contains("not a git repository", StringComparison.Ordinal)
                ? new CommandException($"'{Text}' cannot be read: this folder is not in a git repository", "Go to a folder of the repository first.")
                : Problem(prefix);
        }

        var commit = Run(["rev-parse", "--verify", "--quiet", $"{_revision}^{{commit}}"]);
        if (commit.Code != 0)
            throw new CommandException(
                $"this repository has no revision {_revision}",
                "'git branch -a' and 'git log --oneline' show what is there; a shallow clone lacks older commits (git fetch --unshallow), and branches of others (git fetch).");
        var inside = Inside(prefix.Text, _path);
        var place = $"{commit.Text}:{inside}";
        var found = Run(["cat-file", "--batch-check", Follow], Lines([inside.Length == 0 ? $"{commit.Text}^{{tree}}" : place])).Text.Split(' ');
        var texts = found switch
        {
            [var file, "blob", _] => Contents([(file, Text)], isExplicit: true),
            [var tree, "tree", _] => Contents(Files(tree, inside.Length == 0 ? place : place + "/"), isExplicit: false),
            _ => throw new CommandException($"revision {_revision} has no file or folder {(inside.Length == 0 ? "at all" : inside)}"),
        };
        return ManifestReader.Read(choices.Files, texts, options);
    }

    private List<(string Object, string Name)> Files(string tree, string place)
    {
        var listed = Run(["ls-tree", "-r", "-z", "--full-tree", tree]);
        if (listed.Code != 0) throw Problem(listed);
        var folder = _path is null ? $"git:{_revision}:" : Text.EndsWith('/') ? Text : Text + "/";
        var files = new List<(string, string)>();
        foreach (var line in Encoding.UTF8.GetString(listed.Output).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            // mode, type, object, and after a tab the path. A link is asked for by its place, so that git follows it; a submodule has no content here.
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            var (words, path) = (line[..tab].Split(' '), line[(tab + 1)..]);
            if (words[1] == "blob" && ManifestReader.IsManifest(path)) files.Add((words[0] == Link ? place + path : words[2], folder + path));
        }

        if (files.Count == 0) throw new CommandException($"'{Text}' has no .yaml, .yml or .json file");
        return files;
    }

    private static IEnumerable<ManifestText> Contents(List<(string Object, string Name)> files, bool isExplicit)
    {
        var batch = Run(["cat-file", "--batch", Follow], Lines(files.Select(file => file.Object)));
        if (batch.Code != 0) throw Problem(batch);
        var rest = batch.Output.AsMemory();
        foreach (var (_, name) in files)
        {
            // object, type and size on a line, then the content and a line end.
            var end = rest.Span.IndexOf((byte)'\n');
            var head = Encoding.ASCII.GetString(rest.Span[..end]).Split(' ');
            if (head is not [_, "blob", var size]) throw new CommandException($"git has no content of {name}: {string.Join(' ', head)}", "A link must lead to a file of the repository.");
            var length = int.Parse(size, System.Globalization.CultureInfo.InvariantCulture);
            yield return new ManifestText(name, isExplicit, rest.Slice(end + 1, length));
            rest = rest[(end + 1 + length + 1)..];
        }
    }

    /// <summary>The path from the top of the repository, without <c>.</c> and <c>..</c>.</summary>
    private static string Inside(string prefix, string? path)
    {
        if (path is null) return "";
        var parts = new List<string>();
        foreach (var part in (prefix + path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else throw new CommandException($"{path} leads out of the git repository");
        }

        return string.Join('/', parts);
    }

    // git takes requests line by line: a name with a line end would be two.
    private static byte[] Lines(IEnumerable<string> requests)
    {
        var text = new StringBuilder();
        foreach (var request in requests)
            text.Append(request.Contains('\n', StringComparison.Ordinal) ? throw new CommandException($"git cannot be asked for a name with a line end: {request}") : request).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static ToolResult Run(string[] arguments, byte[]? input = null) => Git.Run(arguments, input);

    private static CommandException Problem(ToolResult result) => new($"git cannot read it: {string.Join(' ', result.Error.Split('\n', StringSplitOptions.TrimEntries))}");
}
