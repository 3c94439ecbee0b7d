using Ringfence.Lab.Daemon;
using Xunit;

namespace Ringfence.Lab.Tests.Daemon;

/// <summary>A folder in which somebody else laid something for root to fall over.</summary>
[Collection(AloneCollection.Name)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class LabFolderTests : IDisposable
{
    private const string Variable = "RINGFENCE_RUN";

    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);
    private readonly string _run = Directory.CreateTempSubdirectory("ringfence-").FullName;

    public LabFolderTests() => Environment.SetEnvironmentVariable(Variable, _run);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        Directory.Delete(_run, recursive: true);
    }

    [Fact]
    public void Take_LinkToElsewhere_IsRefused_AndNothingThereIsRemoved()
    {
        Root.IsNeeded();
        var elsewhere = Directory.CreateDirectory(Path.Join(_run, "elsewhere"));
        var precious = Path.Join(elsewhere.FullName, "precious");
        File.WriteAllText(precious, "");
        Directory.CreateDirectory(LabFolder.Root);
        Directory.CreateSymbolicLink(Path.Join(LabFolder.Root, "lab"), elsewhere.FullName);

        Assert.Throws<LabException>(() => LabFolder.Of("lab").TryTake());
        Assert.Throws<LabException>(() => LabFolder.Of("lab").CleanUp());
        Assert.True(File.Exists(precious));
    }

    [Fact]
    public void Take_FolderThatOthersWriteIn_IsRefused()
    {
        Root.IsNeeded();
        Directory.CreateDirectory(LabFolder.Root);
        File.SetUnixFileMode(LabFolder.Root, (UnixFileMode)0x1ff);

        Assert.Throws<LabException>(() => LabFolder.Of("lab").TryTake());
    }

    [Fact]
    public void Take_OwnFolder_IsForRootAlone()
    {
        Root.IsNeeded();

        using var held = LabFolder.Of("lab").TryTake();

        Assert.NotNull(held);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(LabFolder.Of("lab").Path));
    }
}
