using System.Diagnostics;
using System.Globalization;

namespace Ringfence.Cli.Tests.Kubectl;

/// <summary>Commands in pods and their logs, by kubectl.</summary>
[Collection(KubectlCollection.Name)]
public sealed class ExecAndLogsTests(KubectlLab lab)
{
    private const string Chat = "deploy/chat-ui";

    [Fact]
    public void CommandsOfTheArticle_WorkAsTheyStand()
    {
        // Their time may be short on a busy machine, so that they are tried again.
        LabRun.Until(() => Exec(Chat, "wget", "-qO-", "--timeout=3", "http://rag-api:8000").Out.StartsWith("ai-platform/rag-api", StringComparison.Ordinal), "an answer by wget");
        LabRun.Until(() => Exec(Chat, "nc", "-zw", "3", "rag-api", "8000").Code == 0, "an answer by nc");

        // It gives up after one try, as the wget of containers does, and not after twenty.
        var denied = Exec(Chat, "wget", "-O-", "--timeout=1", "http://vector-db:6333");
        Assert.NotEqual(0, denied.Code);
        Assert.Contains("Giving up.", denied.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Retrying", denied.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_GoesToTheCommand_AndOutputAndErrorsComeApart()
    {
        var run = lab.KubectlWith("some input\n", "-n", "ai-platform", "exec", "-i", Chat, "--", "sh", "-c", "cat; echo errors >&2");
        Assert.Equal((0, "some input\n", "errors\n"), (run.Code, run.Out, run.Error));
    }

    [Theory]
    [InlineData(7, "command terminated with exit code 7\n", "sh", "-c", "exit 7")]
    [InlineData(127, "exec: \"no-such\": executable file not found in $PATH\ncommand terminated with exit code 127\n", "no-such")]
    [InlineData(126, "exec: \"/etc/passwd\": permission denied\ncommand terminated with exit code 126\n", "/etc/passwd")]
    public void ExitCode_IsTheCommands(int code, string error, params string[] command)
    {
        var run = Exec(Chat, command);
        Assert.Equal((code, error), (run.Code, run.Error));
    }

    [Fact]
    public void Terminal_IsOne()
    {
        KubectlLab.IsNeeded();
        // kubectl tells the size of its own terminal soon after the command began, so the command waits for it.
        const string InThePod = "for i in $(seq 200); do case $(stty size) in \"7 9\") break;; esac; sleep 0.1; done; stty size; test -t 1 && echo is a terminal";
        var start = new ProcessStartInfo("script", ["-qec", $"stty rows 7 columns 9; kubectl -n ai-platform exec -it deploy/chat-ui -- sh -c '{InThePod}'", "/dev/null"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in lab.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("7 9\r\nis a terminal\r\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_IsAPodsAndNothingOfTheLabs()
    {
        var variables = Exec(Chat, "env").Out.Split('\n');
        Assert.Contains("KUBERNETES_SERVICE_HOST=10.96.0.1", variables);
        Assert.Contains(variables, variable => variable.StartsWith("HOSTNAME=chat-ui-", StringComparison.Ordinal));
        Assert.DoesNotContain(variables, variable => variable.StartsWith("RINGFENCE_RUN", StringComparison.Ordinal) || variable.StartsWith("KUBECONFIG", StringComparison.Ordinal));
        Assert.Equal("/\n", Exec(Chat, "pwd").Out);
    }

    [Fact]
    public void Api_IsReachedFromPodsByItsService()
    {
        // No policy isolates the pods of ml-ops.
        var run = lab.Kubectl("-n", "ml-ops", "exec", "deploy/drift-detector", "--", "curl", "-sSk", "--max-time", "60", "https://kubernetes.default/version");
        Assert.Contains("\"gitVersion\"", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "", "rag-api:8000")]
    [InlineData(1, "TIMEOUT\n", "vector-db:6333")]
    [InlineData(1, "UNKNOWN: address vector-db: missing port in address\n", "vector-db")]
    [InlineData(1, "DNS: address 99999: invalid port\n", "vector-db:99999")]
    public void Agnhost_SaysWhatAgnhostSays(int code, string said, string destination)
    {
        var run = Exec(Chat, "/agnhost", "connect", destination, said.StartsWith("TIMEOUT", StringComparison.Ordinal) ? "--timeout=1s" : "--timeout=60s", "--protocol=tcp");
        Assert.Equal((code, "", said + (code == 0 ? "" : "command terminated with exit code 1\n")), (run.Code, run.Out, run.Error));
    }

    [Fact]
    public void Agnhost_NameThatIsNone_IsToldAsGoDoes()
    {
        var run = Exec(Chat, "agnhost", "connect", "no-such-name:80", "--timeout", "60s");
        Assert.Equal(1, run.Code);
        Assert.StartsWith("DNS: lookup no-such-name on 10.96.0.10:53: no such host\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotSpokenHere_IsSaidPlainly()
    {
        Assert.Contains("portforward is not supported here; exec, attach and logs are", lab.Kubectl("-n", "ai-platform", "port-forward", Chat, ":8000").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_TellsWhatListensAndWhoAsked()
    {
        Assert.Equal(0, Exec(Chat, "curl", "-sS", "--max-time", "60", "http://rag-api:8000/asked").Code);
        var address = lab.Must("-n", "ai-platform", "get", "pod", "-l", "app=chat-ui", "-o", "jsonpath={.items[0].status.podIP}");
        var lines = lab.Must("-n", "ai-platform", "logs", "deploy/rag-api").Split('\n');
        Assert.Equal("listening on 8000/TCP", lines[0]);
        Assert.Contains(lines, line => line.StartsWith($"answered {address}:", StringComparison.Ordinal) && line.EndsWith(" on 8000/TCP: GET /asked HTTP/1.1", StringComparison.Ordinal));
        Assert.Single(lab.Must("-n", "ai-platform", "logs", "deploy/rag-api", "--tail=1").TrimEnd('\n').Split('\n'));
        Assert.Contains("previous terminated container \"rag-api\"", lab.Kubectl("-n", "ai-platform", "logs", "deploy/rag-api", "--previous").Error, StringComparison.Ordinal);
        Assert.Contains("no-such", lab.Kubectl("-n", "ai-platform", "logs", "deploy/rag-api", "-c", "no-such").Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FollowedLog_GoesOn()
    {
        KubectlLab.IsNeeded();
        using var following = lab.Start("-n", "ai-platform", "logs", "-f", "--tail=0", "deploy/vector-db");
        try
        {
            var line = following.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
            LabRun.Until(() => Exec("deploy/rag-api", "curl", "-sS", "--max-time", "60", "http://vector-db:6333").Code == 0 && line.IsCompleted, "a line comes");
            Assert.Contains("on 6333/TCP", await line, StringComparison.Ordinal);
        }
        finally
        {
            following.Kill();
        }
    }

    [Fact]
    public void ClientThatGoesAway_TakesItsCommandAlong()
    {
        // A number of seconds that no other sleep of this machine has.
        var mark = (1000 + Random.Shared.NextDouble()).ToString("0.00000000", CultureInfo.InvariantCulture);
        KubectlLab.IsNeeded();
        using (var running = lab.Start("-n", "ai-platform", "exec", Chat, "--", "sh", "-c", $"sleep {mark} & wait"))
        {
            LabRun.Until(() => IsThere(mark), "the command runs");
            running.Kill();
        }

        LabRun.Until(() => !IsThere(mark), "the command has ended");

        static bool IsThere(string argument) => Directory.EnumerateDirectories("/proc").Any(folder =>
        {
            try
            {
                return File.ReadAllText($"{folder}/cmdline").StartsWith($"sleep\0{argument}", StringComparison.Ordinal);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });
    }

    private Run Exec(string target, params string[] command) => lab.Kubectl(["-n", "ai-platform", "exec", target, "--", .. command]);
}
