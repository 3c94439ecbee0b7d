using System.Text;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>A place as SARIF tells it.</summary>
/// <param name="Uri">The file, percent-encoded: from the repository's top folder where it is in it, else <c>file://…</c>.</param>
/// <param name="IsInRepository">Whether <paramref name="Uri"/> is relative to the repository's top folder.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="EndColumn">The column after the line's last character.</param>
internal readonly record struct SarifPlace(string Uri, bool IsInRepository, int Line, int Column, int EndColumn);

/// <summary>Finds places in files from a repository's top folder, as code scanning knows them.</summary>
internal sealed class SarifSources
{
    // A manifest that is longer is made by a program, and no line of it is looked at.
    private const long LongestFile = 4 << 20;

    private readonly Dictionary<string, Source> _sources = new(StringComparer.Ordinal);
    private readonly string _root = FindRoot();

    /// <summary>A place.</summary>
    public SarifPlace Place(Location location)
    {
        var source = SourceOf(location.File);
        var line = Math.Max(location.Line, 1);
        var column = Math.Max(location.Column, 1);
        var length = line <= source.Lines.Count ? source.Lines[line - 1] : 0;
        return new SarifPlace(source.Uri, source.IsInRepository, line, column, Math.Max(length, column) + 1);
    }

    /// <summary>The hash by which GitHub knows a line again; null where the file cannot be read.</summary>
    public string? LineHash(Location location)
    {
        var source = SourceOf(location.File);
        var line = Math.Max(location.Line, 1);
        return line <= source.Hashes.Count ? source.Hashes[line - 1] : null;
    }

    private Source SourceOf(string? file)
    {
        var name = file ?? "";
        if (!_sources.TryGetValue(name, out var source)) _sources.Add(name, source = Read(name));
        return source;
    }

    private Source Read(string file)
    {
        // A result without a file is refused; one whose file is not in the repository is not.
        if (file is "" or "-") return new Source("standard-input", true, [], []);
        var path = RealPath(file);
        var relative = Path.GetRelativePath(_root, path).Replace('\\', '/');
        var isInside = !Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal);
        var uri = isInside ? Encode(relative) : new Uri(path).AbsoluteUri;
        try
        {
            if (new FileInfo(path).Length > LongestFile) return new Source(uri, isInside, [], []);
            // The byte order mark counts as a character, as it does for GitHub.
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetString(File.ReadAllBytes(path));
            return new Source(uri, isInside, [.. text.Split('\n').Select(line => line.TrimEnd('\r', ' ', '\t').Length)], LineHashes.Of(text));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Source(uri, isInside, [], []);
        }
    }

    /// <summary>A relative path as a URI reference.</summary>
    internal static string Encode(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    // Code scanning shows nothing in a link.
    private static string RealPath(string file)
    {
        var path = Path.GetFullPath(file);
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static string FindRoot()
    {
        var here = Directory.GetCurrentDirectory();
        for (var folder = here; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Path.Exists(Path.Join(folder, ".git"))) return folder;
        return here;
    }

    private sealed record Source(string Uri, bool IsInRepository, IReadOnlyList<int> Lines, IReadOnlyList<string> Hashes);
}
