using Ringfence.Analysis.Expectations;
using Ringfence.Cli.CommandLine;
using Ringfence.Model;
using Ringfence.Model.Decoding;

namespace Ringfence.Cli.Testing;

/// <summary>Finds and reads files of expectations.</summary>
internal static class ExpectationFiles
{
    /// <summary>How the names of such files end, so that they are found in folders.</summary>
    public static readonly string[] Endings = ["expectations.yaml", "expectations.yml"];

    /// <summary>The files that paths name; in folders, recursively and in ordinal order, those whose names end as <see cref="Endings"/> have it.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyCollection<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                if (!File.Exists(path)) throw new CommandException($"{path}: no such file or folder");
                files.Add(path);
                continue;
            }

            try
            {
                files.AddRange(Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                    .Where(IsExpectations)
                    .Select(file => path == "." ? Path.GetRelativePath(".", file) : file)
                    .Order(StringComparer.Ordinal));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"{path}: this folder cannot be read: {problem.Message}");
            }
        }

        return files.Count > 0
            ? [.. files.DistinctBy(Path.GetFullPath)]
            : throw new CommandException(
                $"no expectations: there is no file *{Endings[0]} in {string.Join(", ", paths.Select(path => path == "." ? "this folder" : path))}",
                "Name one: ringfence test FILE. To begin with what is open today:",
                "  ringfence test -f DIR --write expectations.yaml");
    }

    /// <summary>Reads the files that paths name, as <see cref="Find"/> finds them.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static IEnumerable<ReadExpectations> ReadAll(IReadOnlyCollection<string> paths, string defaultNamespace) =>
        Find(paths).Select(file => new ReadExpectations(file, Read(file, defaultNamespace)));

    /// <summary>Reads a file.</summary>
    public static ExpectationReading Read(string file, string defaultNamespace)
    {
        try
        {
            if (new FileInfo(file).Length > DocumentLimits.DocumentBytes) return Unreadable($"is bigger than {DocumentLimits.DocumentBytes >> 20} MB");
            return ExpectationReader.Read(File.ReadAllBytes(file), file, defaultNamespace);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Unreadable($"cannot be read: {(problem is UnauthorizedAccessException ? "permission denied" : problem.Message)}");
        }

        ExpectationReading Unreadable(string why) => new(null, [new Diagnostic(Severity.Error, "unreadable", why, new Location(file, 0, 0))]);
    }

    private static bool IsExpectations(string file) => Endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
