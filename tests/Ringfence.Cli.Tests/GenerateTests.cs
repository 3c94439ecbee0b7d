namespace Ringfence.Cli.Tests;

/// <summary><c>generate</c>, as a user runs it.</summary>
public sealed class GenerateTests
{
    private const string Rag = "examples/rag";

    [Fact]
    public void Rag_TwoFlows_AreAsKept()
    {
        var run = RingfenceCommand.Run("generate", "-f", Rag, "-n", "ai-platform", "chat-ui -> rag-api:8000", "rag-api -> svc/vector-db, 203.0.113.0/24:443");

        Assert.Equal(0, run.Code);
        Golden.Matches("rag/generate.yaml", run.Out);
        Assert.Contains("checked: exactly the 3 wanted flows and DNS are open", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("matrix")]
    public void Mermaid_OfListAndMatrix_GivesTheSameReach(string verb)
    {
        using var folder = new TempFolder();
        var picture = RingfenceCommand.Run(verb, "-f", Rag, "-o", "mermaid").Out;
        var run = RingfenceCommand.RunWith(picture, null, "generate", "-f", Rag, "--mermaid", "-", "--isolate", "ai-platform", "--isolate", "ml-ops", "--no-dns", "--out", folder.Path);
        Assert.Equal(0, run.Code);
        Assert.Equal(0, RingfenceCommand.Run("validate", "-f", folder.Path).Code);
        foreach (var file in Directory.GetFiles(RepositoryRoot.Of(Rag), "*.yaml", SearchOption.AllDirectories))
            if (!File.ReadAllText(file).Contains("kind: NetworkPolicy", StringComparison.Ordinal)) File.Copy(file, Path.Combine(folder.Path, "cluster-" + Path.GetFileName(file)));

        Assert.Equal(RingfenceCommand.Run("list", "-f", Rag).Out, RingfenceCommand.Run("list", "-f", folder.Path).Out);
    }

    [Fact]
    public void Out_FileThatIsThere_IsKeptUnlessForced()
    {
        using var folder = new TempFolder();
        string[] args = ["generate", "-f", Rag, "-n", "ai-platform", "chat-ui -> rag-api:8000", "--out", folder.Path];
        Assert.Equal(0, RingfenceCommand.Run(args).Code);
        var file = Path.Combine(folder.Path, "ai-platform.yaml");
        File.WriteAllText(file, "mine");

        var second = RingfenceCommand.Run(args);
        Assert.Equal(2, second.Code);
        Assert.Contains("is there already", second.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(file));
        Assert.Equal(0, RingfenceCommand.Run([.. args, "--force"]).Code);
        Assert.StartsWith("# Nothing in and nothing out", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Json_IsOneListThatIsValid()
    {
        using var folder = new TempFolder();
        var run = RingfenceCommand.Run("generate", "-f", Rag, "-n", "ai-platform", "chat-ui -> rag-api:8000", "-o", "json");
        File.WriteAllText(Path.Combine(folder.Path, "policies.json"), run.Out);

        Assert.Contains("4 objects in 1 file are valid", RingfenceCommand.Run("validate", "-f", folder.Path).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rag")]
    [InlineData("model-server")]
    [InlineData("tool-server")]
    [InlineData("agent-sandbox")]
    [InlineData("vector-db")]
    [InlineData("default-deny")]
    public void Template_Alone_IsAsKeptAndValid(string name)
    {
        using var folder = new TempFolder();
        var run = RingfenceCommand.Run(["generate", "--template", name, "-n", "team-a", .. name == "agent-sandbox" ? ["--set", "allow=0.0.0.0/0:443"] : Array.Empty<string>()]);
        File.WriteAllText(Path.Combine(folder.Path, "policies.yaml"), run.Out);

        Assert.Equal(0, run.Code);
        Golden.Matches($"generate/{name}.yaml", run.Out);
        Assert.Equal(0, RingfenceCommand.Run("validate", "-f", folder.Path).Code);
    }

    [Theory]
    [InlineData("", "no flows given")]
    [InlineData("chat-ui", "has no arrow")]
    [InlineData("chat-ui -> rag-api:0", "cannot read the ports '0'")]
    [InlineData("chat-ui -> rag-ap:8000", "Did you mean ai-platform/rag-api?")]
    [InlineData("chat-ui -> rag-api:grpc", "has a port named 'grpc'")]
    [InlineData("kube-system/kube-dns -> external:53", "--isolate")]
    public void Misuse_SaysWhatToDo(string flow, string expected)
    {
        var run = RingfenceCommand.Run(["generate", "-f", Rag, "-n", "ai-platform", .. flow.Length > 0 ? [flow] : Array.Empty<string>()]);

        Assert.Equal(2, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--flows", "", "has no flows")]
    [InlineData("--flows", "a b\r\n", "-:1: 'a b' is not a flow")]
    [InlineData("--mermaid", "", "it is empty")]
    [InlineData("--mermaid", "flowchart LR\nchat-ui --- rag-api\n", "-:2: a line without an arrow head")]
    [InlineData("--observed", "nonsense\n", "of no known flow log")]
    [InlineData("--expectations", "kind: Other\n", "expected Expectations")]
    public void BadFile_IsToldWithItsPlace(string option, string text, string expected)
    {
        var run = RingfenceCommand.RunWith(text, null, "generate", "-f", Rag, "-n", "ai-platform", option, "-");

        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("ringfence-generate-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
