using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Ringfence.Bench.Manifests;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>client</c>: what it costs to follow a cluster over HTTPS, from a synthetic API server in a process of its own.</summary>
internal static class ClientCommand
{
    public static Command Create()
    {
        var (shape, seed, json) = (CommonOptions.Shape("100k"), CommonOptions.Seed(), CommonOptions.Json());
        var detail = new Option<PodDetail>("--detail") { Description = "How much of a pod's spec and status there is.", DefaultValueFactory = _ => PodDetail.Lean };
        var command = new Command("client", "Measure a client's first sync, its memory and events, by streamed lists and by pages (Linux).") { shape, seed, detail, json };
        command.SetAction(result =>
        {
            var report = new Report();
            foreach (var streams in (bool[])[true, false])
                Measure(report, result.GetRequiredValue(shape), result.GetValue(seed), result.GetValue(detail), streams);
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }

    private static void Measure(Report report, Generation.Shape shape, int seed, PodDetail detail, bool streams)
    {
        var subject = $"{shape.Name}, {(streams ? "streamed" : "pages")}";
        var config = Path.GetTempFileName();
        using var server = Server(config, shape, seed, detail, streams);
        try
        {
            var megabytes = double.Parse(server.StandardOutput.ReadLine()!.Split(' ')[1], CultureInfo.InvariantCulture);
            report.Add(subject, "pods and policies as JSON", megabytes, "MB");
            var run = ProcessRun.Start(Environment.ProcessPath!, ["follow", config, "--subject", subject]);
            if (run.ExitCode != 0) throw new InvalidOperationException(run.Errors);
            report.Add(Report.Read(run.Output));
        }
        finally
        {
            server.StandardInput.Close();
            if (!server.WaitForExit(TimeSpan.FromSeconds(10))) server.Kill();
            File.Delete(config);
        }
    }

    private static Process Server(string config, Generation.Shape shape, int seed, PodDetail detail, bool streams)
    {
        string[] words =
        [
            "api", "--kubeconfig", config, "--shape", shape.Name, "--seed", seed.ToString(CultureInfo.InvariantCulture), "--detail", detail.ToString(),
            .. streams ? Array.Empty<string>() : ["--no-streams"],
        ];
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!, words) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
    }
}
