using System.CommandLine;
using Ringfence.Bench.Measures;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>memory</c>: the most memory that the command line has while it answers from a file.</summary>
internal static class MemoryCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "A file or folder of manifests." };
        var question = new Option<string[]>("--question") { Description = "The verb and its arguments, without -f.", DefaultValueFactory = _ => ["validate"], AllowMultipleArgumentsPerToken = true };
        var (runs, json, cli) = (CommonOptions.Runs(), CommonOptions.Json(), CommonOptions.Cli());
        var command = new Command("memory", "Measure the peak resident memory of the command line (Linux).") { path, question, runs, json, cli };
        command.SetAction(result =>
        {
            var report = new Report();
            var (file, words) = (result.GetRequiredValue(path), result.GetRequiredValue(question));
            var peak = Enumerable.Range(0, Math.Min(3, result.GetValue(runs)))
                .Max(_ => ProcessRun.Start(result.GetRequiredValue(cli), [words[0], "-f", file, .. words[1..]], watchMemory: true).PeakBytes);
            report.Add(Path.GetFileName(file), $"peak memory of {words[0]}", peak / 1e6, "MB");
            report.Print(CommonOptions.IsJson(result, json));
        });
        return command;
    }
}
