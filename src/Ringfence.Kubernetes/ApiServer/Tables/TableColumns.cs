using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of each kind.</summary>
/// <remarks>pkg/printers/internalversion/printers.go of Kubernetes</remarks>
internal static class TableColumns
{
    public static readonly TableColumn Name = TableColumn.Text("Name", row => row.Name);

    public static readonly TableColumn Age = TableColumn.Text("Age", row => row.Age);

    /// <summary>What kinds have that the API server has no columns for.</summary>
    public static readonly TableColumn CreatedAt = TableColumn.Text("Created At", row => row.Metadata["creationTimestamp"].Text);

    private static readonly ImmutableArray<TableColumn> s_plain = [Name, Age];

    private static readonly FrozenDictionary<string, ImmutableArray<TableColumn>> s_kinds = new Dictionary<string, ImmutableArray<TableColumn>>
    {
        ["Pod"] = PodCells.Columns,
        ["Deployment"] = WorkloadCells.Deployment,
        ["ReplicaSet"] = WorkloadCells.ReplicaSet,
        ["ReplicationController"] = WorkloadCells.ReplicationController,
        ["StatefulSet"] = WorkloadCells.StatefulSet,
        ["DaemonSet"] = WorkloadCells.DaemonSet,
        ["ControllerRevision"] = WorkloadCells.ControllerRevision,
        ["Job"] = JobCells.Job,
        ["CronJob"] = JobCells.CronJob,
        ["Service"] = ServiceCells.Service,
        ["Endpoints"] = ServiceCells.Endpoints,
        ["EndpointSlice"] = ServiceCells.EndpointSlice,
        ["Ingress"] = ServiceCells.Ingress,
        ["IngressClass"] = ServiceCells.IngressClass,
        ["NetworkPolicy"] = [Name, TableColumn.Text("Pod-Selector", row => LabelText.OfSelector(row.Spec["podSelector"])), Age],
        ["Node"] = ClusterCells.Node,
        ["Namespace"] = [Name, TableColumn.Text("Status", row => row.Status["phase"].Text), Age],
        ["ServiceAccount"] = [Name, TableColumn.Count("Secrets", row => row["secrets"].Count), Age],
        ["ConfigMap"] = [Name, TableColumn.Count("Data", row => Size(row, "data") + Size(row, "binaryData")), Age],
        ["Secret"] = [Name, TableColumn.Text("Type", row => row["type"].Text), TableColumn.Count("Data", row => Size(row, "data")), Age],
        ["Lease"] = [Name, TableColumn.Text("Holder", row => row.Spec["holderIdentity"].Text), Age],
        ["Event"] = ClusterCells.Event,
        ["PersistentVolume"] = StorageCells.Volume,
        ["PersistentVolumeClaim"] = StorageCells.Claim,
        ["StorageClass"] = StorageCells.Class,
        ["Role"] = [Name, CreatedAt],
        ["ClusterRole"] = [Name, CreatedAt],
        ["RoleBinding"] = RoleCells.Binding,
        ["ClusterRoleBinding"] = RoleCells.Binding,
        ["HorizontalPodAutoscaler"] = AutoscalerCells.Columns,
        ["PodDisruptionBudget"] = LimitCells.Budget,
        ["ResourceQuota"] = LimitCells.Quota,
        ["LimitRange"] = [Name, CreatedAt],
        ["PriorityClass"] = LimitCells.Priority,
        ["MutatingWebhookConfiguration"] = Webhooks,
        ["ValidatingWebhookConfiguration"] = Webhooks,
        ["CSIDriver"] = StorageCells.Driver,
        ["RuntimeClass"] = [Name, TableColumn.Text("Handler", row => row["handler"].Text), Age],
        ["PodTemplate"] = WorkloadCells.PodTemplate,
        ["CustomResourceDefinition"] = [Name, CreatedAt],
    }.ToFrozenDictionary();

    /// <summary>The columns of a kind; name and age where it has none of its own.</summary>
    public static ImmutableArray<TableColumn> Of(ResourceType type) => type.Custom?.Columns ?? s_kinds.GetValueOrDefault(type.Kind, s_plain);

    private static ImmutableArray<TableColumn> Webhooks => [Name, TableColumn.Count("Webhooks", row => row["webhooks"].Count), Age];

    private static int Size(TableRow row, string field) => row[field].Texts?.Length ?? 0;
}
