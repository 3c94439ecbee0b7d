using System.Text;
using Ringfence.Analysis;
using Ringfence.Analysis.Differences;
using Ringfence.Engine;

namespace Ringfence.Cli.Output;

/// <summary>Differences as a comment on a pull request: what matters first, details folded, and never too long for GitHub.</summary>
internal static class DifferenceMarkdown
{
    /// <summary>
    /// How long it gets, in bytes, which are never fewer than characters: GitHub takes comments of 65,536 characters. What stands around it needs some.
    /// </summary>
    public const int MostBytes = 60_000;

    /// <summary>Writes it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="difference">The differences.</param>
    /// <param name="mostBytes">How long it may get, the few lines at the end not counted.</param>
    public static void Write(TextWriter output, ClusterDifference difference, int mostBytes = MostBytes)
    {
        var room = new Room(output, mostBytes);
        room.Always($"**Network reach: {DifferenceOutput.Summary(difference)}**\n");
        if (DifferenceOutput.PolicySummary(difference) is { } policies) room.Always($"\n{Capital(policies)}\n");
        Workloads(room, "Only before", difference.Removed);
        Workloads(room, "Only now", difference.Added);
        var causes = new NumberedCauses(difference);
        var untold = 0;
        foreach (var kind in DifferenceOutput.Kinds)
        {
            var changes = difference.Changes.Where(change => change.Kind == kind).ToList();
            if (changes.Count > 0) untold += Group(room, kind, changes, causes);
        }

        Causes(room, causes);
        if (untold > 0) room.Always($"\n{Counted.Of(untold, "more connection")} not shown: a comment holds 65,536 characters. `ringfence diff` shows them all.\n");
    }

    private static int Group(Room room, ChangeKind kind, List<ConnectionChange> changes, NumberedCauses causes)
    {
        // What opens is there to be seen; what closes can be unfolded.
        var open = kind is ChangeKind.Appear or ChangeKind.Widen or ChangeKind.Shift ? " open" : "";
        if (!room.Fits($"\n<details{open}><summary>{DifferenceOutput.Word(kind)}: {Counted.Of(changes.Count, "connection")}</summary>\n\n| Source | Destination | Before | After | Why |\n| --- | --- | --- | --- | --- |\n"))
            return changes.Count;
        var told = 0;
        foreach (var change in changes)
        {
            var why = string.Join(' ', causes.Of(change).Select(number => $"({number})"));
            string[] cells = [change.Source.Name, change.Destination.Name, ConnectionListOutput.Text(change.Before), ConnectionListOutput.Text(change.After), why];
            if (!room.Fits($"| {string.Join(" | ", cells.Select(Markdown.Escape))} |\n")) break;
            told++;
        }

        room.Always("\n</details>\n");
        return changes.Count - told;
    }

    private static void Causes(Room room, NumberedCauses causes)
    {
        if (causes.All.Count == 0 || !room.Fits("\n")) return;
        foreach (var (number, cause) in causes.All)
        {
            var place = cause.Location.ToString();
            if (!room.Fits($"({number}) {Markdown.Escape(cause.ToString())}{(place.Length == 0 ? "" : $" – {Markdown.Escape(place)}")}  \n")) return;
        }
    }

    private static void Workloads(Room room, string when, IReadOnlyCollection<Counterpart> workloads)
    {
        const int Enough = 20;
        if (workloads.Count == 0) return;
        var names = string.Join(", ", workloads.Take(Enough).Select(workload => Markdown.Escape(workload.Name)));
        room.Fits($"\n{when}: {names}{(workloads.Count > Enough ? $" and {workloads.Count - Enough} more" : "")}\n");
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>What is left of the space.</summary>
    private sealed class Room(TextWriter output, int most)
    {
        private int _left = most;

        /// <summary>Writes a text if there is room for it; nothing more fits once something did not.</summary>
        public bool Fits(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            if (length > _left)
            {
                _left = 0;
                return false;
            }

            _left -= length;
            output.Write(text);
            return true;
        }

        /// <summary>Writes a text that is there in any case, and short.</summary>
        public void Always(string text)
        {
            _left -= Encoding.UTF8.GetByteCount(text);
            output.Write(text);
        }
    }
}
