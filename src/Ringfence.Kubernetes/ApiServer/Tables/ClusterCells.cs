using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of nodes and events.</summary>
internal static class ClusterCells
{
    private const string RolePrefix = "node-role.kubernetes.io/";
    private const string RoleLabel = "kubernetes.io/role";
    private const string Unknown = "<unknown>";

    public static ImmutableArray<TableColumn> Node { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Status", NodeStatus),
        TableColumn.Text("Roles", Roles),
        TableColumns.Age,
        TableColumn.Text("Version", row => row.Status["nodeInfo"]["kubeletVersion"].Text),
        TableColumn.WideText("Internal-IP", row => Address(row, "InternalIP")),
        TableColumn.WideText("External-IP", row => Address(row, "ExternalIP")),
        TableColumn.WideText("OS-Image", row => TableRow.TextOr(row.Status["nodeInfo"]["osImage"], Unknown)),
        TableColumn.WideText("Kernel-Version", row => TableRow.TextOr(row.Status["nodeInfo"]["kernelVersion"], Unknown)),
        TableColumn.WideText("Container-Runtime", row => TableRow.TextOr(row.Status["nodeInfo"]["containerRuntimeVersion"], Unknown)),
    ];

    public static ImmutableArray<TableColumn> Event { get; } =
    [
        TableColumn.Text("Last Seen", LastSeen),
        TableColumn.Text("Type", row => row["type"].Text),
        TableColumn.Text("Reason", row => row["reason"].Text),
        TableColumn.Text("Object", row => About(Either(row, "involvedObject", "regarding"))),
        TableColumn.WideText("Subobject", row => Either(row, "involvedObject", "regarding")["fieldPath"].Text),
        TableColumn.WideText("Source", Source),
        TableColumn.Text("Message", row => Either(row, "message", "note").Text.Trim()),
        TableColumn.WideText("First Seen", FirstSeen),
        new TableColumn("Count", row => Times(row), IsWide: true, Type: "integer"),
        TableColumn.WideText("Name", row => row.Name),
    ];

    private static string NodeStatus(TableRow row)
    {
        var word = row.Condition("Ready")["status"].Text switch { "True" => "Ready", "" => "Unknown", _ => "NotReady" };
        return row.Spec["unschedulable"].IsTrue ? $"{word},SchedulingDisabled" : word;
    }

    private static string Roles(TableRow row)
    {
        var labels = row.Metadata["labels"].Texts ?? [];
        var roles = labels.Where(label => label.Key.StartsWith(RolePrefix, StringComparison.Ordinal) && label.Key.Length > RolePrefix.Length)
            .Select(label => label.Key[RolePrefix.Length..])
            .Concat(labels.Where(label => label.Key == RoleLabel && label.Value.Length > 0).Select(label => label.Value))
            .Distinct()
            .Order(StringComparer.Ordinal);
        return string.Join(',', roles) is { Length: > 0 } text ? text : TableRow.None;
    }

    private static string Address(TableRow row, string type) =>
        row.Status["addresses"].Items.Where(address => address["type"].Text == type).Select(address => address["address"].Text).FirstOrDefault(TableRow.None);

    private static string FirstSeen(TableRow row) =>
        Since(row, Either(row, "firstTimestamp", "deprecatedFirstTimestamp")) ?? Since(row, row["eventTime"]) ?? Unknown;

    private static string LastSeen(TableRow row) =>
        Since(row, row["series"]["lastObservedTime"]) ?? Since(row, Either(row, "lastTimestamp", "deprecatedLastTimestamp")) ?? FirstSeen(row);

    private static JsonNode Times(TableRow row)
    {
        var count = (row["series"].Exists ? row["series"]["count"] : Either(row, "count", "deprecatedCount")).Number ?? 0;
        return count == 0 ? 1 : count;
    }

    private static string Source(TableRow row)
    {
        var source = Either(row, "source", "deprecatedSource");
        var component = TableRow.TextOr(source["component"], Either(row, "reportingComponent", "reportingController").Text);
        var host = TableRow.TextOr(source["host"], row["reportingInstance"].Text);
        return host.Length > 0 && host != component ? $"{component}, {host}" : component;
    }

    private static string About(JsonField about) =>
        about["kind"].Text.ToLowerInvariant() + (about["name"].Text is { Length: > 0 } name ? $"/{name}" : "");

    private static string? Since(TableRow row, JsonField time) => HumanDuration.TimeOf(time) is { } then ? HumanDuration.Of(row.Now - then) : null;

    // The two groups that events are in name some fields differently.
    private static JsonField Either(TableRow row, string core, string events) => row[core].Exists ? row[core] : row[events];
}
