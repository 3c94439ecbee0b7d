using System.CommandLine;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Manifests;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary>
/// <c>targets</c>: every row of the target table and the baselines, one after the other, each in a process of its own so that none warms
/// the next one up.
/// </summary>
internal static class TargetsCommand
{
    public static Command Create()
    {
        var answers = new Option<double>("--answers") { Description = "Answers to compare with the oracle.", DefaultValueFactory = _ => 1e6 };
        var (json, cli) = (CommonOptions.Json(), CommonOptions.Cli());
        var command = new Command("targets", "Measure everything that has a target, and the baselines.") { answers, json, cli };
        command.SetAction(result =>
        {
            var report = new Report();
            report.Add(Own("engine", "--shape", "100k"));
            report.Add(Own("engine", "--shape", "1M", "--runs", "3"));
            var folder = Directory.CreateTempSubdirectory("ringfence-bench-");
            try
            {
                var path = Path.Combine(folder.FullName, "100k.json");
                ClusterFiles.WriteJson(new GeneratedCluster(Shape.Parse("100k")), path, PodDetail.Lean);
                report.Add(Own("e2e", path, "--cli", result.GetRequiredValue(cli)));
                report.Add(Own("memory", path, "--cli", result.GetRequiredValue(cli)));
            }
            finally
            {
                folder.Delete(recursive: true);
            }

            report.Add(Own("baseline"));
            report.Add(Own("oracle", "--answers", $"{result.GetValue(answers)}"));
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }

    private static IReadOnlyList<Measure> Own(params string[] arguments)
    {
        Report.Progress($"ringfence-bench {string.Join(' ', arguments)}");
        var run = ProcessRun.Start(Environment.ProcessPath!, [.. arguments, "-o", "json"]);
        if (run.ExitCode == 0) return Report.Read(run.Output);
        throw new InvalidOperationException($"ringfence-bench {string.Join(' ', arguments)} exited with {run.ExitCode}: {run.Errors}");
    }
}
