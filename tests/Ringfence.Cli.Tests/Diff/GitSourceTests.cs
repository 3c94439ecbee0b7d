using System.Diagnostics;

namespace Ringfence.Cli.Tests.Diff;

/// <summary>Revisions of a real git repository.</summary>
public sealed class GitSourceTests : IDisposable
{
    private const string Pods = "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: a }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: db, namespace: a }\n";
    private const string Deny = "# closed\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny, namespace: a }\nspec: { podSelector: {} }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-git").FullName;

    public GitSourceTests()
    {
        Git("init", "-q", "-b", "main");
        Write("deploy/base/pods.yaml", Pods);
        Write("deploy/notes.txt", "no manifest");
        Commit("pods");
        Write("deploy/base/deny all.yaml", Deny);
        Commit("closed");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Revisions_FromASubFolder_AreReadAndNamed()
    {
        var run = In("deploy", "diff", "git:HEAD~1:base", "git:main:./base");
        Assert.Equal(1, run.Code);
        Assert.Contains("0 appear, 4 vanish; policies: 1 added", run.Out, StringComparison.Ordinal);
        Assert.Contains("policy a/deny added  git:main:./base/deny all.yaml:2:1", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git:HEAD", "deploy", 0)]
    [InlineData("git:HEAD:deploy/base", "deploy/base", 0)]
    [InlineData("git:HEAD:deploy/base/pods.yaml", "deploy/base/pods.yaml", 0)]
    [InlineData("git:HEAD~1", "deploy", 1)]
    public void Revision_AgainstTheWorkingFolder_DiffersWhereItDoes(string old, string @new, int code)
    {
        var run = In(".", "diff", old, @new);
        Assert.Equal((code, ""), (run.Code, run.Error));
    }

    [Theory]
    [InlineData("links")]
    [InlineData("base-link")]
    [InlineData("links/deny.yaml")]
    public void Links_OfARevision_AreFollowedAsInTheWorkingFolder(string path)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "links"));
        File.CreateSymbolicLink(Path.Combine(_folder, "links", "deny.yaml"), "../deploy/base/deny all.yaml");
        File.CreateSymbolicLink(Path.Combine(_folder, "base-link"), "deploy/base");
        Commit("links");

        var run = In(".", "diff", $"git:HEAD:{path}", path, "-f", "deploy/base/pods.yaml");
        Assert.Equal((0, ""), (run.Code, string.Join("", run.Error.Split('\n').Where(line => !line.StartsWith("note", StringComparison.Ordinal)))));
        Assert.Equal("no connection differs\n", run.Out);
    }

    [Theory]
    [InlineData("../../elsewhere.yaml")]
    [InlineData("nowhere.yaml")]
    public void Link_OfARevisionThatLeadsNowhere_IsTold(string target)
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "lost.yaml"), target);
        Commit("lost");

        var run = In(".", "diff", "git:HEAD", "deploy");
        Assert.Equal(2, run.Code);
        Assert.Contains("git has no content of git:HEAD:lost.yaml", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git:nowhere", "no revision nowhere")]
    [InlineData("git:HEAD:nothing", "no file or folder nothing")]
    [InlineData("git:HEAD:../x", "leads out of the git repository")]
    [InlineData("git:HEAD:deploy/notes.txt", "")]
    public void Source_ThatIsNotThere_ExitsWithTwo(string old, string message)
    {
        var run = In(".", "diff", old, "deploy");
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void OutsideARepository_SaysSo()
    {
        var elsewhere = Directory.CreateTempSubdirectory("ringfence-nogit");
        var run = Start(elsewhere.FullName, RingfenceCommand.Executable, ["diff", "git:HEAD", "."]);
        elsewhere.Delete();
        Assert.Equal(2, run.Code);
        Assert.Contains("not in a git repository", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutGit_ExitsWithThree()
    {
        var run = RingfenceCommand.RunWith(null, new Dictionary<string, string> { ["PATH"] = "/nonexistent" }, "diff", "git:HEAD", "examples/rag");
        Assert.Equal(3, run.Code);
        Assert.Contains("needs the program git", run.Error, StringComparison.Ordinal);
    }

    private Run In(string folder, params string[] args) => Start(Path.Combine(_folder, folder), RingfenceCommand.Executable, args);

    private void Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private void Commit(string message)
    {
        Git("add", "-A");
        Git("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "-m", message);
    }

    private void Git(params string[] args)
    {
        var run = Start(_folder, "git", args);
        Assert.True(run.Code == 0, run.Error);
    }

    private static Run Start(string folder, string program, string[] args)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Run(process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
