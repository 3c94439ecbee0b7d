using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of quotas, of budgets of disruption and of priorities.</summary>
internal static class LimitCells
{
    public static ImmutableArray<TableColumn> Quota { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Request", row => Used(row, isOfLimits: false)),
        TableColumn.Text("Limit", row => Used(row, isOfLimits: true)),
        TableColumns.Age,
    ];

    public static ImmutableArray<TableColumn> Budget { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Min Available", row => Amount(row, "minAvailable")),
        TableColumn.Text("Max Unavailable", row => Amount(row, "maxUnavailable")),
        TableColumn.Count("Allowed Disruptions", row => TableRow.Count(row.Status["disruptionsAllowed"])),
        TableColumns.Age,
    ];

    public static ImmutableArray<TableColumn> Priority { get; } =
    [
        TableColumns.Name,
        TableColumn.Count("Value", row => TableRow.Count(row["value"])),
        new TableColumn("Global-Default", row => row["globalDefault"].IsTrue, Type: "boolean"),
        TableColumns.Age,
        TableColumn.Text("PreemptionPolicy", row => row["preemptionPolicy"].Text),
    ];

    private static string Used(TableRow row, bool isOfLimits) => string.Join(", ", (row.Status["hard"].Texts ?? [])
        .Where(most => most.Key.StartsWith("limits", StringComparison.Ordinal) == isOfLimits)
        .OrderBy(most => most.Key, StringComparer.Ordinal)
        .Select(most => $"{most.Key}: {TableRow.TextOr(row.Status["used"][most.Key], "0")}/{most.Value}"));

    private static string Amount(TableRow row, string field) => row.Spec[field].Number is { } number ? $"{number}" : TableRow.TextOr(row.Spec[field], "N/A");
}
