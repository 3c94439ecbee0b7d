namespace Ringfence.Kubernetes.Manifests;

/// <summary>What files and folders look like from outside: names, sizes and times of their last change, without reading them.</summary>
public sealed class FileStamps
{
    // Null where they could not be looked at.
    private readonly List<(string File, long Length, DateTime Written)>? _stamps;

    private FileStamps(List<(string File, long Length, DateTime Written)>? stamps) => _stamps = stamps;

    /// <summary>Looks at files, and at all that is in folders. A file that is not there has no stamp.</summary>
    public static FileStamps Of(IEnumerable<string> files)
    {
        try
        {
            return new(
                [.. files.SelectMany(file => Directory.Exists(file) ? Directory.EnumerateFiles(file, "*", SearchOption.AllDirectories) : [file])
                    .Order(StringComparer.Ordinal)
                    .Select(file => new FileInfo(file))
                    .Where(file => file.Exists)
                    .Select(file => (file.FullName, file.Length, file.LastWriteTimeUtc))]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A folder that goes while it is listed, or may not be listed: whoever reads it will say so.
            return new(null);
        }
    }

    /// <summary>Whether nothing looks different. False where there is doubt.</summary>
    public bool AreThoseOf(FileStamps other) => _stamps is not null && other._stamps is not null && _stamps.SequenceEqual(other._stamps);
}
