using System.Globalization;
using System.Text;
using Ringfence.Cli.CommandLine;
using Ringfence.Evidence.Records;
using Ringfence.Evidence.Report;

namespace Ringfence.Cli.Proving;

/// <summary>Where evidence is written: a file for machines and a page for people.</summary>
/// <param name="Json">The file for machines.</param>
/// <param name="Page">The page for people.</param>
internal sealed record EvidenceFiles(string Json, string Page)
{
    /// <summary>The folder of evidence that nobody gave another place.</summary>
    public const string Folder = "ringfence-evidence";

    /// <summary>The places that the user gave, else in <see cref="Folder"/> with the name and the time.</summary>
    public static EvidenceFiles Choose(string name, string? json, string? page)
    {
        var usual = Path.Combine(Folder, $"{name}-{TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}");
        return new EvidenceFiles(json ?? usual + ".json", page ?? usual + ".html");
    }

    /// <summary>Makes sure that the files can be written, before the work is done that would be lost.</summary>
    /// <exception cref="CommandException">They cannot.</exception>
    public void Prepare()
    {
        foreach (var file in (string[])[Json, Page])
            Try(file, () =>
            {
                if (Directory.Exists(file)) throw new IOException("it is a folder");
                if (File.Exists(file)) return;
                if (!Directory.Exists(FolderOf(file)))
                {
                    Directory.CreateDirectory(FolderOf(file));
                    InvokingUser.Give(FolderOf(file));
                }

                using var trial = new FileStream(Draft(file), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            });
    }

    /// <summary>Writes both.</summary>
    /// <exception cref="CommandException">They cannot be written.</exception>
    public void Write(EvidenceDocument document)
    {
        Write(Json, stream => EvidenceJson.Write(stream, document));
        Write(Page, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            HtmlReport.Write(writer, document);
        });
    }

    // Nobody ever sees half a new file. What is there already keeps its place, owner and rights: it may be a device or a link.
    private static void Write(string file, Action<Stream> write) => Try(file, () =>
    {
        if (File.Exists(file))
        {
            using var there = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
            write(there);
            return;
        }

        using (var stream = File.Create(Draft(file))) write(stream);
        InvokingUser.Give(Draft(file));
        File.Move(Draft(file), file);
    });

    private static void Try(string file, Action action)
    {
        try
        {
            action();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new CommandException(
                $"cannot write {file}: {(problem is UnauthorizedAccessException ? "permission denied" : problem.Message)}",
                "Name other places with --evidence FILE and --report FILE, or write none with --no-files.");
        }
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";

    private static string Draft(string file) => Path.Combine(FolderOf(file), $".{Path.GetFileName(file)}.draft");
}
