namespace Ringfence.Cli.Tests;

/// <summary>What the README shows, as whole outputs.</summary>
public sealed class ExampleTests
{
    private const string ChatUi = "ai-platform/chat-ui";
    private const string RagApi = "ai-platform/rag-api";
    private const string VectorDb = "ai-platform/vector-db:6333";

    public static TheoryData<string, int, string[]> Cases => new()
    {
        { "rag/matrix.txt", 0, ["matrix"] },
        { "rag/matrix-wide.txt", 0, ["matrix", "-o", "wide"] },
        { "rag/matrix.json", 0, ["matrix", "-o", "json"] },
        { "rag/matrix.yaml", 0, ["matrix", "-o", "yaml"] },
        { "rag/matrix.csv", 0, ["matrix", "-o", "csv"] },
        { "rag/matrix.md", 0, ["matrix", "-o", "md"] },
        { "rag/matrix.dot", 0, ["matrix", "-o", "dot"] },
        { "rag/matrix.mmd", 0, ["matrix", "-o", "mermaid"] },
        { "rag/matrix.html", 0, ["matrix", "-o", "html"] },
        { "rag/matrix-by-namespace.txt", 0, ["matrix", "--by", "namespace"] },
        { "rag/matrix-by-namespace.json", 0, ["matrix", "--by", "namespace", "-o", "json"] },
        { "rag/can-denied.txt", 1, ["can", ChatUi, VectorDb] },
        { "rag/can-denied.json", 1, ["can", ChatUi, VectorDb, "-o", "json"] },
        { "rag/can-allowed.txt", 0, ["can", RagApi, VectorDb] },
        { "rag/can-allowed.yaml", 0, ["can", RagApi, VectorDb, "-o", "yaml"] },
        { "rag/can-allowed.csv", 0, ["can", RagApi, VectorDb, "-o", "csv"] },
        { "rag/can-everything.txt", 1, ["can", RagApi, "ai-platform/vector-db"] },
        { "rag/explain-denied.txt", 1, ["explain", ChatUi, VectorDb] },
        { "rag/explain-service.txt", 0, ["explain", RagApi, "svc/ai-platform/vector-db:6333"] },
        { "rag/explain-service.json", 0, ["explain", RagApi, "svc/ai-platform/vector-db:6333", "-o", "json"] },
        { "rag/list.txt", 0, ["list"] },
        { "rag/list-wide.txt", 0, ["list", "-o", "wide"] },
        { "rag/list.json", 0, ["list", "-o", "json"] },
        { "rag/list.html", 0, ["list", "-o", "html"] },
        { "rag/list-into-vector-db.txt", 0, ["list", "--focus", "ai-platform/vector-db", "--direction", "ingress"] },
        { "rag/list.md", 0, ["list", "-o", "md"] },
        { "rag/list-exposure.txt", 0, ["list", "--exposure"] },
        { "rag/list-exposure-of-chat-ui.txt", 0, ["list", "--exposure", "--focus", ChatUi, "--direction", "ingress", "--no-headers"] },
        { "rag/list-exposure.json", 0, ["list", "--exposure", "-n", "ai-platform", "-o", "json"] },
        { "rag/list-exposure.yaml", 0, ["list", "--exposure", "-l", "app=vector-db", "-o", "yaml"] },
        { "rag/list-exposure.csv", 0, ["list", "--exposure", "-o", "csv"] },
        { "rag/list-exposure.md", 0, ["list", "--exposure", "-n", "ai-platform", "-o", "md"] },
        { "rag/list-exposure.dot", 0, ["list", "--exposure", "-l", "app=rag-api", "-o", "dot"] },
        { "rag/list-exposure.mmd", 0, ["list", "--exposure", "--focus", "kube-system/kube-dns", "-o", "mermaid"] },
        { "rag/list-exposure.html", 0, ["list", "--exposure", "-n", "ml-ops", "-o", "html"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rag_Output_IsAsKept(string golden, int code, string[] args)
    {
        var run = RingfenceCommand.Run([.. args, "-f", "examples/rag"]);
        Assert.Equal(code, run.Code);
        Golden.Matches(golden, run.Out);
    }

    [Fact]
    public void Rag_EightyColumns_HoldTheMatrixAndTheTrail()
    {
        var narrow = new Dictionary<string, string> { ["COLUMNS"] = "80" };
        foreach (var args in (string[][])[["matrix"], ["explain", ChatUi, VectorDb], ["can", ChatUi, VectorDb]])
        {
            var run = RingfenceCommand.RunWith(null, narrow, [.. args, "-f", "examples/rag"]);
            Assert.NotEmpty(run.Out);
            Assert.All(run.Out.Split('\n'), line => Assert.True(line.Length <= 80, line));
        }
    }

    [Theory]
    [InlineData("01-allow-all")]
    [InlineData("02-deny-all")]
    [InlineData("03-same-namespace")]
    [InlineData("04-cluster-internal")]
    [InlineData("05-and-empty")]
    [InlineData("06-or-empty")]
    [InlineData("07-namespace")]
    [InlineData("08-pod-in-namespace")]
    public void Scenarios_List_IsAsKept(string scenario)
    {
        var run = RingfenceCommand.Run("list", "-f", $"examples/scenarios/{scenario}", "--focus", "ai-platform/rag-api", "--direction", "ingress");
        Assert.Equal(0, run.Code);
        Golden.Matches($"scenarios/{scenario}.txt", run.Out);
    }
}
