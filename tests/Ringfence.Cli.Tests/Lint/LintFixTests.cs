using System.Diagnostics;
using Ringfence.Cli.Output;

namespace Ringfence.Cli.Tests.Lint;

public sealed class LintFixTests : IDisposable
{
    private const string Policy =
        """
        # keep me
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: rag-api, namespace: ai}   # and me
        spec:
          podSelector: {matchLabels: {app: rag-api}}
          egress:
          - to: [{podSelector: {matchLabels: {app: vector-db}}}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: rag-api, namespace: ai, labels: {app: rag-api}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: chat-ui, namespace: ai, labels: {app: chat-ui}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-fix-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Fix_WithoutTerminal_ShowsAPatchThatAppliesAndWritesNothing()
    {
        var file = WritePolicy();

        var run = Run("lint", "-f", "policy.yaml", "--rule", "RF003", "--fix");

        Assert.Equal(1, run.Code);
        Assert.Equal(Policy, File.ReadAllText(file));
        Assert.Equal(
            """
            --- a/policy.yaml
            +++ b/policy.yaml
            @@ -6,6 +6,7 @@
               podSelector: {matchLabels: {app: rag-api}}
               egress:
               - to: [{podSelector: {matchLabels: {app: vector-db}}}]
            +  policyTypes: [Egress]
             ---
             apiVersion: v1
             kind: Pod

            """, run.Out);
        Assert.Contains("nothing written", run.Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "mend.patch"), run.Out);
        using var git = Process.Start(new ProcessStartInfo("git", ["apply", "mend.patch"]) { WorkingDirectory = _folder })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        Assert.Equal(0, Run("lint", "-f", "policy.yaml", "--rule", "RF003").Code);
    }

    [Fact]
    public void Fix_Yes_WritesKeepsModeAndLinkAndLintsAgain()
    {
        var file = WritePolicy();
        var link = Path.Combine(_folder, "link.yaml");
        File.CreateSymbolicLink(link, file);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var run = Run("lint", "-f", "link.yaml", "--rule", "RF003", "--fix", "--yes");

        Assert.Equal(0, run.Code);
        Assert.Equal("nothing found in 1 policy and 2 workloads\n", run.Out);
        Assert.Equal(Policy.Replace("vector-db}}}]\n", "vector-db}}}]\n  policyTypes: [Egress]\n", StringComparison.Ordinal), File.ReadAllText(file));
        Assert.NotNull(new FileInfo(link).LinkTarget);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Fix_StandardInput_SaysWhyNot()
    {
        var run = RingfenceCommand.RunIn(_folder, Policy, null, "lint", "-f", "-", "--rule", "RF003", "--fix", "--yes");

        Assert.Equal(1, run.Code);
        Assert.Equal("", run.Out);
        Assert.Contains("it came by standard input", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fix_NothingToMend_SaysSo()
    {
        File.WriteAllText(Path.Combine(_folder, "policy.yaml"), Policy.Replace("spec:\n", "spec:\n  policyTypes: [Egress]\n", StringComparison.Ordinal));

        Assert.Equal(0, Run("lint", "-f", "policy.yaml", "--rule", "RF003", "--fix", "--yes").Code);
    }

    [Fact]
    public void UnifiedDiff_RandomTexts_AreAppliedByGit()
    {
        var random = new Random(7);
        for (var round = 0; round < 40; round++)
        {
            var before = RandomText(40);
            var after = Changed(before);
            if (before == after) continue;
            var file = Path.Combine(_folder, "a b.txt");
            File.WriteAllText(file, before);
            File.WriteAllText(Path.Combine(_folder, "x.patch"), string.Concat(UnifiedDiff.Lines("a b.txt", before, after).Select(line => line + "\n")));
            using var git = Process.Start(new ProcessStartInfo("git", ["apply", "x.patch"]) { WorkingDirectory = _folder })!;
            git.WaitForExit();
            Assert.True(git.ExitCode == 0, $"round {round}");
            Assert.Equal(after, File.ReadAllText(file));
        }

        string RandomText(int lines) => string.Concat(Enumerable.Range(0, lines).Select(_ => $"line {random.Next(12)}\n")) + (random.Next(2) == 0 ? "" : "end");

        string Changed(string text)
        {
            var lines = text.Split('\n').ToList();
            for (var i = random.Next(6); i > 0; i--)
            {
                var at = random.Next(lines.Count - 1);
                if (random.Next(2) == 0) lines.RemoveAt(at);
                else lines.Insert(at, $"new {random.Next(3)}");
            }

            return string.Join('\n', lines);
        }
    }

    private string WritePolicy()
    {
        var file = Path.Combine(_folder, "policy.yaml");
        File.WriteAllText(file, Policy);
        return file;
    }

    private Run Run(params string[] args) => RingfenceCommand.RunIn(_folder, null, null, args);
}
