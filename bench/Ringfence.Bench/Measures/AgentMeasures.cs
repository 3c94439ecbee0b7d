using System.Diagnostics;
using System.Globalization;
using Ringfence.Bench.Api;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Reporting;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures an agent as its own process, with a large cluster behind HTTP: first sync, from an event to its commit, memory.</summary>
internal sealed class AgentMeasures(Report report, GeneratedCluster cluster, int events, int pause, string program)
{
    private const string NodeName = "bench-node";
    private const int PodsOnNode = 110;
    private const double TargetMicroseconds = 10_000;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    public async Task RunAsync()
    {
        var name = $"{cluster.Shape.Name}, {PodsOnNode} pods on the node";
        Report.Progress($"generating {cluster.Shape.Size}");
        var objects = Placed(cluster.ToObjects());
        await using var server = await SyntheticServer.StartAsync();
        server.Add("Namespace", objects.Namespaces);
        server.Add("NetworkPolicy", objects.NetworkPolicies);
        server.Add("Node", objects.Nodes);
        server.Add("Pod", objects.Pods.Where(pod => !pod.IsFinished));
        var kubeconfig = Path.GetTempFileName();
        try
        {
            File.WriteAllText(kubeconfig, $"{{apiVersion: v1, kind: Config, current-context: c, contexts: [{{name: c, context: {{cluster: c}}}}], clusters: [{{name: c, cluster: {{server: \"{server.Address}\"}}}}]}}");
            using var network = NetworkNamespace.Create();
            var started = Stopwatch.GetTimestamp();
            using var agent = AgentRun.Start(program, NodeName, network.Path, kubeconfig);
            Sync(name, agent, started, server);
            Memory(name, "after the first sync", agent, Moment);
            Follow(name, agent, server, objects);
            Memory(name, "after the events", agent, Moment);
            Memory(name, "after the events and some rest", agent, Rest);
        }
        finally
        {
            File.Delete(kubeconfig);
        }

        Baseline(name, objects);
    }

    private void Sync(string name, AgentRun agent, long started, SyntheticServer server)
    {
        var synced = agent.Await(AgentRun.Synced, TimeSpan.FromMinutes(2)) ?? throw new InvalidOperationException("the agent did not sync");
        var whole = Stopwatch.GetElapsedTime(started, synced.Ticks).TotalMilliseconds;
        report.Add(name, "start of the process to first sync in force", whole, "ms", 3000, string.Create(
            CultureInfo.InvariantCulture, $"{server.Sent / 1e6:0} MB of JSON; {agent.Processor:0} ms of processor time"));
    }

    private void Memory(string name, string when, AgentRun agent, TimeSpan wait)
    {
        Thread.Sleep(wait);
        report.Add(name, $"memory {when}", agent.Megabytes("VmRSS"), "MB", 150, string.Create(CultureInfo.InvariantCulture, $"{agent.Megabytes("VmHWM"):0} MB at its peak; {agent.Megabytes("RssAnon"):0} MB of its own, the rest is its program's file, which others share"));
    }

    private void Follow(string name, AgentRun agent, SyntheticServer server, ClusterObjects objects)
    {
        var namespaces = objects.Pods.Where(pod => pod.NodeName == NodeName).Select(pod => pod.Namespace).ToHashSet();
        List<Pod> near = [.. objects.Pods.Where(pod => namespaces.Contains(pod.Namespace) && pod.NodeName != NodeName && pod is { IsFinished: false, Network.HostNetwork: false, Addresses.IsEmpty: false })];
        var processor = agent.Processor;
        Measure(name, "pod of another node comes or goes", agent, server, i =>
        {
            var pod = near[i / 2 * 7919 % near.Count] with { Name = $"twin-{i / 2}", Addresses = [new Address(IpFamily.V4, 0x0AF00000u + (uint)i / 2)] };
            return (i % 2 == 0 ? "ADDED" : "DELETED", pod);
        });
        List<Pod> local = [.. objects.Pods.Where(pod => pod.NodeName == NodeName)];
        Measure(name, "pod of the node goes or comes", agent, server, i => (i % 2 == 0 ? "DELETED" : "ADDED", local[i / 2 % local.Count]));

        var random = new Random(5);
        List<NetworkPolicy> policies = [.. objects.NetworkPolicies.Where(policy => local.Any(pod => pod.Namespace == policy.Namespace && policy.PodSelector.Matches(pod.Labels)))];
        Measure(name, "policy edit", agent, server, i =>
        {
            var policy = policies[i / 2 * 31 % policies.Count];
            return i % 2 == 1 ? ("MODIFIED", policy) : random.Next(3) == 0 ? ("DELETED", policy) : ("MODIFIED", policy with
            {
                Ingress = [.. policy.Ingress.Select(rule => rule with { Ports = [new PolicyPort(Protocol.Tcp, null, 8080, 8080 + random.Next(3), default)] })],
            });
        });
        Noise(name, agent, server, objects);
        report.Add(name, "processor time of the agent for all these events", agent.Processor - processor, "ms");
    }

    private void Measure(string name, string what, AgentRun agent, SyntheticServer server, Func<int, (string Type, KubernetesObject Object)> next)
    {
        var (whole, inside, kernel, warmUp, committed) = (new Latencies(events), new Latencies(events), new Latencies(events), events / 10, 0);
        for (var i = 0; i < events + warmUp; i++)
        {
            // The kernel takes no commit while it is getting rid of what the last one removed, some 20 ms: events of a node come further apart, or together.
            Thread.Sleep(pause);
            agent.Forget();
            var (type, item) = next(i);
            var start = Stopwatch.GetTimestamp();
            server.Push(type, item);
            var commit = agent.Await(AgentRun.Committed, Patience);
            if (commit is not var (ticks, state) || i < warmUp) continue;
            committed++;
            whole.Add(Stopwatch.GetElapsedTime(start, ticks));
            kernel.Add(TimeSpan.FromMilliseconds(state.GetProperty("KernelMilliseconds").GetDouble()));
            inside.Add(TimeSpan.FromMilliseconds(state.GetProperty("Milliseconds").GetDouble()));
        }

        if (committed == 0) throw new InvalidOperationException($"{what}: no event changed the node");
        report.Add(name, $"{what}, event sent to commit told, p50", whole.Percentile(50), "µs", null, $"{committed} of {events} changed the node");
        report.Add(name, $"{what}, event sent to commit told, p99", whole.Percentile(99), "µs", TargetMicroseconds);
        report.Add(name, $"{what}, event taken to committed, p50", inside.Percentile(50), "µs");
        report.Add(name, $"{what}, event taken to committed, p99", inside.Percentile(99), "µs", TargetMicroseconds, string.Create(
            CultureInfo.InvariantCulture, $"of it the kernel p50 {kernel.Percentile(50):0}, p99 {kernel.Percentile(99):0} µs"));
    }

    // A thousand status updates a second that mean nothing to reach.
    private void Noise(string name, AgentRun agent, SyntheticServer server, ClusterObjects objects)
    {
        const int Updates = 5000;
        var processor = agent.Processor;
        for (var i = 0; i < Updates; i++)
        {
            server.Push("MODIFIED", objects.Pods[i * 17 % objects.Pods.Length]);
            if (i % 50 == 49) Thread.Sleep(50);
        }

        Thread.Sleep(500);
        report.Add(name, "processor time for a status update that changes nothing", (agent.Processor - processor) * 1000 / Updates, "µs");
    }

    /// <summary>What an agent does that compiles the cluster and the node anew for each change.</summary>
    private void Baseline(string name, ClusterObjects objects)
    {
        using var network = NetworkNamespace.Create();
        using var table = NodeTable.Open(network);
        var local = objects.Pods.Where(pod => pod.NodeName == NodeName).ToList();
        var scope = new NodeScope(NodeName, objects.Nodes[0].PodCidrs, [.. local.Select(pod => new LocalPod(pod.Namespace, pod.Name, pod.Annotations["ringfence.dev/interface"]!))]);
        var times = new Latencies(10);
        for (var i = 0; i < 11; i++)
        {
            var pods = objects.Pods.Replace(local[0], local[0] with { Labels = i % 2 == 0 ? LabelSet.Empty : local[0].Labels });
            void Once() => table.Apply(NodeCompiler.Compile(Reachability.Compile(Snapshot.Create(objects with { Pods = pods })), scope, new RuleOptions()).Rules);
            if (i == 0) Once();
            else times.Time(Once);
        }

        report.Add(name, "baseline: compiling all anew for one change and committing the difference, p50", times.Percentile(50), "µs");
    }

    // Pods of many namespaces, as a scheduler would mix them.
    private static ClusterObjects Placed(ClusterObjects objects)
    {
        var pods = objects.Pods.ToArray();
        var fit = Enumerable.Range(0, pods.Length).Where(i => pods[i] is { Network.HostNetwork: false, IsFinished: false, Addresses.IsEmpty: false }).ToList();
        var step = Math.Max(1, fit.Count / PodsOnNode);
        for (var i = 0; i < Math.Min(PodsOnNode, fit.Count); i++)
        {
            ref var pod = ref pods[fit[i * step]];
            pod = pod with
            {
                NodeName = NodeName,
                Addresses = [new Address(IpFamily.V4, 0x0AFF0000u + (uint)i + 2)],
                Annotations = LabelSet.Of("ringfence.dev/interface", $"veth{i}"),
            };
        }

        return objects with
        {
            Pods = [.. pods],
            Nodes = [new Node { Name = NodeName, PodCidrs = [Prefix.Parse("10.255.0.0/24")], Addresses = [Address.Parse("172.31.0.1")] }],
        };
    }
}
