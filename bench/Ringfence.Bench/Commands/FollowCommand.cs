using System.CommandLine;
using System.Diagnostics;
using Ringfence.Bench.Api;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;
using Ringfence.Kubernetes.Client;
using Ringfence.Kubernetes.Client.Access;

namespace Ringfence.Bench.Commands;

/// <summary><c>follow</c>: one client in a process of its own; <c>client</c> starts it.</summary>
internal static class FollowCommand
{
    private const int Singles = 200;
    private const int Burst = 10_000;

    public static Command Create()
    {
        var kubeconfig = new Argument<string>("kubeconfig");
        var subject = new Option<string>("--subject") { DefaultValueFactory = _ => "cluster" };
        var command = new Command("follow", "Follow what an agent needs of a synthetic API server, and say what it costs.") { kubeconfig, subject };
        command.Hidden = true;
        command.SetAction(async (result, cancellation) =>
        {
            var report = new Report();
            await MeasureAsync(report, result.GetRequiredValue(kubeconfig), result.GetRequiredValue(subject), cancellation);
            report.Print(json: true);
        });
        return command;
    }

    private static async Task MeasureAsync(Report report, string kubeconfig, string subject, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var processor = Environment.CpuUsage.TotalTime;
        using var client = new ApiClient(Kubeconfig.Load(kubeconfig).Resolve());
        var sink = new CountingSink();
        var feed = new ObjectFeed(client, FeedKind.OfAgent, sink, new FeedOptions { Tell = note => Report.Progress($"{note.Kind} {note.Event} {note.Message}") });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = feed.RunAsync(stop.Token);
        await await Task.WhenAny(feed.Synced, running);
        var sync = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        report.Add(subject, "first sync", sync, "ms", 3_000, $"{sink.Count:#,0} objects, {sink.Refused} refused; {(Environment.CpuUsage.TotalTime - processor).TotalMilliseconds:0} ms of processor time");
        report.Add(subject, "allocated", GC.GetTotalAllocatedBytes() / 1e6, "MB");
        report.Add(subject, "peak memory at first sync", PeakBytes() / 1e6, "MB");
        report.Add(subject, "heap", Clock.LiveBytes() / 1e6, "MB", note: "every object kept");
        await EventsAsync(report, subject, client, sink, "pods", cancellation);
        await EventsAsync(report, subject, client, sink, "policies", cancellation);
        report.Add(subject, "peak memory", PeakBytes() / 1e6, "MB", 150, "without engine and rules");
        await stop.CancelAsync();
        await running;
    }

    private static async Task EventsAsync(Report report, string subject, ApiClient client, CountingSink sink, string what, CancellationToken cancellation)
    {
        var latencies = new Latencies(Singles);
        for (var i = 0; i < Singles; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ArriveAsync(1);
            latencies.Add(Stopwatch.GetElapsedTime(start));
        }

        report.Add(subject, $"one of the {what} changed to known, p50", latencies.Percentile(50) / 1e3, "ms", note: "the request that changes it included");
        report.Add(subject, $"one of the {what} changed to known, p99", latencies.Percentile(99) / 1e3, "ms");
        var begun = Stopwatch.GetTimestamp();
        await ArriveAsync(Burst);
        report.Add(subject, $"{what} changed at once", Burst / Stopwatch.GetElapsedTime(begun).TotalSeconds, "events/s", note: $"{Burst:#,0} of them");

        async Task ArriveAsync(int count)
        {
            var expected = sink.Changes + count;
            await client.GetAsync($"bench/{what}/{count}", cancellation);
            var spin = default(SpinWait);
            while (sink.Changes < expected)
            {
                if (spin.NextSpinWillYield) await Task.Delay(1, cancellation);
                else spin.SpinOnce();
            }
        }
    }

    private static long PeakBytes()
    {
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line["VmHWM:".Length..^" kB".Length], System.Globalization.CultureInfo.InvariantCulture);
    }
}
