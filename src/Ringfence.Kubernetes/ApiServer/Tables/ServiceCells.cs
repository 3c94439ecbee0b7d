using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>The columns of Services and what leads to and from them.</summary>
internal static class ServiceCells
{
    public static ImmutableArray<TableColumn> Service { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Type", row => row.Spec["type"].Text),
        TableColumn.Text("Cluster-IP", row => TableRow.TextOr(row.Spec["clusterIP"])),
        TableColumn.Text("External-IP", ExternalAddress),
        TableColumn.Text("Port(s)", Ports),
        TableColumns.Age,
        TableColumn.WideText("Selector", row => LabelText.OfLabels(row.Spec["selector"])),
    ];

    public static ImmutableArray<TableColumn> Endpoints { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Endpoints", row => TableRow.Some(row["subsets"].Items.SelectMany(Addresses), TableRow.None)),
        TableColumns.Age,
    ];

    public static ImmutableArray<TableColumn> EndpointSlice { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("AddressType", row => row["addressType"].Text),
        TableColumn.Text("Ports", row => TableRow.Some(
            row["ports"].Items.Select(port => port["port"].Number is { } number ? $"{number}" : TableRow.TextOr(port["name"], "*")), "<unset>")),
        TableColumn.Text("Endpoints", row => TableRow.Some(
            row["endpoints"].Items.SelectMany(endpoint => endpoint["addresses"].Items).Select(address => address.Text), "<unset>")),
        TableColumns.Age,
    ];

    public static ImmutableArray<TableColumn> Ingress { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Class", row => TableRow.TextOr(
            row.Spec["ingressClassName"], TableRow.TextOr(row.Metadata["annotations"]["kubernetes.io/ingress.class"]))),
        TableColumn.Text("Hosts", row => TableRow.Some(
            row.Spec["rules"].Items.Select(rule => rule["host"].Text).Where(host => host.Length > 0).Distinct(), "*")),
        TableColumn.Text("Address", row => string.Join(',', Balanced(row))),
        TableColumn.Text("Ports", row => row.Spec["tls"].Count > 0 ? "80, 443" : "80"),
        TableColumns.Age,
    ];

    public static ImmutableArray<TableColumn> IngressClass { get; } =
    [
        TableColumns.Name,
        TableColumn.Text("Controller", row => row.Spec["controller"].Text),
        TableColumn.Text("Parameters", row => Parameters(row.Spec["parameters"])),
        TableColumns.Age,
    ];

    private static string ExternalAddress(TableRow row)
    {
        var external = row.Spec["externalIPs"].Items.Select(address => address.Text);
        switch (row.Spec["type"].Text)
        {
            case "ExternalName":
                return row.Spec["externalName"].Text;
            case "LoadBalancer":
                string[] all = [.. Balanced(row), .. external];
                return all.Length == 0 ? "<pending>" : string.Join(',', all);
            default:
                return string.Join(',', external) is { Length: > 0 } addresses ? addresses : TableRow.None;
        }
    }

    private static string Ports(TableRow row)
    {
        var ports = row.Spec["ports"].Items.Select(port =>
            $"{port["port"].Number}{(port["nodePort"].Number is { } node and > 0 ? $":{node}" : "")}/{port["protocol"].Text}");
        return string.Join(',', ports) is { Length: > 0 } text ? text : TableRow.None;
    }

    private static IEnumerable<string> Addresses(JsonField subset)
    {
        foreach (var address in subset["addresses"].Items)
        {
            if (subset["ports"].Count == 0) yield return address["ip"].Text;
            var host = address["ip"].Text.Contains(':', StringComparison.Ordinal) ? $"[{address["ip"].Text}]" : address["ip"].Text;
            foreach (var port in subset["ports"].Items) yield return $"{host}:{port["port"].Number}";
        }
    }

    private static IEnumerable<string> Balanced(TableRow row) =>
        row.Status["loadBalancer"]["ingress"].Items
            .Select(ingress => TableRow.TextOr(ingress["ip"], ingress["hostname"].Text))
            .Where(text => text.Length > 0)
            .Distinct();

    private static string Parameters(JsonField parameters)
    {
        if (!parameters.Exists) return TableRow.None;
        var group = parameters["apiGroup"].Text;
        return $"{parameters["kind"].Text}{(group.Length == 0 ? "" : $".{group}")}/{parameters["name"].Text}";
    }
}
