using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of volumes, claims and their classes.</summary>
internal static class StorageCells
{
    private const string Unset = "<unset>";
    private const string DefaultClass = "storageclass.kubernetes.io/is-default-class";

    public static ImmutableArray<TableColumn> Volume { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Capacity", row => row.Spec["capacity"]["storage"].Text),
        TableColumn.Text("Access Modes", row => Modes(row.Spec["accessModes"])),
        TableColumn.Text("Reclaim Policy", row => row.Spec["persistentVolumeReclaimPolicy"].Text),
        TableColumn.Text("Status", Phase),
        TableColumn.Text("Claim", row => row.Spec["claimRef"].Exists ? $"{row.Spec["claimRef"]["namespace"].Text}/{row.Spec["claimRef"]["name"].Text}" : ""),
        TableColumn.Text("StorageClass", row => row.Spec["storageClassName"].Text),
        TableColumn.Text("VolumeAttributesClass", row => TableRow.TextOr(row.Spec["volumeAttributesClassName"], Unset)),
        TableColumn.Text("Reason", row => row.Status["reason"].Text),
        TableColumns.Age,
        TableColumn.WideText("VolumeMode", row => TableRow.TextOr(row.Spec["volumeMode"], Unset)),
    ];

    public static ImmutableArray<TableColumn> Claim { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Status", Phase),
        TableColumn.Text("Volume", row => row.Spec["volumeName"].Text),
        TableColumn.Text("Capacity", row => row.Spec["volumeName"].Text.Length == 0 ? "" : TableRow.TextOr(row.Status["capacity"]["storage"], "0")),
        TableColumn.Text("Access Modes", row => row.Spec["volumeName"].Text.Length == 0 ? "" : Modes(row.Status["accessModes"])),
        TableColumn.Text("StorageClass", row => row.Spec["storageClassName"].Text),
        TableColumn.Text("VolumeAttributesClass", row => TableRow.TextOr(row.Spec["volumeAttributesClassName"], Unset)),
        TableColumns.Age,
        TableColumn.WideText("VolumeMode", row => TableRow.TextOr(row.Spec["volumeMode"], Unset)),
    ];

    public static ImmutableArray<TableColumn> Class { get; } =
    [
        TableColumn.Text("Name", row => row.Name + (row.Metadata["annotations"][DefaultClass].Text == "true" ? " (default)" : "")),
        TableColumn.Text("Provisioner", row => row["provisioner"].Text),
        TableColumn.Text("ReclaimPolicy", row => row["reclaimPolicy"].Text),
        TableColumn.Text("VolumeBindingMode", row => row["volumeBindingMode"].Text),
        TableColumn.Text("AllowVolumeExpansion", row => row["allowVolumeExpansion"].IsTrue ? "true" : "false"),
        TableColumns.Age,
    ];

    public static ImmutableArray<TableColumn> Driver { get; } =
    [
        TableColumns.Name,
        Flag("AttachRequired", "attachRequired"),
        Flag("PodInfoOnMount", "podInfoOnMount"),
        Flag("StorageCapacity", "storageCapacity"),
        TableColumn.Text("TokenRequests", row => string.Join(',', row.Spec["tokenRequests"].Items.Select(request => request["audience"].Text)) is { Length: > 0 } audiences ? audiences : Unset),
        Flag("RequiresRepublish", "requiresRepublish"),
        TableColumn.Text("Modes", row => string.Join(',', row.Spec["volumeLifecycleModes"].Items.Select(mode => mode.Text))),
        TableColumns.Age,
    ];

    private static TableColumn Flag(string name, string field) => new(name, row => row.Spec[field].IsTrue, Type: "boolean");

    private static string Phase(TableRow row) => row.IsDeleting ? "Terminating" : row.Status["phase"].Text;

    private static string Modes(JsonField modes) => string.Join(',', modes.Items.Select(mode => mode.Text switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        _ => "RWOP",
    }));
}
