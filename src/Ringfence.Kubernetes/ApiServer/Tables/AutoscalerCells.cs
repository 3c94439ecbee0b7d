using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of HorizontalPodAutoscalers.</summary>
/// <remarks>formatHPAMetrics in pkg/printers/internalversion/printers.go</remarks>
internal static class AutoscalerCells
{
    private const int MostMetrics = 2;
    private const string Unknown = "<unknown>";

    public static ImmutableArray<TableColumn> Columns { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Reference", row => $"{row.Spec["scaleTargetRef"]["kind"].Text}/{row.Spec["scaleTargetRef"]["name"].Text}"),
        TableColumn.Text("Targets", Targets),
        TableColumn.Text("MinPods", row => row.Spec["minReplicas"].Number is { } least ? $"{least}" : "<unset>"),
        TableColumn.Text("MaxPods", row => $"{row.Spec["maxReplicas"].Number ?? 0}"),
        TableColumn.Text("Replicas", row => $"{row.Status["currentReplicas"].Number ?? 0}"),
        TableColumns.Age,
    ];

    private static string Targets(TableRow row)
    {
        JsonField[] current = [.. row.Status["currentMetrics"].Items];
        string[] all = [.. row.Spec["metrics"].Items.Select((metric, place) => Target(metric, place < current.Length ? current[place] : default))];
        if (all.Length == 0) return TableRow.None;
        var text = string.Join(", ", all.Take(MostMetrics));
        return all.Length > MostMetrics ? $"{text} + {all.Length - MostMetrics} more..." : text;
    }

    private static string Target(JsonField metric, JsonField current) => metric["type"].Text switch
    {
        "Resource" => $"{metric["resource"]["name"].Text}: {OfResource(metric["resource"]["target"], Now(current, "resource"))}",
        "ContainerResource" => $"{metric["containerResource"]["name"].Text}: {OfResource(metric["containerResource"]["target"], Now(current, "containerResource"))}",
        "Pods" => Pair(Now(current, "pods"), metric["pods"]["target"], "averageValue"),
        "Object" => OfValue(metric["object"]["target"], Now(current, "object")),
        "External" => OfValue(metric["external"]["target"], Now(current, "external")),
        _ => "<unknown type>",
    };

    private static JsonField? Now(JsonField current, string source) => current.Value is null ? null : current[source]["current"];

    private static string OfResource(JsonField target, JsonField? now)
    {
        if (target["averageValue"].Exists) return Pair(now, target, "averageValue");
        var used = now?["averageUtilization"].Number is { } percent ? $"{percent}%" : Unknown;
        return $"{used}/{(target["averageUtilization"].Number is { } wanted ? $"{wanted}%" : "<auto>")}";
    }

    private static string OfValue(JsonField target, JsonField? now) =>
        target["averageValue"].Exists ? $"{Pair(now, target, "averageValue")} (avg)" : Pair(now, target, "value");

    private static string Pair(JsonField? now, JsonField target, string field) => $"{(now is { } known ? TableRow.TextOr(known[field], Unknown) : Unknown)}/{target[field].Text}";
}
