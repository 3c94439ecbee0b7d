using System.CommandLine;
using Ringfence.Bench.ApiServer;
using Ringfence.Bench.Reporting;

namespace Ringfence.Bench.Commands;

/// <summary><c>apiserver</c>: what the embedded API server can take.</summary>
internal static class ApiServerCommand
{
    public static Command Create()
    {
        var requests = new Option<int>("--requests") { Description = "Requests of each kind.", DefaultValueFactory = _ => 10_000 };
        var json = CommonOptions.Json();
        var command = new Command("apiserver", "Measure requests and watch events of the embedded API server, beside bare HTTPS and bare SQLite.") { requests, json };
        command.SetAction(result =>
        {
            var report = new Report();
            new ApiServerMeasures(report, result.GetValue(requests)).RunAsync().GetAwaiter().GetResult();
            report.Print(CommonOptions.IsJson(result, json));
            return 0;
        });
        return command;
    }
}
