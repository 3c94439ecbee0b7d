using System.CommandLine;
using Ringfence.Bench.Reporting;
using Ringfence.Lab.Tests.Leaks;

namespace Ringfence.Bench.Commands;

/// <summary><c>leaks</c>: the leak test for as long as one likes.</summary>
internal static class LeaksCommand
{
    private const int Shown = 20;

    public static Command Create()
    {
        var changes = new Option<int>("--changes") { Description = "Number of policy changes.", DefaultValueFactory = _ => 1000 };
        var pace = new Option<int>("--pace") { Description = "Mean time between changes, in milliseconds.", DefaultValueFactory = _ => 60 };
        var (seed, program, json) = (CommonOptions.Seed(), CommonOptions.Cli(), CommonOptions.Json());
        var command = new Command(
            "leaks", "Try what is denied and keep busy what is allowed while policies change, pods come and go, and agents are killed. Exit code 1 where anything leaks or fails. Needs root.")
        {
            changes, pace, seed, program, json,
        };
        command.SetAction(async (result, cancellation) =>
        {
            if (!CommonOptions.IsRoot()) return CommonOptions.MachineLacks;
            var (count, mean) = (result.GetValue(changes), result.GetValue(pace));
            var run = await LeakRun.RunAsync(result.GetValue(program)!, count, result.GetValue(seed), TimeSpan.FromMilliseconds(mean), cancellation);
            var report = new Report();
            var name = $"{count} changes, {mean} ms apart";
            report.Add(name, "denied tried", run.Denied, "");
            report.Add(name, "allowed made", run.Allowed, "");
            report.Add(name, "commits", run.Commits, "", note: "by the agents, which put several changes that come close together in force at once");
            report.Add(name, "agents killed", run.Kills, "");
            report.Add(name, "leaks", run.Leaks.Count, "", 0);
            report.Add(name, "failures", run.Failures.Count, "", 0);
            report.Add(name, "complaints", run.Complaints.Count, "", 0);
            foreach (var line in run.Leaks.Concat(run.Failures).Concat(run.Complaints).Take(Shown)) Report.Progress(line);
            report.Print(CommonOptions.IsJson(result, json));
            return run.Leaks.Count + run.Failures.Count + run.Complaints.Count > 0 ? 1 : 0;
        });
        return command;
    }
}
