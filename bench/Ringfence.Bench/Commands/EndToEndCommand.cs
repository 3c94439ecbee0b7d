using System.CommandLine;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Bench.Commands;

/// <summary><c>e2e</c>: from files on disk to one answer.</summary>
internal static class EndToEndCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A file or folder of manifests, for example from the command generate." };
        var (runs, json, cli) = (CommonOptions.Runs(), CommonOptions.Json(), CommonOptions.Cli());
        var command = new Command("e2e", "Measure reading, building and one answer: in this process by phase, and as fresh processes of the command line.") { path, runs, json, cli };
        command.SetAction(result =>
        {
            var report = new Report();
            Measure(report, result.GetRequiredValue(path), result.GetRequiredValue(cli), result.GetValue(runs));
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }

    private static void Measure(Report report, string path, string cli, int runs)
    {
        var (name, size) = (Path.GetFileName(path), SizeOf(path));
        report.Add(name, "size", size / 1e6, "MB");
        var (source, destination) = Phases(report, name, path, size, "in process, first");
        for (var i = 0; i < 2; i++) Phases(new Report(), name, path, size, "");
        Phases(report, name, path, size, "in process, warm");

        var times = new List<double>();
        string[] arguments = ["can", "-f", path, source, $"{destination}:8080"];
        Report.Progress($"{name}: {cli} {string.Join(' ', arguments)}");
        for (var i = 0; i < runs; i++)
        {
            var run = ProcessRun.Start(cli, arguments);
            if (run.ExitCode is not (0 or 1)) throw new InvalidOperationException($"{cli} exited with {run.ExitCode}: {run.Errors}");
            times.Add(run.Milliseconds);
        }

        times.Sort();
        report.Add(name, "fresh process, best", times[0], "ms", Targets.EndToEnd, "ringfence can: read, build, answer");
        report.Add(name, "fresh process, median", times[times.Count / 2], "ms", note: $"of {times.Count}");
    }

    /// <summary>Takes the time of each phase; returns two pods to ask about.</summary>
    private static (string Source, string Destination) Phases(Report report, string name, string path, long size, string when)
    {
        GC.Collect();
        var set = Clock.Time(() => ManifestReader.Read([path], new ManifestOptions()), out var read);
        if (set.Objects.Pods.Length < 2 || set.HasErrors)
            throw new InvalidOperationException($"{path} is no generated cluster: {string.Join("; ", set.Diagnostics.Take(3).Select(item => $"{item.Location} {item.Message}"))}");
        var snapshot = Clock.Time(() => Snapshot.Create(set.Objects), out var snapshotTime);
        var reachability = Clock.Time(() => Reachability.Compile(snapshot), out var compile);
        var (source, destination) = (Party.OfPod(0), Party.OfPod(snapshot.Pods.Length / 2));
        Clock.Time(() => reachability.Judge(source, destination, Protocol.Tcp, 8080), out var judge);
        report.Add(name, $"{when}: read", read, "ms", note: $"{size / 1e3 / read:#,0} MB/s, {set.Objects.Pods.Length:#,0} pods, {set.Diagnostics.Length} diagnostics");
        report.Add(name, $"{when}: snapshot", snapshotTime, "ms");
        report.Add(name, $"{when}: compile", compile, "ms");
        report.Add(name, $"{when}: one verdict", judge, "ms");
        report.Add(name, $"{when}: sum", read + snapshotTime + compile + judge, "ms");
        return (snapshot.Pods[source.Pod].Pod.QualifiedName, snapshot.Pods[destination.Pod].Pod.QualifiedName);
    }

    private static long SizeOf(string path) =>
        File.Exists(path) ? new FileInfo(path).Length : new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
