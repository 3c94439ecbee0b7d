using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of Jobs and CronJobs.</summary>
internal static class JobCells
{
    private static readonly string[] s_ended = ["Complete", "Failed"];
    private static readonly string[] s_underWay = ["FailureTarget", "SuccessCriteriaMet", "Suspended"];

    public static ImmutableArray<TableColumn> Job { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Status", Status),
        TableColumn.Text("Completions", Completions),
        TableColumn.Text("Duration", Duration),
        TableColumns.Age,
        WorkloadCells.Containers,
        WorkloadCells.Images,
        WorkloadCells.Selector,
    ];

    public static ImmutableArray<TableColumn> CronJob { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Schedule", row => row.Spec["schedule"].Text),
        TableColumn.Text("Timezone", row => TableRow.TextOr(row.Spec["timeZone"])),
        TableColumn.Text("Suspend", row => !row.Spec["suspend"].Exists ? "<unset>" : row.Spec["suspend"].IsTrue ? "True" : "False"),
        TableColumn.Count("Active", row => row.Status["active"].Count),
        TableColumn.Text(
            "Last Schedule",
            row => row.Status["lastScheduleTime"].Exists ? HumanDuration.Since(row.Status["lastScheduleTime"], row.Now) : TableRow.None),
        TableColumns.Age,
        WorkloadCells.Containers,
        WorkloadCells.Images,
        TableColumn.WideText("Selector", row => LabelText.OfSelector(row.Spec["jobTemplate"]["spec"]["selector"])),
    ];

    private static string Status(TableRow row)
    {
        bool Holds(string condition) => row.Condition(condition)["status"].Text == "True";
        if (Array.Find(s_ended, Holds) is { } ended) return ended;
        return row.IsDeleting ? "Terminating" : Array.Find(s_underWay, Holds) ?? "Running";
    }

    private static string Completions(TableRow row)
    {
        var succeeded = row.Status["succeeded"].Number ?? 0;
        if (row.Spec["completions"].Number is { } completions) return $"{succeeded}/{completions}";
        var parallelism = row.Spec["parallelism"].Number ?? 0;
        return parallelism > 1 ? $"{succeeded}/1 of {parallelism}" : $"{succeeded}/1";
    }

    private static string Duration(TableRow row)
    {
        if (HumanDuration.TimeOf(row.Status["startTime"]) is not { } start) return "";
        return HumanDuration.Of((HumanDuration.TimeOf(row.Status["completionTime"]) ?? row.Now) - start);
    }
}
