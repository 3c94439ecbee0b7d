using Ringfence.Analysis.Exposure;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>What is open to namespaces and pods that are not there yet, line by line.</summary>
internal static class ExposureText
{
    /// <summary>What stands above the lines.</summary>
    public const string Heading = "Open to what is not there yet";

    /// <summary>What stands in the place of the lines where there are none.</summary>
    public const string Nothing = "(nothing)";

    /// <summary>How a workload is marked that no policy isolates in a direction.</summary>
    public const string NotProtected = "not protected";

    /// <summary>The columns of a table for people.</summary>
    public static readonly string[] Columns = ["Source", "Destination", "Connection", "Pods now", "Policy"];

    /// <summary>The columns that CSV has besides those of connections.</summary>
    public static readonly string[] RecordColumns = ["exposure", "podsNow"];

    /// <summary>A row of a table.</summary>
    public static string[] Row(ExposureLine line) =>
        [line.Source, line.Destination, line.Ports.ToString(), line.PodsNow is { } pods ? $"{pods}" : "?", line.IsProtected ? "" : NotProtected];

    /// <summary>A row of CSV, with the fields of connections first.</summary>
    public static IReadOnlyList<string> Record(ExposureLine line) =>
        [line.Source, line.Destination, line.Ports.ToString(), "", line.IsProtected ? "open" : NotProtected, line.PodsNow is { } pods ? $"{pods}" : ""];

    /// <summary>The fields of a line.</summary>
    public static void Write(StructuredWriter writer, ExposureLine line)
    {
        writer.Field("source", line.Source);
        writer.Field("destination", line.Destination);
        writer.Field("direction", line.Direction == Direction.Ingress ? "ingress" : "egress");
        writer.Field("connection", line.Ports.ToString());
        writer.Field("protected", line.IsProtected);
        writer.Name("podsNow");
        if (line.PodsNow is { } pods) writer.Value(pods);
        else writer.Value(null);
        writer.Object("namespaceSelector", () => Write(writer, line.Peer.Namespaces));
        writer.Object("podSelector", () => Write(writer, line.Peer.Pods));
    }

    /// <summary>The lines as parts of a picture.</summary>
    public static void Add(ConnectionGraph graph, ExposureLine line, GraphNode workload)
    {
        var peer = graph.Node(line.Peer.ToString(), "", line.Peer.Description, NodeKind.Hypothetical);
        var (from, to) = line.Direction == Direction.Ingress ? (peer, workload) : (workload, peer);
        graph.Add(from, to, ConnectionText.Compact(line.Ports) + (line.IsProtected ? "" : $" ({NotProtected})"), isDoubtful: false);
    }

    // As manifests have it: what matchLabels can say is said there.
    private static void Write(StructuredWriter writer, LabelSelector selector)
    {
        var labels = selector.Requirements.Where(IsLabel).ToList();
        var expressions = selector.Requirements.Except(labels).ToList();
        if (labels.Count > 0)
            writer.Object("matchLabels", () =>
            {
                foreach (var label in labels) writer.Field(label.Key, label.Values[0]);
            });
        if (expressions.Count > 0) writer.List("matchExpressions", expressions, expression =>
        {
            writer.Field("key", expression.Key);
            writer.Field("operator", expression.Operator.ToString());
            if (!expression.Values.IsEmpty) writer.List("values", expression.Values);
        });
    }

    private static bool IsLabel(Requirement requirement) => requirement is { Operator: SelectorOperator.In, Values.Length: 1 };
}
