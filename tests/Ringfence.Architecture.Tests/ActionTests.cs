using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Ringfence.Architecture.Tests;

/// <summary>The script of the GitHub action, run for real in a git repository, with a local server in the place of GitHub's API.</summary>
public sealed class ActionTests : IDisposable
{
    private const string Marker = "<!-- ringfence: reach -->";

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-action").FullName;
    private readonly HttpListener _server = new();
    private readonly List<(string Method, string Path, string? Authorization, string Body)> _requests = [];
    private readonly JsonArray _comments = [new JsonObject { ["id"] = 1, ["body"] = "looks good" }];
    private readonly int _port;

    public ActionTests()
    {
        for (var attempt = 0; !_server.IsListening; attempt++)
        {
            _port = Random.Shared.Next(20_000, 60_000);
            _server.Prefixes.Clear();
            _server.Prefixes.Add($"http://127.0.0.1:{_port}/");
            try
            {
                _server.Start();
            }
            catch (HttpListenerException) when (attempt < 20)
            {
            }
        }

        _ = Task.Run(Serve);
    }

    private static string Script => Repository.At("action", "run.sh");

    public void Dispose()
    {
        _server.Close();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Run_OnAPullRequest_CommentsOnceAndThenWritesTheCommentAnew()
    {
        Shell.Require();
        await MakeRepository();

        var first = await Act(("RINGFENCE_FAIL_ON", "appear"), ("RINGFENCE_COMMENT", "true"));

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(["GET", "POST"], _requests.Select(request => request.Method));
        Assert.All(_requests, request => Assert.Equal("Bearer t0ken", request.Authorization));
        Assert.EndsWith("/repos/o/r/issues/7/comments", _requests[1].Path, StringComparison.Ordinal);
        var body = (string)_comments[1]!["body"]!;
        Assert.StartsWith($"{Marker}\n**Network reach: 0 appear, 2 vanish**", body, StringComparison.Ordinal);
        Assert.Contains("policy a/deny added", body, StringComparison.Ordinal);
        Assert.Contains("0 appear, 2 vanish", await File.ReadAllTextAsync(At("summary"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var second = await Act(("RINGFENCE_COMMENT", "true"));

        Assert.Equal(0, second.ExitCode);
        Assert.Equal(["GET", "POST", "GET", "PATCH"], _requests.Select(request => request.Method));
        Assert.EndsWith("/repos/o/r/issues/comments/2", _requests[3].Path, StringComparison.Ordinal);
        Assert.Equal(2, _comments.Count);
    }

    [Theory]
    [InlineData("vanish", 1)]
    [InlineData("appear", 0)]
    [InlineData("none", 0)]
    public async Task Run_FailOn_GivesTheExitCodeOfDiff(string failOn, int code)
    {
        Shell.Require();
        await MakeRepository();
        Assert.Equal(code, (await Act(("RINGFENCE_FAIL_ON", failOn))).ExitCode);
        Assert.Empty(_requests);
    }

    [Fact]
    public async Task Run_FolderThatTheBaseLacks_IsComparedWithNothing()
    {
        Shell.Require();
        await MakeRepository();
        await Prepare("mkdir new && cp k8s/pods.yaml new/");
        var run = await Act(("RINGFENCE_PATHS", "new"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("6 appear", await File.ReadAllTextAsync(At("summary"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PoliciesApartFromTheirWorkloads_AreComparedBesideThem()
    {
        Shell.Require();
        await MakeRepository();
        var run = await Act(("RINGFENCE_PATHS", "k8s/pods.yaml\nk8s/deny.yaml"), ("RINGFENCE_FAIL_ON", "vanish"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("0 appear, 2 vanish", await File.ReadAllTextAsync(At("summary"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_HostileNames_AreNamesAndNotCommands()
    {
        Shell.Require();
        await MakeRepository();
        await Prepare("mkdir '$(touch x);`touch x`' && cp k8s/pods.yaml '$(touch x);`touch x`/'");
        var run = await Act(("RINGFENCE_PATHS", "$(touch x);`touch x`"), ("RINGFENCE_BASE", "--output=x"));
        Assert.Equal(2, run.ExitCode);
        Assert.False(File.Exists(At("x")));
        Assert.Contains("names no git revision", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LintAndTest_AreCalledAsDocumented()
    {
        Shell.Require();
        await MakeRepository();
        await File.WriteAllTextAsync(At("fake"), "#!/bin/sh\nfor word in \"$@\"; do printf '<%s>' \"$word\"; done >>calls; echo >>calls; [ \"$1\" != test ] || exit 1\n", TestContext.Current.CancellationToken);
        await Prepare("chmod +x fake");

        var run = await Act(("RINGFENCE_COMMAND", "./fake"), ("RINGFENCE_LINT", "warning"), ("RINGFENCE_PATHS", "k8s\nmore files"), ("RINGFENCE_TESTS", "reach tests.yaml"), ("RINGFENCE_BASE", ""));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            ["<lint><-f><k8s><-f><more files><-o><sarif><--fail-on><warning>", "<test><reach tests.yaml><-f><k8s><-f><more files>"],
            await File.ReadAllLinesAsync(At("calls"), TestContext.Current.CancellationToken));
        Assert.Contains("::error::ringfence test: exit code 1", run.Output, StringComparison.Ordinal);
        Assert.Matches("(?s)^::stop-commands::([0-9a-f]{32})\n.*\n::\\1::\n", run.Output);
    }

    [Fact]
    public async Task Action_PutsNoInputIntoTheTextOfACommand()
    {
        var steps = (await File.ReadAllLinesAsync(Repository.At("action.yml"), TestContext.Current.CancellationToken)).SkipWhile(line => line != "runs:").ToList();
        var texts = steps.Where(line => line.Contains("${{", StringComparison.Ordinal));
        Assert.All(texts, line => Assert.Matches(@"^        [A-Z_]+: \$\{\{ (inputs\.[a-z-]+|github\.action_path) \}\}$", line));
        Assert.DoesNotContain(steps, line => line.Contains("uses:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scripts_PassShellcheck()
    {
        Shell.Require();
        var run = await Shell.Run(Repository.At("action"), "command -v shellcheck >/dev/null || exit 90; shellcheck ./*.sh");
        Assert.SkipWhen(run.ExitCode == 90, "needs shellcheck");
        Assert.Equal((0, ""), (run.ExitCode, run.Output));
    }

    private string At(string name) => Path.Combine(_folder, name);

    private async Task MakeRepository()
    {
        await Prepare("""
            export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org
            git init -q -b main && mkdir k8s
            printf 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: a, labels: { app: web } }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: db, namespace: a, labels: { app: db } }\n' >k8s/pods.yaml
            git add k8s && git -c commit.gpgsign=false commit -q -m base
            printf 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: deny, namespace: a }\nspec: { podSelector: { matchLabels: { app: db } } }\n' >k8s/deny.yaml
            printf '{"action":"opened","number":7,"pull_request":{"number":7}}' >event
            """);
    }

    private async Task Prepare(string script)
    {
        var run = await Shell.Run(_folder, script);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private Task<(int ExitCode, string Output, string Error)> Act(params (string Name, string Value)[] environment) => Shell.Run(
        _folder, $"'{Script}'",
        [
            ("RINGFENCE_PATHS", "k8s"), ("RINGFENCE_BASE", "main"), ("RINGFENCE_LINT", "off"), ("RINGFENCE_TESTS", ""), ("RINGFENCE_FAIL_ON", "none"),
            ("GITHUB_TOKEN", "t0ken"), ("GITHUB_API_URL", $"http://127.0.0.1:{_port}"), ("GITHUB_REPOSITORY", "o/r"), ("GITHUB_EVENT_PATH", At("event")),
            ("GITHUB_STEP_SUMMARY", At("summary")), ("GITHUB_OUTPUT", At("output")), .. environment,
        ]);

    private void Serve()
    {
        try
        {
            while (true)
            {
                var context = _server.GetContext();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                var (request, text) = (context.Request, reader.ReadToEnd());
                _requests.Add((request.HttpMethod, request.Url!.AbsolutePath, request.Headers["Authorization"], text));
                if (request.HttpMethod == "POST") _comments.Add(new JsonObject { ["id"] = _comments.Count + 1, ["body"] = (string)JsonNode.Parse(text)!["body"]! });
                context.Response.ContentType = "application/json";
                context.Response.Close(Encoding.UTF8.GetBytes(request.HttpMethod == "GET" ? _comments.ToJsonString() : "{}"), willBlock: true);
            }
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
