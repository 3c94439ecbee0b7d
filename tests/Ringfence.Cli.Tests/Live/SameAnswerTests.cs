using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ringfence.Cli.Tests.Live;

/// <summary>A running cluster gets the same answers as its objects in a file do; only the places are other ones.</summary>
public sealed partial class SameAnswerTests
{
    private const string Rag = "examples/rag";

    public static TheoryData<string, string> Questions => new()
    {
        { Rag, "matrix -o json" },
        { Rag, "matrix -n ai-platform -o csv" },
        { Rag, "list -o json" },
        { Rag, "list -A --exposure -o json" },
        { Rag, "can ai-platform/chat-ui ai-platform/vector-db:6333 -o json" },
        { Rag, "can -n ai-platform rag-api svc/vector-db:6333 -o json" },
        { Rag, "can ai-platform/chat-ui nowhere/nobody:1 -o json" },
        { Rag, "explain ai-platform/rag-api svc/ai-platform/vector-db:6333 -o json" },
        { Rag, "lint --fail-on note -o json" },
        { Rag, "generate -n ai-platform chat-ui->rag-api:8000" },
        { Rag, "test examples/rag/expectations.yaml --coverage -o json" },
        { Rag, "test --write" },
        { Rag, "prove --plan -o json" },
        { RingfenceCommand.Shop, "matrix -o json" },
        { RingfenceCommand.Shop, "list --exposure -o json" },
        { RingfenceCommand.Shop, "lint --fail-on note -o json" },
        { "examples/hyphen-trap", "lint -o json" },
        { "examples/agent-sandbox", "list -o json" },
        { "tests/Ringfence.Cli.Tests/Manifests/families-apart.yaml", "matrix -o json" },
    };

    [Fact]
    public async Task Every_verb_answers_as_from_a_file()
    {
        foreach (var group in Questions.GroupBy(question => question.Data.Item1, question => question.Data.Item2))
        {
            await using var api = await LiveApi.StartAsync(group.Key);
            foreach (var question in group)
            {
                var words = question.Split(' ');
                var (live, file) = (api.Run([.. words, "--context", "here"]), api.Run([.. words, "-f", api.Exported]));
                Assert.True((live.Code, Plain(live.Out)) == (file.Code, Plain(file.Out)), $"{group.Key}: {question}: {live.Code} and {file.Code}\n{live.Error}\n{file.Error}\n{Plain(live.Out)}\n{Plain(file.Out)}");
                Assert.NotEqual("", live.Out + live.Error);
                Assert.DoesNotContain(api.Exported, live.Out, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_cluster_does_not_differ_from_its_own_objects()
    {
        await using var api = await LiveApi.StartAsync(Rag);
        var run = api.Run("diff", "cluster:", api.Exported, "-o", "json");
        Assert.Equal(0, run.Code);
        var other = api.Run("diff", "cluster:here", "examples/rag-steps/02-deny-all", "-f", api.Exported, "-o", "json");
        Assert.True(other.Code is 0 or 1, other.Error);
    }

    [Fact]
    public async Task Places_are_names()
    {
        await using var api = await LiveApi.StartAsync(Rag);
        var run = api.Run("can", "ai-platform/rag-api", "ai-platform/vector-db:6333");
        Assert.Contains("ai-platform/vector-db-from-rag-api ingress[0]  cluster:ai-platform/vector-db-from-rag-api\n", run.Out, StringComparison.Ordinal);
        var location = JsonNode.Parse(api.Run("can", "ai-platform/rag-api", "ai-platform/vector-db:6333", "-o", "json").Out)!["location"]!.AsObject();
        Assert.Equal("""{"file":"cluster:ai-platform/vector-db-from-rag-api"}""", location.ToJsonString());
    }

    [Fact]
    public async Task Validate_judges_what_the_server_has()
    {
        await using var api = await LiveApi.StartAsync(Rag);
        var run = api.Run("validate");
        Assert.Equal(0, run.Code);
        Assert.Matches("^[0-9]+ objects of the cluster are valid \\(8 NetworkPolicies", run.Out);
    }

    // Without places, and what is only in files: lines, and how many there are.
    private static string Plain(string answer)
    {
        var text = Place().Replace(answer, "PLACE");
        if (!text.StartsWith('{')) return string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("manifests:", StringComparison.Ordinal)));
        var json = JsonNode.Parse(text)!.AsObject();
        Strip(json);

        // Findings are in the order of their places.
        if ((string?)json["kind"] == "LintReport")
            json["items"] = new JsonArray([.. json["items"]!.AsArray().Select(item => item!.DeepClone()).OrderBy(item => item.ToJsonString(), StringComparer.Ordinal)]);
        return json.ToJsonString();
    }

    [GeneratedRegex(@"cluster:[a-z0-9./-]+|[^ (\n""]*/exported\.json(:\d+){0,2}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Place();

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array) Strip(item);
        }
        else if (node is JsonObject fields)
        {
            foreach (var name in (string[])["location", "locations", "lines", "file", "line", "column", "files", "manifests", "where"]) fields.Remove(name);
            foreach (var (_, value) in fields) Strip(value);
        }
    }
}
