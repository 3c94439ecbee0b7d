using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;
using static Ringfence.Kubernetes.Tests.Manifests;

namespace Ringfence.Kubernetes.Tests;

public class InputFileTests
{
    private static string Namespace(string name) => $"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n";

    [Fact]
    public void Read_Folder_IsRecursiveAndInOrdinalOrder()
    {
        using var folder = new TempFolder();
        folder.Write("b.yml", Namespace("b"));
        folder.Write("a/z.yaml", Namespace("z"));
        folder.Write("a/B.YAML.GZ", TempFolder.Gzip(Namespace("gz")));
        folder.Write("c.json", """{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "c"}}""");
        folder.Write("notes.txt", "{{{");
        var set = folder.Read();
        Assert.Empty(set.Diagnostics);
        Assert.Equal(4, set.Files);
        Assert.Equal(["gz", "z", "b", "c"], set.Objects.Namespaces.Select(n => n.Name));
        Assert.Equal(folder.File("a/z.yaml"), set.Objects.Namespaces[1].Location.File);
    }

    [Fact]
    public void Read_FileOfAnyName_IsReadWhenGiven()
    {
        using var folder = new TempFolder();
        var path = folder.Write("manifest.txt", Namespace("a"));
        var set = ManifestReader.Read([path, path], new ManifestOptions(), TestContext.Current.CancellationToken);
        Assert.Single(set.Objects.Namespaces);
        Assert.Equal((Severity.Note, "already-read"), (Only(set).Severity, Only(set).Code));
    }

    [Theory]
    [InlineData("config", "{apiVersion: v1, kind: Config, clusters: []}")]
    [InlineData("config.json", """{"kind":"Config","apiVersion":"v1","clusters":[{"name":"c","cluster":{"server":"https://x"}}]}""")]
    public void Read_Kubeconfig_IsRefusedWhenGiven_AndLeftOutOfAFolder(string name, string content)
    {
        using var folder = new TempFolder();
        var path = folder.Write(name, content);
        var given = Only(ManifestReader.Read([path], new ManifestOptions(), TestContext.Current.CancellationToken));
        Assert.Equal((Severity.Error, "not-kubernetes"), (given.Severity, given.Code));
        Assert.Equal($"this is a kubeconfig, which has no objects: read its cluster with '--kubeconfig {path}', in 'diff' with 'cluster: --kubeconfig {path}'", given.Message);

        folder.Write("kubeconfig.yaml", content);
        folder.Write("a.yaml", Namespace("a"));
        var set = folder.Read();
        Assert.Single(set.Objects.Namespaces);
        Assert.All(set.Diagnostics, told => Assert.Equal((Severity.Warning, "not-kubernetes"), (told.Severity, told.Code)));
        Assert.NotEmpty(set.Diagnostics);
    }

    [Fact]
    public void Read_FolderWithoutManifests_IsAnErrorThatNamesWhatIsThere()
    {
        using var folder = new TempFolder();
        Assert.Equal("empty-folder", Only(folder.Read()).Code);
        folder.Write("README.md", "x");
        Assert.Contains("README.md", Only(folder.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EmptyStandardInput_IsAnError()
    {
        var set = ManifestReader.Read(["-"], new ManifestOptions { StandardInput = Stream.Null }, TestContext.Current.CancellationToken);
        Assert.Equal((Severity.Error, "empty-input"), (Only(set).Severity, Only(set).Code));
    }

    [Fact]
    public void Read_MissingFile_IsTold()
    {
        using var folder = new TempFolder();
        var set = ManifestReader.Read([folder.File("nowhere"), ""], new ManifestOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(["not-found", "not-found"], set.Diagnostics.Select(d => d.Code));
        Assert.Equal(folder.File("nowhere"), set.Diagnostics[0].Location.File);
    }

    [Fact]
    public void Read_Links_AreFollowedButNotInCircles()
    {
        using var folder = new TempFolder();
        folder.Write("a/x.yaml", Namespace("x"));
        Directory.CreateSymbolicLink(folder.File("a/up"), folder.Path);
        Directory.CreateSymbolicLink(folder.File("again"), folder.File("a"));
        File.CreateSymbolicLink(folder.File("circle.yaml"), folder.File("circle.yaml"));
        File.CreateSymbolicLink(folder.File("dangling.yaml"), folder.File("nothing"));
        File.CreateSymbolicLink(folder.File("linked.yaml"), folder.Write("elsewhere.txt", Namespace("w")));
        var set = folder.Read();
        Assert.Equal(["link-loop", "unreadable", "unreadable"], set.Diagnostics.Select(d => d.Code));
        Assert.Equal(folder.File("a/up"), set.Diagnostics[0].Location.File);
        Assert.Equal(["x", "w"], set.Objects.Namespaces.Select(n => n.Name));
    }

    [Fact]
    public void Read_FileWithoutPermission_IsTold()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a.yaml", Namespace("a"));
        folder.Write("b.yaml", Namespace("b"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.None);
        else Assert.Skip("Windows has no file modes");
        var set = Unprivileged.Read(folder);
        Assert.Equal(("unreadable", "cannot be read: permission denied"), (Only(set).Code, Only(set).Message));
        Assert.Single(set.Objects.Namespaces);
    }

    [Fact]
    public void Read_OtherYaml_IsAWarningInAFolderAndAnErrorWhenGiven()
    {
        using var folder = new TempFolder();
        var path = folder.Write("values.yaml", "replicas: 3\n");
        folder.Write("x.yaml", Namespace("x"));
        Assert.Equal((Severity.Warning, "not-kubernetes"), (Only(folder.Read()).Severity, Only(folder.Read()).Code));
        var set = ManifestReader.Read([path], new ManifestOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(Severity.Error, Only(set).Severity);
    }

    [Fact]
    public void Read_StandardInputTwice_ReadsItOnce()
    {
        var options = new ManifestOptions { StandardInput = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Namespace("a"))) };
        var set = ManifestReader.Read(["-", "-"], options, TestContext.Current.CancellationToken);
        Assert.Equal(Severity.Note, Only(set).Severity);
        Assert.Single(set.Objects.Namespaces);
    }

    [Theory]
    [InlineData("a.yaml")]
    [InlineData("a.yaml.gz")]
    public void ReadLines_ShowsTheFilesOwnLines(string name)
    {
        using var folder = new TempFolder();
        var text = "one\r\ntwo\n\nfour " + new string('x', 600);
        folder.Write(name, name.EndsWith("gz", StringComparison.Ordinal) ? TempFolder.Gzip(text) : System.Text.Encoding.UTF8.GetBytes(text));
        var lines = ManifestLines.OfFiles;
        Assert.Equal([(1, "one"), (2, "two"), (3, "")], lines.Read(new Location(folder.File(name), 1, 1, 3)));
        Assert.Equal((4, 500), (lines.Read(new Location(folder.File(name), 4, 1))[0].Line, lines.Read(new Location(folder.File(name), 4, 1))[0].Text.Length));
        Assert.Empty(lines.Read(new Location(folder.File("gone"), 1, 1)));
        Assert.Empty(lines.Read(new Location(folder.File(name), 9, 1)));
    }

    [Fact]
    public void ReadLines_OfStandardInput_AreKept()
    {
        var set = Read(Namespace("a"));
        Assert.Equal([(3, "metadata:"), (4, "  name: a")], set.Lines.Read(new Location("-", 3, 1, 4)));
    }

    [Fact]
    public void Read_ChartInAFolder_IsAWarningThatSaysToRenderIt()
    {
        using var folder = new TempFolder();
        folder.Write("chart/Chart.yaml", "apiVersion: v2\nname: x\nversion: 0.1.0\n");

        var diagnostic = Assert.Single(folder.Read().Diagnostics);
        Assert.Equal((Severity.Warning, "not-kubernetes"), (diagnostic.Severity, diagnostic.Code));
        Assert.Contains("helm template", diagnostic.Message, StringComparison.Ordinal);
    }
}
