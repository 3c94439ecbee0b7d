using System.Collections.Immutable;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of what gives roles to users.</summary>
internal static class RoleCells
{
    public static ImmutableArray<TableColumn> Binding { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Role", row => $"{row["roleRef"]["kind"].Text}/{row["roleRef"]["name"].Text}"),
        TableColumns.Age,
        TableColumn.WideText("Users", row => Subjects(row, "User")),
        TableColumn.WideText("Groups", row => Subjects(row, "Group")),
        TableColumn.WideText("ServiceAccounts", row => Subjects(row, "ServiceAccount")),
    ];

    private static string Subjects(TableRow row, string kind) => string.Join(", ", row["subjects"].Items.Where(subject => subject["kind"].Text == kind)
        .Select(subject => kind == "ServiceAccount" ? $"{subject["namespace"].Text}/{subject["name"].Text}" : subject["name"].Text));
}
