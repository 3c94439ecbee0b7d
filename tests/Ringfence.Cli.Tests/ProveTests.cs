using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ringfence.Cli.Tests;

/// <summary><c>prove</c> as users run it, with a real kernel and real packets where they are root.</summary>
public sealed class ProveTests
{
    private const string Rag = "examples/rag";

    [Fact]
    public void Plan_NeedsNoRoot_AndIsAsKept()
    {
        var run = RingfenceCommand.Run("prove", "-f", Rag, "--plan");
        Assert.Equal(0, run.Code);
        Golden.Matches("rag/prove-plan.txt", run.Out);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void Plan_FewProbes_SaysWhatIsThinned()
    {
        var run = RingfenceCommand.Run("prove", "-f", Rag, "--plan", "--max-probes", "300");
        Golden.Matches("rag/prove-plan-thinned.txt", run.Out);
    }

    [Fact]
    public void Plan_Json_HasEveryProbeWithItsReason()
    {
        using var plan = JsonDocument.Parse(RingfenceCommand.Run("prove", "-f", Rag, "--plan", "-o", "json").Out);
        Assert.Equal("ProbePlan", plan.RootElement.GetProperty("kind").GetString());
        var items = plan.RootElement.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(plan.RootElement.GetProperty("probes").GetInt32(), items.Count);
        Assert.All(items, item => Assert.NotEqual(0, item.GetProperty("reasons").GetArrayLength()));
        Assert.All(items, item => Assert.Contains(item.GetProperty("expected").GetString(), (string[])["allowed", "denied"]));
    }

    [Fact]
    public void Prove_DualStack_ExpectsOfEachFamilyWhatItsPacketsSee()
    {
        NeedsRoot();
        var run = RingfenceCommand.Run("prove", "-f", "tests/Ringfence.Cli.Tests/Manifests/families-apart.yaml", "--dual-stack", "--no-files");
        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Contains(" 0 differ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Prove_Example_RealPacketsSeeWhatPoliciesSay()
    {
        NeedsRoot();
        var folder = Directory.CreateTempSubdirectory("ringfence-prove-").FullName;
        try
        {
            var (json, page) = (Path.Combine(folder, "new", "rag.json"), Path.Combine(folder, "rag.html"));

            var run = RingfenceCommand.Run("prove", "-f", Rag, "--evidence", json, "--report", page);

            Assert.True(run.Code == 0, run.Out + run.Error);
            Golden.Matches("rag/prove.txt", run.Out);
            Assert.Contains(json, run.Error, StringComparison.Ordinal);
            using var evidence = JsonDocument.Parse(File.ReadAllText(json));
            CheckEvidence(evidence.RootElement);
            Assert.Contains("Real packets saw what the policies say", File.ReadAllText(page), StringComparison.Ordinal);
            Assert.Equal(2, Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Count());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Prove_Page_ShowsWhatIsPrinted() =>
        Assert.Contains(File.ReadAllText(RepositoryRoot.Of("tests", "Ringfence.Cli.Tests", "Golden", "rag", "prove.txt")),
            File.ReadAllText(RepositoryRoot.Of("docs", "prove.md")), StringComparison.Ordinal);

    [Fact]
    public void Prove_NothingEnforced_DiffersWhereverSomethingIsDenied()
    {
        NeedsRoot();
        var run = RingfenceCommand.Run("prove", "-f", Rag, "--no-enforce", "--no-files", "-o", "json");

        Assert.Equal(1, run.Code);
        using var evidence = JsonDocument.Parse(run.Out);
        var items = evidence.RootElement.GetProperty("items").EnumerateArray().ToList();
        Assert.NotEmpty(items);
        Assert.All(items, item =>
        {
            var isDenied = item.GetProperty("expected").GetString() == "denied";
            Assert.Equal(isDenied ? "differs" : "agrees", item.GetProperty("result").GetString());

            // What surprises is tried to the end; a busy machine may be slow to give even the answer that is expected.
            Assert.InRange(item.GetProperty("attempts").GetArrayLength(), isDenied ? 4 : 1, 4);
        });
    }

    [Fact]
    public async Task Prove_NotRoot_NamesTheCommand()
    {
        NeedsRoot();
        var start = new ProcessStartInfo("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps", "-all", RingfenceCommand.Executable, "prove", "-f", Rag, "-n", "a b"])
        {
            WorkingDirectory = RepositoryRoot.Path,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 3, error);
        Assert.Contains("needs root", error, StringComparison.Ordinal);
        Assert.Contains("sudo ./ringfence prove -f examples/rag -n 'a b'", error, StringComparison.Ordinal);
        Assert.Empty(await output);
    }

    [Fact]
    public void Prove_WrongManifests_ProvesNothing()
    {
        NeedsRoot();
        var run = RingfenceCommand.Run("prove", "-f", "examples/broken", "-f", Rag, "--no-files");
        Assert.Equal(2, run.Code);
        Assert.Contains("nothing is proved", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public void Prove_PlaceThatCannotBeWritten_IsToldBeforeTheWork()
    {
        NeedsRoot();
        var run = RingfenceCommand.Run("prove", "-f", Rag, "--report", "/proc/nowhere/report.html", "--evidence", "/proc/nowhere/evidence.json");
        Assert.Equal(2, run.Code);
        Assert.Contains("cannot write /proc/nowhere/evidence.json", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public void Prove_PlaceThatIsALink_IsWrittenThroughIt()
    {
        NeedsRoot();
        var folder = Directory.CreateTempSubdirectory("ringfence-prove-").FullName;
        try
        {
            var (link, target) = (Path.Combine(folder, "link"), Path.Combine(folder, "target"));
            File.WriteAllText(target, "old");
            File.CreateSymbolicLink(link, target);

            Assert.Equal(0, RingfenceCommand.Run("prove", "-f", Rag, "--evidence", link, "--report", Path.Combine(folder, "rag.html")).Code);

            Assert.Equal(target, new FileInfo(link).LinkTarget);
            Assert.StartsWith("{", File.ReadAllText(target), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Prove_UnderSudo_FilesAreTheInvokingUsers()
    {
        NeedsRoot();
        var folder = Directory.CreateTempSubdirectory("ringfence-prove-").FullName;
        try
        {
            var json = Path.Combine(folder, "new", "rag.json");
            var sudo = new Dictionary<string, string> { ["SUDO_UID"] = "65534", ["SUDO_GID"] = "65533" };
            Assert.Equal(0, RingfenceCommand.RunWith(null, sudo, "prove", "-f", Rag, "--evidence", json, "--report", Path.Combine(folder, "rag.html")).Code);
            Assert.Equal("65534 65533", Owner(json));
            Assert.Equal("65534 65533", Owner(Path.GetDirectoryName(json)!));
            Assert.Equal("0 0", Owner(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static string Owner(string path)
        {
            using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%u %g", path]) { UseShellExecute = false, RedirectStandardOutput = true })!;
            return stat.StandardOutput.ReadToEnd().Trim();
        }
    }

    [Fact]
    public void Prove_PoliciesWithoutPods_SaysWhatIsMissing()
    {
        NeedsRoot();
        var run = RingfenceCommand.Run("prove", "-f", Rag + "/policy-deny-all.yaml", "--no-files");
        Assert.Equal(2, run.Code);
        Assert.Contains("there is nothing to prove: the manifests have no pods and no workloads", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    private static void CheckEvidence(JsonElement evidence)
    {
        Assert.Equal("Evidence", evidence.GetProperty("kind").GetString());
        var summary = evidence.GetProperty("summary");
        Assert.Equal(summary.GetProperty("probes").GetInt32(), summary.GetProperty("agree").GetInt32());
        foreach (var file in evidence.GetProperty("inputs").EnumerateArray())
            Assert.Equal(
                Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(RepositoryRoot.Of(file.GetProperty("file").GetString()!)))),
                file.GetProperty("sha256").GetString());
        Assert.Equal(Directory.EnumerateFiles(RepositoryRoot.Of(Rag), "*.yaml", SearchOption.AllDirectories).Count(), evidence.GetProperty("inputs").GetArrayLength());
        Assert.All(evidence.GetProperty("environment").GetProperty("nodes").EnumerateArray(), node => Assert.Equal(64, node.GetProperty("rulesetSha256").GetString()!.Length));
        Assert.Contains(evidence.GetProperty("items").EnumerateArray(), item =>
            item.GetProperty("destinationWorkload").GetString() == "ai-platform/vector-db"
            && item.GetProperty("sourceWorkload").GetString() == "ai-platform/chat-ui"
            && item.GetProperty("observed").GetString() == "dropped");
    }

    private static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for network namespaces and nftables");
}
