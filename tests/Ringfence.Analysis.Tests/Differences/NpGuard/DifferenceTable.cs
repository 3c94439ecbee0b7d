using Ringfence.Analysis.Differences;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Corpus;

namespace Ringfence.Analysis.Tests.Differences.NpGuard;

/// <summary>What differs between two states as a table of texts, <c>before -> after</c>: np-guard's, or ours in its manner. What does not differ is not said.</summary>
internal static class DifferenceTable
{
    private const string Nothing = "No Connections";

    /// <summary>Reads np-guard's text: <c>diff-type: changed, source: A, destination: B, ref1: X, ref2: Y</c>, one a line.</summary>
    public static ConnectionTable Read(IEnumerable<string> lines)
    {
        var table = new ConnectionTable();
        foreach (var line in lines.Skip(1).Where(line => line.Length > 0))
        {
            var (source, rest) = Cut(line[(line.IndexOf(", source: ", StringComparison.Ordinal) + 10)..], ", destination: ");
            var (destination, connections) = Cut(rest, ", ");
            var (before, after) = Cut(connections, ", " + (connections.StartsWith("ref1", StringComparison.Ordinal) ? "ref2: " : "dir2: "));
            table.Add(source, destination, $"{Text(before[6..])} -> {Text(after.Split(", workloads-diff-info", 2)[0])}");
        }

        return table;
    }

    /// <summary>Our answer. Changes of protocols beside TCP, UDP and SCTP alone, and of IPv6, do not count.</summary>
    public static ConnectionTable Of(ClusterDifference difference)
    {
        var table = new ConnectionTable();
        foreach (var change in difference.Changes)
        {
            var (before, after) = (ConnectionTable.Text(change.Before), ConnectionTable.Text(change.After));
            if (before != after) table.Add(ConnectionTable.NameOf(change.Source.Entry), ConnectionTable.NameOf(change.Destination.Entry), $"{before} -> {after}");
        }

        return table;
    }

    private static string Text(string connections) => connections == Nothing ? "None" : ConnectionTable.Text(ConnectionTable.Connections(connections));

    private static (string, string) Cut(string text, string at)
    {
        var place = text.IndexOf(at, StringComparison.Ordinal);
        return place < 0 ? throw new InvalidDataException($"no '{at}' in: {text}") : (text[..place], text[(place + at.Length)..]);
    }
}
