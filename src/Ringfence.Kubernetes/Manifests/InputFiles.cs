using Ringfence.Model;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>A file to read.</summary>
/// <param name="Shown">Its path as the user knows it.</param>
/// <param name="Path">Where it is; <c>-</c> for standard input.</param>
/// <param name="IsExplicit">Whether the user named the file itself, not a folder that holds it.</param>
internal sealed record InputFile(string Shown, string Path, bool IsExplicit);

/// <summary>Finds the files that paths name: each file and each folder once, in ordinal order.</summary>
internal sealed class InputFiles(Action<Diagnostic> report)
{
    public const string StandardInput = "-";

    private static readonly string[] Endings = [".yaml", ".yml", ".json", ".yaml.gz", ".yml.gz", ".json.gz"];

    private readonly HashSet<string> _files = new(StringComparer.Ordinal);

    public IEnumerable<InputFile> Expand(string path)
    {
        if (path == StandardInput)
        {
            if (_files.Add(StandardInput)) yield return new InputFile(StandardInput, StandardInput, IsExplicit: true);
            else Note(path, "standard input can be read once only; the second - is left out");
            yield break;
        }

        if (Directory.Exists(path))
        {
            foreach (var file in Folder(path)) yield return file;
            yield break;
        }

        if (Path.Exists(path)) foreach (var file in Once(new InputFile(path, path, IsExplicit: true))) yield return file;
        else if (IsLink(path)) Error("unreadable", path, "is a link that leads to nothing or to itself");
        else Error("not-found", path, path.Length == 0 ? "an empty path names no file" : "no such file or folder");
    }

    public static bool IsManifest(string name) => Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private IEnumerable<InputFile> Folder(string given)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var others = new List<string>();
        var count = 0;
        foreach (var file in Walk(given, given, [], seen, others))
        {
            count++;
            foreach (var one in Once(file)) yield return one;
        }

        if (count > 0) yield break;
        var found = others.Count == 0 ? "the folder is empty" : $"only other files are here ({string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", …" : "")})";
        Error("empty-folder", given, $"no .yaml, .yml or .json file in this folder: {found}");
    }

    private IEnumerable<InputFile> Walk(string folder, string shown, List<string> above, HashSet<string> seen, List<string> others)
    {
        List<FileSystemInfo> entries;
        string real;
        try
        {
            real = RealPath(folder);
            entries = [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            Error("unreadable", shown, $"this folder cannot be read: {Reason(exception)}");
            yield break;
        }

        if (above.Contains(real))
        {
            Error("link-loop", shown, "this link leads back to a folder that holds it; it is not followed");
            yield break;
        }

        if (!seen.Add(real)) yield break;
        above.Add(real);
        foreach (var entry in entries)
        {
            // Mounted ConfigMaps keep their versions in folders that begin with two dots, and link to the files in them.
            if (entry.Name.StartsWith("..", StringComparison.Ordinal)) continue;
            var name = Path.Join(shown, entry.Name);
            if (Directory.Exists(entry.FullName))
            {
                foreach (var file in Walk(entry.FullName, name, above, seen, others)) yield return file;
            }
            else if (!IsManifest(entry.Name)) others.Add(entry.Name);
            else if (!Path.Exists(entry.FullName)) Error("unreadable", name, "is a link that leads to nothing or to itself");
            else yield return new InputFile(name, entry.FullName, IsExplicit: false);
        }

        above.RemoveAt(above.Count - 1);
    }

    private IEnumerable<InputFile> Once(InputFile file)
    {
        if (_files.Add(Path.GetFullPath(file.Path))) yield return file;
        else Note(file.Shown, "this file is given more than once; it is read once");
    }

    // With every link on the way followed, so that a folder has one name only.
    private static string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full) ?? "";
        var real = root;
        foreach (var part in full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Join(real, part);
            if (new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true) is { } target) real = RealPath(target.FullName);
        }

        return real;
    }

    private static bool IsLink(string path)
    {
        try
        {
            return path.Length > 0 && new FileInfo(path).LinkTarget is not null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Why a file cannot be read, without its path, which the location has.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "permission denied",
        FileNotFoundException or DirectoryNotFoundException => "it is not there any more",
        InvalidDataException => "the gzip data is damaged, cut off or of several parts; unpack it with gunzip",
        _ => exception.Message,
    };

    private void Error(string code, string path, string message) => report(new Diagnostic(Severity.Error, code, message, new Location(path, 0, 0)));

    private void Note(string path, string message) => report(new Diagnostic(Severity.Note, "already-read", message, new Location(path, 0, 0)));
}
