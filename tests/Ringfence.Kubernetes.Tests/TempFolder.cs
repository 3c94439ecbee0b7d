using System.IO.Compression;
using System.Text;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Kubernetes.Tests;

/// <summary>A folder for one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ringfence-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public string Write(string name, byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllBytes(File(name), content);
        return File(name);
    }

    public static byte[] Gzip(string content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(content));
        return packed.ToArray();
    }

    public ManifestSet Read(ManifestOptions? options = null) => ManifestReader.Read([Path], options ?? new ManifestOptions(), TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class Manifests
{
    /// <summary>Reads one text as if it were a file.</summary>
    public static ManifestSet Read(string content, ManifestOptions? options = null) => Read(Encoding.UTF8.GetBytes(content), options);

    public static ManifestSet Read(byte[] content, ManifestOptions? options = null) =>
        ManifestReader.Read(["-"], (options ?? new ManifestOptions()) with { StandardInput = new MemoryStream(content) }, TestContext.Current.CancellationToken);

    public static string Place(Diagnostic diagnostic) => $"{diagnostic.Location.Line}:{diagnostic.Location.Column}";

    public static Diagnostic Only(ManifestSet set) => Assert.Single(set.Diagnostics);
}
