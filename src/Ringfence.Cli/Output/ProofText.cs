using Ringfence.Analysis;
using Ringfence.Cli.Answers;
using Ringfence.Evidence.Records;
using Ringfence.Evidence.Report;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>What a proof saw, for people: the matrix once, every difference with both reasons, the counts.</summary>
internal sealed class ProofText(Terminal terminal, bool headers, bool wide)
{
    private static readonly string Indent = new(' ', 12);

    /// <summary>Writes it.</summary>
    public void Write(EvidenceDocument document)
    {
        var text = new GridText(terminal, headers, wide);
        text.Write(ObservedGrid.Create(ObservedMatrix.Of(document)));
        var differences = Difference.Of(document);
        if (differences.Count > 0) Line($"\n{terminal.Paint("DIFFERENCES", Style.Heading)}  what the policies say is not what packets saw, marked ! above");
        foreach (var difference in differences) Write(difference);
        WriteSummary(document.Summary);
        terminal.Flush();
        if (text.HasShortened) terminal.Tell(Severity.Note, "… stands for more ports; -o wide shows them all");
    }

    /// <summary>Tells what was left out and what cannot be shown.</summary>
    public static void TellLimits(Terminal terminal, IEnumerable<string> thinned, IReadOnlyCollection<(string What, string Why)> gaps, bool every)
    {
        const int Enough = 6;
        foreach (var sentence in thinned) terminal.Tell(Severity.Note, sentence);
        foreach (var (what, why) in gaps.Take(every ? int.MaxValue : Enough)) terminal.Tell(Severity.Note, $"not covered: {what} ({why})");
        if (!every && gaps.Count > Enough) terminal.Tell(Severity.Note, $"not covered: {gaps.Count - Enough} more, see the evidence");
    }

    private void Write(Difference difference)
    {
        Line("");
        Line(PlainText.Clean($"{difference.SourceWorkload} -> {difference.DestinationWorkload}  {difference.Ports}"));
        Line($"  expected  {terminal.Paint(difference.Expected, Style.Strong)}");
        foreach (var reason in difference.First.Reasons) Wrapped(reason);
        Line($"  observed  {terminal.Paint(ProbeWords.Describe(difference.Observed), Style.Bad)}");
        Wrapped(difference.Seen);
    }

    private void WriteSummary(EvidenceSummary summary)
    {
        var differ = $"{summary.Differ} differ";
        var agree = $"{summary.Agree} agree";
        Line("");
        Line($"{Counted.Of(summary.Probes, "probe")}, {(summary.Differ == 0 ? terminal.Paint(agree, Style.Good) : agree)}, "
            + $"{(summary.Differ > 0 ? terminal.Paint(differ, Style.Bad) : differ)}"
            + (summary.NotCovered > 0 ? $", {summary.NotCovered} gave no result" : ""));
    }

    private void Wrapped(string text)
    {
        foreach (var line in PlainText.Wrap(PlainText.Clean(text), Math.Max((terminal.Width ?? 120) - Indent.Length, 30))) Line(Indent + line);
    }

    private void Line(string text) => terminal.Out.Write(text + "\n");
}
