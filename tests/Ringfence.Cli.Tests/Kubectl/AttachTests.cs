using System.Text.Json.Nodes;

namespace Ringfence.Cli.Tests.Kubectl;

/// <summary>Pods and containers that are made for one command, by kubectl: the ways in which people try policies by hand.</summary>
[Collection(KubectlCollection.Name)]
public sealed class AttachTests(KubectlLab lab)
{
    [Fact]
    public void PodForOneCommand_RunsIt_AndGoes()
    {
        var admitted = Run("ml-ops", "asker", "wget", "-qO-", "--timeout=60", "http://vector-db.ai-platform:6333");
        Assert.True(admitted.Code == 0, admitted.Error);
        Assert.StartsWith("ai-platform/vector-db-", admitted.Out, StringComparison.Ordinal);

        var denied = Run("default", "asker", "wget", "-qO-", "--timeout=1", "http://vector-db.ai-platform:6333");
        Assert.NotEqual(0, denied.Code);
        Assert.DoesNotContain("ai-platform/vector-db-", denied.Out, StringComparison.Ordinal);
        Assert.Equal("", lab.Must("get", "pod", "-A", "-l", "run=asker", "-o", "name"));
    }

    [Fact]
    public void PodForOneCommand_GetsInput_AndEndsAsItsCommandDoes()
    {
        var run = lab.KubectlWith("some input\n", "run", "reader", "-i", "--restart=Never", "--image=busybox", "--", "sh", "-c", "cat; exit 3");
        try
        {
            Assert.Equal((3, "some input\n"), (run.Code, run.Out));
            var status = JsonNode.Parse(lab.Must("get", "pod", "reader", "-o", "json"))!["status"]!;
            Assert.Equal("Failed", (string?)status["phase"]);
            Assert.Equal(3, (int?)status["containerStatuses"]![0]!["state"]!["terminated"]!["exitCode"]);
            Assert.Contains("cannot attach a container in a completed pod; current phase is Failed", lab.Kubectl("attach", "reader").Error, StringComparison.Ordinal);

            // To follow it ends with it.
            lab.Kubectl("logs", "--follow", "reader");
            Assert.Equal("Error from server (BadRequest): pod \"reader\" has ended, and its log went with it\n", lab.Kubectl("logs", "reader").Error);
        }
        finally
        {
            lab.Must("delete", "pod", "reader", "--now");
        }
    }

    [Fact]
    public void ContainerToDebugWith_IsInThePodsNetwork()
    {
        // A pod of its own: containers that have come do not go.
        lab.Must("-n", "ai-platform", "run", "looked-into", "--labels=app=chat-ui", "--image=none");
        try
        {
            lab.Must("-n", "ai-platform", "wait", "pod/looked-into", "--for=condition=Ready", "--timeout=180s");
            Assert.StartsWith("ai-platform/rag-api-", Debug("first", "wget", "-qO-", "--timeout=60", "http://rag-api:8000").Out, StringComparison.Ordinal);
            Assert.Equal("", Debug("second", "wget", "-qO-", "--timeout=1", "http://vector-db:6333").Out);

            var status = JsonNode.Parse(lab.Must("-n", "ai-platform", "get", "pod", "looked-into", "-o", "json"))!["status"]!;
            Assert.Equal("Running", (string?)status["phase"]);
            var codes = status["ephemeralContainerStatuses"]!.AsArray().Select(container => (int?)container!["state"]!["terminated"]?["exitCode"]).ToList();
            Assert.Equal(2, codes.Count);
            Assert.Equal(0, codes[0]);
            Assert.NotEqual(0, codes[1]);
        }
        finally
        {
            lab.Must("-n", "ai-platform", "delete", "pod", "looked-into", "--now");
        }

        Run Debug(string name, params string[] command) =>
            lab.KubectlWith("", ["-n", "ai-platform", "debug", "-i", "looked-into", "-c", name, "--image=netshoot", "--profile=general", "--", .. command]);
    }

    [Fact]
    public void PodToDebugANodeWith_IsInTheNodesNetwork()
    {
        var address = lab.Must("get", "node", "node-1", "-o", "jsonpath={.status.addresses[0].address}");
        try
        {
            var run = lab.KubectlWith("", "debug", "node/node-1", "-i", "-q", "--image=busybox", "--profile=general", "--", "sh", "-c", "hostname; ip -brief address");

            Assert.True(run.Code == 0, run.Error);
            Assert.Contains("node-1\n", run.Out, StringComparison.Ordinal);
            Assert.Contains($" {address}/", run.Out, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var pod in lab.Must("get", "pods", "-o", "name").Split('\n').Where(name => name.StartsWith("pod/node-debugger-", StringComparison.Ordinal))) lab.Must("delete", pod, "--now");
        }
    }

    [Fact]
    public async Task ContainerWithoutInput_TellsWhatComesToItsLog()
    {
        KubectlLab.IsNeeded();
        using var attached = lab.Start("-n", "ai-platform", "attach", "deploy/rag-api");
        try
        {
            var line = attached.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();
            // Lines from before it was attached are not told, so it is asked until one is.
            LabRun.Until(() =>
            {
                lab.Must("-n", "ai-platform", "exec", "deploy/chat-ui", "--", "curl", "-sS", "--max-time", "60", "http://rag-api:8000/attached");
                return line.IsCompleted;
            }, "the container's log is told");
            Assert.EndsWith(" on 8000/TCP: GET /attached HTTP/1.1", await line, StringComparison.Ordinal);
        }
        finally
        {
            attached.Kill();
            attached.WaitForExit();
        }
    }

    private Run Run(string @namespace, string name, params string[] command) =>
        lab.KubectlWith("", ["-n", @namespace, "run", name, "--rm", "-i", "--restart=Never", "--image=busybox", "--", .. command]);
}
