using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Bench.ApiServer;

/// <summary>Requests and watch events of an embedded API server in this process, over HTTPS and loopback.</summary>
internal sealed class ApiServerMeasures(Report report, int requests)
{
    private const int Clients = 16;
    private const int PacedChanges = 1000;
    private static readonly ResourceType Pods = ResourceCatalog.OfKind("v1", "Pod")!;

    public async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("ringfence-bench-");
        try
        {
            var pod = Pod("sample").ToJsonString();
            report.Add("bare SQLite", "insert", BareSqlite.Insert(folder.FullName, pod, requests), "/s", note: "a pod's JSON a row, a transaction each");
            await using (var bare = await BareHttps.StartAsync(pod))
            using (var client = Client(bare.Address, bare.Pem, null))
            {
                await RateAsync("bare HTTPS", "get", requests, i => client.GetAsync("x"));
                await RateAsync("bare HTTPS", "post", requests, i => client.PostAsync("x", Body(pod)));
            }

            await using var server = await EmbeddedApiServer.StartAsync(new EmbeddedApiServerOptions { DataFolder = Path.Combine(folder.FullName, "data"), Controllers = null });
            using var admin = Client(new Uri(server.Address), server.CaPem, server.IssueToken("admin", User.Masters));
            await RequestsAsync(server, admin);
            await ListAsync(admin);
            foreach (var watchers in (int[])[1, 10, 100]) await WatchAsync(server, admin, watchers);
            await LagAsync(server, admin);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task RequestsAsync(EmbeddedApiServer server, HttpClient client)
    {
        await RateAsync("server", "create pod", requests, i => client.PostAsync("api/v1/namespaces/default/pods", Body(Pod($"http-{i}").ToJsonString())));
        await RateAsync("server", "get pod", requests, i => client.GetAsync($"api/v1/namespaces/default/pods/http-{i}"));
        await RateAsync("server", "patch pod status", requests, i => client.PatchAsync(
            $"api/v1/namespaces/default/pods/http-{i}/status", new StringContent("""{"status":{"phase":"Running","podIP":"10.0.0.1"}}""", Encoding.UTF8, "application/merge-patch+json")));
        Rate("create pod, without HTTP", i => server.Api.Create(Pods, Pod($"direct-{i}")));
        Rate("status of a pod, without HTTP", i => server.Api.Update(Pods, "default", $"direct-{i}", value => WithPhase(value, "Running"), new WriteOptions { Subresource = "status" }));
    }

    private async Task ListAsync(HttpClient client)
    {
        var (count, best, bytes) = (2 * requests, double.MaxValue, 0L);
        for (var i = 0; i < 5; i++)
        {
            var started = Stopwatch.GetTimestamp();
            bytes = (await client.GetByteArrayAsync("api/v1/pods")).Length;
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        report.Add("server", $"list {count:#,0} pods", best, "ms", note: $"{bytes / 1e6:0} MB");
        report.Add("server", "list, selected by node", await TimeAsync(() => client.GetByteArrayAsync("api/v1/pods?fieldSelector=spec.nodeName%3Dnode-71")), "ms", note: "some one in thirty");
    }

    private async Task WatchAsync(EmbeddedApiServer server, HttpClient client, int watchers)
    {
        var changes = requests / (watchers > 10 ? 10 : 1);
        var version = server.Api.List(Pods).Version;
        var streams = await Task.WhenAll(Enumerable.Range(0, watchers).Select(_ => OpenAsync(client, version)));
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var readers = streams.Select(stream => Task.Run(async () =>
        {
            for (var i = 0; i < changes; i++) _ = await stream.ReadLineAsync() ?? throw new InvalidOperationException("the watch ended");
        })).ToArray();
        var phase = watchers % 2 == 1 ? "Pending" : $"W{watchers}";
        for (var i = 0; i < changes; i++) server.Api.Update(Pods, "default", $"direct-{i}", value => WithPhase(value, phase), new WriteOptions { Subresource = "status" });
        await Task.WhenAll(readers);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var stream in streams) stream.Dispose();
        report.Add(
            "server", $"events to {watchers} watcher{(watchers == 1 ? "" : "s")}", watchers * changes / seconds, "/s",
            note: $"{changes / seconds:#,0} changes a second; {(Environment.CpuUsage.TotalTime - processor).TotalMilliseconds * 1000 / watchers / changes:0.#} µs of processor time an event, with its reader");
    }

    private async Task LagAsync(EmbeddedApiServer server, HttpClient client)
    {
        using var stream = await OpenAsync(client, server.Api.List(Pods).Version);
        var lag = new Latencies(PacedChanges);
        for (var i = 0; i < PacedChanges; i++)
        {
            var started = Stopwatch.GetTimestamp();
            server.Api.Update(Pods, "default", $"direct-{i % requests}", value => WithPhase(value, $"P{i}"), new WriteOptions { Subresource = "status" });
            _ = await stream.ReadLineAsync();
            lag.Add(Stopwatch.GetElapsedTime(started));
        }

        report.Add("server", "change to event at the watcher, p50", lag.Percentile(50), "µs");
        report.Add("server", "change to event at the watcher, p99", lag.Percentile(99), "µs");
    }

    private async Task RateAsync(string subject, string name, int count, Func<int, Task<HttpResponseMessage>> request)
    {
        // The first requests load code and make connections.
        await SendAsync(0, Math.Min(count, 200), request, mayFail: true);
        var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await SendAsync(0, count, request, mayFail: name == "create pod");
        report.Add(subject, name, count / Stopwatch.GetElapsedTime(started).TotalSeconds, "/s", note: $"{Clients} clients; {PerRequest(processor, count)}");
    }

    private static async Task SendAsync(int from, int count, Func<int, Task<HttpResponseMessage>> request, bool mayFail)
    {
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < from + count)
            {
                using var answer = await request(i);
                if (!mayFail) answer.EnsureSuccessStatusCode();
            }
        })));
    }

    private void Rate(string name, Action<int> action)
    {
        var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        for (var i = 0; i < requests; i++) action(i);
        report.Add("server", name, requests / Stopwatch.GetElapsedTime(started).TotalSeconds, "/s", note: $"one thread; {PerRequest(processor, requests)}");
    }

    // What other work on the machine cannot lengthen much.
    private static string PerRequest(TimeSpan before, int count) => $"{(Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count:0} µs of processor time each";

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        await action();
        var started = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task<StreamReader> OpenAsync(HttpClient client, long version)
    {
        var answer = await client.GetAsync($"api/v1/pods?watch=true&resourceVersion={version}", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new StreamReader(await answer.Content.ReadAsStreamAsync());
    }

    private static HttpClient Client(Uri address, string pem, string? token)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(pem));
        var client = new HttpClient(new SocketsHttpHandler { SslOptions = new() { CertificateChainPolicy = policy } }) { BaseAddress = address };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static JsonObject WithPhase(JsonObject pod, string phase)
    {
        pod["status"]!["message"] = phase;
        return pod;
    }

    private static JsonObject Pod(string name)
    {
        var pod = JsonNode.Parse(Template)!.AsObject();
        pod["metadata"]!["name"] = name;
        pod["spec"]!["nodeName"] = $"node-{name[^1] % 10}{name.Length % 10}";
        return pod;
    }

    private const string Template =
        """
        {"kind":"Pod","apiVersion":"v1","metadata":{"namespace":"default","labels":{"app":"web","tier":"front","team":"a","pod-template-hash":"5d4f8c7b9"},
        "annotations":{"ringfence.dev/interface":"veth1234","example.com/note":"a pod as many are"}},
        "spec":{"containers":[{"name":"main","image":"registry.example.com/team/web:1.2.3","command":["web","--port","8080"],
        "ports":[{"name":"http","containerPort":8080,"protocol":"TCP"},{"name":"metrics","containerPort":9090,"protocol":"TCP"}],
        "env":[{"name":"MODE","value":"production"},{"name":"LEVEL","value":"info"}],"resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"256Mi"}}}]}}
        """;
}
