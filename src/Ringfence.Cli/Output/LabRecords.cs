using System.Globalization;
using Ringfence.Lab.Daemon;

namespace Ringfence.Cli.Output;

/// <summary>Writes what labs answer, for machines.</summary>
internal static class LabRecords
{
    /// <summary>The whole status.</summary>
    public static void WriteStatus(Terminal terminal, LabStatus status)
    {
        using var writer = new JsonOutput(terminal.Out);
        writer.StartAnswer("LabStatus");
        WriteHead(writer, status);
        writer.List("nodes", status.Nodes, node =>
        {
            writer.Field("name", node.Name);
            writer.List("addresses", node.Addresses);
            writer.Field("pods", node.Pods);
            writer.Field("table", node.Table);
            writer.Field("chains", node.Chains);
            writer.Field("sets", node.Sets);
            writer.Field("elements", node.Elements);
            writer.Field("deniedPackets", node.DeniedPackets);
        });
        writer.List("pods", status.Pods, pod =>
        {
            writer.Field("namespace", pod.Namespace);
            writer.Field("name", pod.Name);
            writer.Field("workload", pod.Workload);
            writer.Field("ready", pod.Ready);
            writer.Field("node", pod.Node);
            writer.List("addresses", pod.Addresses);
            writer.List("ports", pod.Ports);
        });
        writer.List("services", status.Services, service =>
        {
            writer.Field("namespace", service.Namespace);
            writer.Field("name", service.Name);
            writer.Field("type", service.Type);
            writer.List("addresses", service.Addresses);
            writer.List("ports", service.Ports);
            writer.Field("endpoints", service.Endpoints);
        });
        writer.List("policies", status.Policies, policy =>
        {
            writer.Field("namespace", policy.Namespace);
            writer.Field("name", policy.Name);
            writer.List("directions", policy.Directions);
            writer.Field("pods", policy.Pods);
        });
        writer.List("denied", status.Denied, denied =>
        {
            writer.Field("node", denied.Node);
            writer.Field("direction", denied.Direction);
            writer.List("policies", denied.Policies);
            writer.List("pods", denied.Pods);
            writer.Field("packets", denied.Packets);
        });
        writer.List("outside", status.Outside);
        writer.List("notes", status.Notes);
        writer.EndObject();
    }

    /// <summary>The labs that run.</summary>
    public static void WriteList(Terminal terminal, IReadOnlyList<LabStatus> labs)
    {
        using var writer = new JsonOutput(terminal.Out);
        writer.StartAnswer("LabList");
        writer.List("items", labs, lab =>
        {
            WriteHead(writer, lab);
            writer.Field("nodes", lab.Nodes.Length);
            writer.Field("pods", lab.Pods.Length);
            writer.Field("policies", lab.Policies.Length);
        });
        writer.EndObject();
    }

    private static void WriteHead(JsonOutput writer, LabStatus status)
    {
        writer.Field("name", status.Name);
        writer.Field("process", status.Process);
        writer.Field("since", status.Since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.Field("families", status.Families);
        writer.Field("enforced", status.Enforced);
        writer.Field("kubeconfig", status.Kubeconfig);
        writer.Field("server", status.Server);
    }
}
