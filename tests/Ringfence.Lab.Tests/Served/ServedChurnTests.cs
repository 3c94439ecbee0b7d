using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Lab.Kubelet;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Served;

/// <summary>Everything changes at once, and agents die: what the kernels have in the end is what the engine says, and nothing is left over.</summary>
public sealed class ServedChurnTests
{
    private const int Things = 300;
    private static readonly string[] Spaces = ["red", "green", "blue"];
    private static readonly string[] Apps = ["a", "b", "c", "d", "e"];

    [Fact]
    public async Task PodsAndPoliciesInChurn_WithAgentsKilled_EndAsTheEngineSays()
    {
        var cancellation = TestContext.Current.CancellationToken;
        string root;
        await using (var run = await ServedLabs.StartAsync(new LabOptions { Name = "churn", Nodes = 3 }, cancellation))
        {
            root = run.Root;
            var random = new Random(20);
            foreach (var space in Spaces) run.Api.Create(ServedLabs.Namespaces, Named(space));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var killing = KillAgentsAsync(run, new Random(21), stop.Token);
            for (var i = 0; i < Things; i++)
            {
                AddPod(run.Api, random, i);
                AddPolicy(run.Api, random, i);
                Disturb(run.Api, random, i);
                // As fast as the API takes it, with a breath now and then for the others to meet the middle of it.
                if (i % 20 == 19) await Task.Delay(50, cancellation);
            }

            await stop.CancelAsync();
            var killed = await killing;
            await run.AwaitAsync(cancellation);

            TestContext.Current.TestOutputHelper!.WriteLine($"{killed} agents were killed; {run.Lab.Cluster.Pods.Count} pods run at the end");
            Assert.True(killed > 1, "no agents were killed");
            CompareWithEngine(run);
            Assert.DoesNotContain(run.Reports, report => report.Contains("kubelet", StringComparison.Ordinal));

            // Everything goes again.
            foreach (var space in Spaces) run.Api.Delete(ServedLabs.Namespaces, "", space);
            await Polling.UntilAsync(() => run.Api.List(ServedLabs.Namespaces).Items.All(item => !Spaces.Contains(item.Name)), "the namespaces are gone");
            await run.AwaitAsync(cancellation);
            Assert.Single(run.Lab.Cluster.Pods);
            CompareWithEngine(run);
        }

        Assert.False(Directory.Exists(root));
        await Polling.UntilAsync(() => AgentsOfThisProcess().Count == 0, "no agent is left");
    }

    /// <summary>What each node's kernel has, against what the engine makes of the API's objects read anew.</summary>
    private static void CompareWithEngine(ServedLabs run)
    {
        var state = new ServedState();
        state.Load(run.Api);
        var pods = state.Pods.Values.Select(pod => pod.Pod).ToList();
        var cluster = Reachability.Compile(Snapshot.Create(state.Objects(pods)));
        foreach (var node in run.Lab.Cluster.Nodes)
        {
            var scope = new NodeScope(
                node.Node.Name, node.Node.PodCidrs,
                [
                    .. pods.Where(pod => pod.NodeName == node.Node.Name && !pod.Network.HostNetwork).OrderBy(pod => pod.QualifiedName, StringComparer.Ordinal)
                        .Select(pod => new LocalPod(pod.Namespace, pod.Name, pod.Annotations[Ringfence.Agent.ManifestAgent.InterfaceAnnotation]!)),
                ]);
            var wanted = NodeCompiler.Compile(cluster, scope, new RuleOptions()).Rules;
            Assert.Equal(NodeRulesText.Write(wanted), NodeRulesText.Write(run.Lab.Cluster.RulesOf(node)!));
        }
    }

    private static void AddPod(IObjectApi api, Random random, int number) => api.Create(ServedLabs.Pods, ServedLabs.Pod(
        Spaces[random.Next(Spaces.Length)], $"pod-{number}", null, [new ContainerPort("web", 8080, Protocol.Tcp)], ("app", Apps[random.Next(Apps.Length)])));

    private static void AddPolicy(IObjectApi api, Random random, int number)
    {
        var peer = new JsonObject { ["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = Apps[random.Next(Apps.Length)] } } };
        if (random.Next(2) == 0) peer["namespaceSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["colour"] = Spaces[random.Next(Spaces.Length)] } };
        var rule = new JsonObject { [random.Next(2) == 0 ? "from" : "to"] = new JsonArray(peer) };
        var isIngress = rule.ContainsKey("from");
        if (random.Next(3) == 0) rule["ports"] = new JsonArray(new JsonObject { ["port"] = random.Next(2) == 0 ? "web" : 1000 + random.Next(9000) });
        api.Create(ServedLabs.Policies, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = $"policy-{number}", ["namespace"] = Spaces[random.Next(Spaces.Length)] },
            ["spec"] = new JsonObject
            {
                ["podSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = Apps[random.Next(Apps.Length)] } },
                ["policyTypes"] = new JsonArray(isIngress ? "Ingress" : "Egress"),
                [isIngress ? "ingress" : "egress"] = new JsonArray(rule),
            },
        });
    }

    private static void Disturb(IObjectApi api, Random random, int number)
    {
        if (number % 3 == 0) Relabel(api, ServedLabs.Pods, Any(api, ServedLabs.Pods, random), "app", Apps[random.Next(Apps.Length)]);
        if (number % 4 == 0 && Any(api, ServedLabs.Pods, random) is { } pod) Try(() => api.Delete(ServedLabs.Pods, pod.Namespace, pod.Name, new DeleteOptions { GracePeriodSeconds = random.Next(2) == 0 ? 0 : null }));
        if (number % 5 == 0 && Any(api, ServedLabs.Policies, random) is { } policy) Try(() => api.Delete(ServedLabs.Policies, policy.Namespace, policy.Name));
        if (number % 7 == 0) Relabel(api, ServedLabs.Namespaces, api.Find(ServedLabs.Namespaces, "", Spaces[random.Next(Spaces.Length)]), "colour", Spaces[random.Next(Spaces.Length)]);
    }

    private static StoredObject? Any(IObjectApi api, ResourceType type, Random random)
    {
        var items = api.List(type).Items.Where(item => Spaces.Contains(item.Namespace)).ToList();
        return items.Count == 0 ? null : items[random.Next(items.Count)];
    }

    private static void Relabel(IObjectApi api, ResourceType type, StoredObject? item, string key, string value)
    {
        if (item is null) return;
        Try(() => api.Update(type, item.Namespace, item.Name, json =>
        {
            json["metadata"]!["labels"]![key] = value;
            return json;
        }));
    }

    // What was there a moment ago may be gone.
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (ApiException gone) when (gone.Code is 404 or 409)
        {
            // Another one, then.
        }
    }

    private static async Task<int> KillAgentsAsync(ServedLabs run, Random random, CancellationToken stop)
    {
        var killed = 0;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(random.Next(200, 600), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var agents = run.Lab.Agents.Where(agent => agent.Process is not null).ToList();
            if (agents.Count == 0) continue;
            using var kill = Process.Start("kill", ["-KILL", agents[random.Next(agents.Count)].Process!.Value.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(CancellationToken.None);
            if (kill.ExitCode == 0) killed++;
        }

        return killed;
    }

    private static List<string> AgentsOfThisProcess() =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(folder =>
        {
            try
            {
                var state = File.ReadAllText($"{folder}/stat");
                return state[(state.LastIndexOf(')') + 2)..].Split(' ')[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
                    && File.ReadAllText($"{folder}/cmdline").Contains("--node\0node-", StringComparison.Ordinal) && File.ReadAllText($"{folder}/cmdline").Contains("churn", StringComparison.Ordinal);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return false;
            }
        }),
    ];

    private static JsonObject Named(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["colour"] = name } } };
}
