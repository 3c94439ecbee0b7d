using Ringfence.Kubernetes.Manifests;
using Xunit;

namespace Ringfence.Kubernetes.Tests;

public sealed class FileStampsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-stamps-").FullName;

    [Fact]
    public void Stamps_NothingChanged_AreTheSame()
    {
        Write("a.yaml", "a");

        Assert.True(FileStamps.Of([_folder, "/nowhere/at/all"]).AreThoseOf(FileStamps.Of([_folder, "/nowhere/at/all"])));
    }

    [Theory]
    [InlineData("a.yaml", "longer")]
    [InlineData("below/b.yaml", "new")]
    public void Stamps_FileChangedOrNew_Differ(string file, string text)
    {
        Write("a.yaml", "a");
        var before = FileStamps.Of([_folder]);

        Write(file, text);

        Assert.False(FileStamps.Of([_folder]).AreThoseOf(before));
    }

    [Fact]
    public void Stamps_FileGoneOrReplacedByOneOfItsSize_Differ()
    {
        Write("a.yaml", "a");
        var before = FileStamps.Of([_folder]);
        File.Delete(Path.Combine(_folder, "a.yaml"));
        var without = FileStamps.Of([_folder]);
        Write("a.yaml", "b");
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "a.yaml"), DateTime.UnixEpoch);

        Assert.False(without.AreThoseOf(before));
        Assert.False(FileStamps.Of([_folder]).AreThoseOf(before));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
