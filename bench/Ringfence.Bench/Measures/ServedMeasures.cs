using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Bench.Packets;
using Ringfence.Bench.Reporting;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Lab;
using Ringfence.Lab.Daemon;

namespace Ringfence.Bench.Measures;

/// <summary>Measures a lab with its API server, controllers and agents: equal workloads of five pods with a Service and a policy each, and two pods that are watched.</summary>
internal sealed class ServedMeasures(Report report, int pods, int nodes, int times, string cli)
{
    private const int PodsOfWorkload = 5;
    private const int Port = 9000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{pods} pods, {pods / PodsOfWorkload} policies on {nodes} nodes");

    public async Task RunAsync(CancellationToken cancellation)
    {
        var root = Directory.CreateTempSubdirectory("ringfence-served-").FullName;
        var folder = LabFolder.In(root, "bench");
        Directory.CreateDirectory(folder.Path);
        var clock = Stopwatch.StartNew();
        ServedLab? lab = null;
        try
        {
            var text = Encoding.UTF8.GetBytes(Manifests());
            var objects = ManifestReader.Read([new ManifestText("bench", IsExplicit: true, text)], new ManifestOptions(), cancellation).Objects;
            lab = await ServedLab.StartAsync(
                folder, new LabOptions { Name = "bench", Nodes = nodes }, new SentManifests([new SentManifest("bench", true, text)], null, true), objects, [cli],
                TimeProvider.System, Reporting.Report.Progress, new Steps(clock), cancellation);
            await AwaitAsync(lab, cancellation);
            report.Add(_name, "up, all of it running and enforced", clock.Elapsed.TotalMilliseconds, "ms");
            React(lab, folder);
        }
        finally
        {
            clock.Restart();
            if (lab is not null) await lab.DisposeAsync();
            report.Add(_name, "down", clock.Elapsed.TotalMilliseconds, "ms");
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task AwaitAsync(ServedLab lab, CancellationToken cancellation)
    {
        var missing = await lab.AwaitAsync(Patience, cancellation);
        if (!missing.IsEmpty) throw new InvalidOperationException(string.Join("; ", missing));
    }

    private void React(ServedLab lab, LabFolder folder)
    {
        var (client, server) = (lab.Cluster.Pods["watch/client"], lab.Cluster.Pods["watch/server"]);
        using var sender = client.Network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp));
        sender.Connect(server.Pod.Addresses[0].ToIPAddress(), 0);
        using var receiver = server.Network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        receiver.Bind(new IPEndPoint(IPAddress.Any, Port));
        using var watch = new PacketWatch(sender, receiver, Port);
        var policies = ResourceCatalog.OfKind("networking.k8s.io/v1", "NetworkPolicy")!;
        lab.Api.Create(policies, (JsonObject)JsonNode.Parse(Policy(isAllow: true, 0))!);
        Measure("API write", watch, times, (isAllow, step) => lab.Api.Update(policies, "watch", "watched", old =>
        {
            old["spec"] = JsonNode.Parse(Policy(isAllow, step))!["spec"]!.DeepClone();
            return old;
        }));
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(path => File.Exists(Path.Join(path, "kubectl")))) return;
        var file = Path.Join(folder.Path, "policy.json");
        Measure("kubectl apply", watch, Math.Max(1, times / 2), (isAllow, step) =>
        {
            File.WriteAllText(file, Policy(isAllow, step));
            var run = ProcessRun.Start("kubectl", ["--kubeconfig", folder.Kubeconfig, "apply", "-f", file]);
            if (run.ExitCode != 0) throw new InvalidOperationException(run.Errors);
        });
    }

    // Twice as long as it took before the next change, and until flows that the one before denies are cut, so that one change never meets the other.
    private void Measure(string how, PacketWatch watch, int count, Action<bool, int> change)
    {
        const int WarmUp = 3;
        var (allow, deny) = (new Latencies(count), new Latencies(count));
        for (var i = 0; i < 2 * (count + WarmUp); i++)
        {
            var isAllow = i % 2 == 1;
            var started = Stopwatch.GetTimestamp();
            change(isAllow, i);
            var took = watch.WaitFor(isAllow, started);
            Thread.Sleep(took > Settling ? took : Settling);
            if (i >= 2 * WarmUp) (isAllow ? allow : deny).Add(took);
        }

        foreach (var (what, latencies) in new[] { ("allow", allow), ("deny", deny) })
        {
            report.Add(_name, $"{how}, {what} to first packet, p50", latencies.Percentile(50) / 1000, "ms");
            report.Add(_name, $"{how}, {what} to first packet, p99", latencies.Percentile(99) / 1000, "ms", note: $"of {count}");
        }
    }

    // Each has a number of its own, so that none is like the one before.
    private static string Policy(bool isAllow, int step) => string.Create(CultureInfo.InvariantCulture, $$$$"""
        {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"watched","namespace":"watch"},"spec":{"podSelector":{"matchLabels":{"app":"server"}},
        "policyTypes":["Ingress"],"ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"{{{{(isAllow ? "client" : "nobody")}}}}"}}}],"ports":[{"protocol":"UDP","port":{{{{Port}}}}},{"port":{{{{1000 + step}}}}}]}]}}
        """);

    private string Manifests()
    {
        var text = new StringBuilder();
        for (var i = 0; i < pods / PodsOfWorkload; i++)
            text.Append(CultureInfo.InvariantCulture, $$"""
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: app-{{i}}, namespace: bench }
                spec:
                  replicas: {{PodsOfWorkload}}
                  selector: { matchLabels: { app: app-{{i}} } }
                  template:
                    metadata: { labels: { app: app-{{i}} } }
                    spec: { containers: [{ name: web, image: web, ports: [{ containerPort: 8080 }] }] }
                ---
                apiVersion: v1
                kind: Service
                metadata: { name: app-{{i}}, namespace: bench }
                spec: { selector: { app: app-{{i}} }, ports: [{ port: 80, targetPort: 8080 }] }
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: { name: app-{{i}}, namespace: bench }
                spec: { podSelector: { matchLabels: { app: app-{{i}} } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: app-{{i + 1}} } } }] }] }
                ---

                """);
        foreach (var (name, node) in new[] { ("client", 1), ("server", Math.Min(2, nodes)) })
            text.Append(CultureInfo.InvariantCulture, $$"""
                apiVersion: v1
                kind: Pod
                metadata: { name: {{name}}, namespace: watch, labels: { app: {{name}} } }
                spec: { nodeName: node-{{node}}, containers: [{ name: main, image: none }] }
                ---

                """);
        return text.ToString();
    }

    private sealed class Steps(Stopwatch clock) : IProgress<string>
    {
        public void Report(string value) => Reporting.Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{clock.ElapsedMilliseconds,6} ms {value}"));
    }
}
