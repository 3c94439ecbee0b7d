using Ringfence.Model;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>Shows the input's own lines again.</summary>
public sealed class ManifestLines
{
    private const int LongestLine = 500;

    private readonly byte[]? _standardInput;

    internal ManifestLines(byte[]? standardInput) => _standardInput = standardInput;

    /// <summary>Reads lines from files; those of standard input are not known.</summary>
    public static ManifestLines OfFiles { get; } = new(null);

    /// <summary>
    /// The lines of a place with their numbers, from its first to its last line, long ones cut off. Empty where they cannot be read:
    /// no file is known, it has changed or is gone, or standard input was too big to be kept.
    /// </summary>
    public IReadOnlyList<(int Line, string Text)> Read(Location location)
    {
        if (location.File is null || location.Line < 1) return [];
        try
        {
            using var input = location.File == InputFiles.StandardInput
                ? InputText.Open(new MemoryStream(_standardInput ?? [], writable: false))
                : InputText.Open(location.File);
            using var reader = new StreamReader(input.Text);
            return Read(reader, location.Line, Math.Max(location.EndLine, location.Line));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or NotSupportedException)
        {
            return [];
        }
    }

    // Line by line as ReadLine does, but a line of hundreds of megabytes is never held.
    private static List<(int, string)> Read(StreamReader reader, int first, int last)
    {
        var lines = new List<(int, string)>();
        var buffer = new char[16 << 10];
        var line = 1;
        var text = new System.Text.StringBuilder();
        var isEmpty = true;
        while (line <= last && reader.Read(buffer) is > 0 and var count)
        {
            var rest = buffer.AsSpan(0, count);
            while (!rest.IsEmpty && line <= last)
            {
                var end = rest.IndexOf('\n');
                var part = end < 0 ? rest : rest[..end];
                isEmpty = false;
                if (line >= first) text.Append(part[..Math.Min(part.Length, Math.Max(LongestLine - text.Length, 0))]);
                if (end < 0) break;
                Finish();
                rest = rest[(end + 1)..];
            }
        }

        if (!isEmpty && line <= last) Finish();
        return lines;

        void Finish()
        {
            if (line >= first) lines.Add((line, text.ToString().TrimEnd('\r')));
            line++;
            text.Clear();
            isEmpty = true;
        }
    }
}
