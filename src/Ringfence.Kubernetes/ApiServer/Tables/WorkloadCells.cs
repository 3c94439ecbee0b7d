using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of workloads.</summary>
internal static class WorkloadCells
{
    public static readonly TableColumn Containers = TableColumn.WideText("Containers", row => Of(row, "name"));
    public static readonly TableColumn Images = TableColumn.WideText("Images", row => Of(row, "image"));
    public static readonly TableColumn Selector = TableColumn.WideText("Selector", row => LabelText.OfSelector(row.Spec["selector"]));

    public static ImmutableArray<TableColumn> Deployment { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Ready", row => $"{row.Status["readyReplicas"].Number ?? 0}/{row.Spec["replicas"].Number ?? 0}"),
        Status("Up-to-date", "updatedReplicas"),
        Status("Available", "availableReplicas"),
        TableColumns.Age,
        Containers,
        Images,
        Selector,
    ];

    public static ImmutableArray<TableColumn> ReplicaSet { get; } =
    [
        TableColumns.Name,
        TableColumn.Count("Desired", row => TableRow.Count(row.Spec["replicas"])),
        Status("Current", "replicas"),
        Status("Ready", "readyReplicas"),
        TableColumns.Age,
        Containers,
        Images,
        Selector,
    ];

    public static ImmutableArray<TableColumn> ReplicationController { get; } =
        [.. ReplicaSet[..7], TableColumn.WideText("Selector", row => LabelText.OfLabels(row.Spec["selector"]))];

    public static ImmutableArray<TableColumn> StatefulSet { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Ready", row => $"{row.Status["readyReplicas"].Number ?? 0}/{row.Spec["replicas"].Number ?? 0}"),
        TableColumns.Age,
        Containers,
        Images,
    ];

    public static ImmutableArray<TableColumn> DaemonSet { get; } =
    [
        TableColumns.Name,
        Status("Desired", "desiredNumberScheduled"),
        Status("Current", "currentNumberScheduled"),
        Status("Ready", "numberReady"),
        Status("Up-to-date", "updatedNumberScheduled"),
        Status("Available", "numberAvailable"),
        TableColumn.Text("Node Selector", row => LabelText.OfLabels(row.Spec["template"]["spec"]["nodeSelector"])),
        TableColumns.Age,
        Containers,
        Images,
        Selector,
    ];

    public static ImmutableArray<TableColumn> ControllerRevision { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Controller", Controller),
        TableColumn.Count("Revision", row => TableRow.Count(row["revision"])),
        TableColumns.Age,
    ];

    public static ImmutableArray<TableColumn> PodTemplate { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Containers", row => Of(row["template"], "name")),
        TableColumn.Text("Images", row => Of(row["template"], "image")),
        TableColumn.Text("Pod Labels", row => LabelText.OfLabels(row["template"]["metadata"]["labels"])),
    ];

    private static TableColumn Status(string name, string field) => TableColumn.Count(name, row => TableRow.Count(row.Status[field]));

    private static string Of(TableRow row, string field)
    {
        var spec = row.Spec["jobTemplate"].Exists ? row.Spec["jobTemplate"]["spec"] : row.Spec;
        return Of(spec["template"], field);
    }

    private static string Of(JsonField template, string field) => string.Join(',', template["spec"]["containers"].Items.Select(container => container[field].Text));

    private static string Controller(TableRow row)
    {
        var owner = row.Metadata["ownerReferences"].Items.FirstOrDefault(owner => owner["controller"].IsTrue);
        if (owner.Value is null) return TableRow.None;
        var version = owner["apiVersion"].Text;
        var slash = version.IndexOf('/', StringComparison.Ordinal);
        return $"{owner["kind"].Text.ToLowerInvariant()}{(slash < 0 ? "" : $".{version[..slash]}")}/{owner["name"].Text}";
    }
}
