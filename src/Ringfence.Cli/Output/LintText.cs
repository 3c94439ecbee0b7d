using Ringfence.Analysis;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Linting;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>
/// Findings for people: the place, what is wrong, its lines, what it means here and how to mend it. Notes take a line or two, those that say the same once together;
/// <c>-o wide</c> tells all of each.
/// </summary>
internal sealed class LintText(LintChoices lint, ManifestLines lines)
{
    private const int LinesBefore = 3;
    private const int MostLines = 8;
    private const int MostNotes = 5;

    private readonly Terminal _terminal = lint.Choices.Terminal;
    private readonly int _width = lint.Choices.Terminal.Width ?? 100;
    private readonly bool _wide = lint.Choices.Format == OutputFormat.Wide;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Writes a report.</summary>
    public void Write(LintReport report)
    {
        foreach (var finding in report.Shown(lint).Where(IsTold)) WriteFinding(finding);
        if (!_wide) WriteNotes([.. report.Shown(lint).Where(finding => !IsTold(finding))]);
        WriteUnknown(report);
        Line(Summary(report));
    }

    private bool IsTold(Finding finding) => _wide || finding.Severity > Severity.Note || lint.FailOn == Severity.Note;

    private void WriteFinding(Finding finding)
    {
        WriteHead(finding);
        Wrapped("  ", finding.Message);
        WriteLines(finding);
        foreach (var effect in finding.Effects) Wrapped("  here:  ", effect);
        if (finding.Confidence is { } confidence) Wrapped("  basis: ", confidence == "declared" ? "declared by an annotation or label" : "our inference");
        if (finding.Exemption is { } exemption) Wrapped("  ", exemption.Describe(finding.Rule));
        // What holds for all findings of a rule is said with the first.
        var isFirst = _told.Add(finding.Rule.Id);
        if (finding.Mend is not null || isFirst) Wrapped("  mend:  ", finding.MendText());
        if (finding.Edits.Length > 0) Wrapped("         ", "(--fix can do it)");
        if (isFirst) Line($"  {_terminal.Paint($"see:   {finding.Rule.Source}", Style.Faint)}");
        Line("");
    }

    private void WriteHead(Finding finding)
    {
        var place = PlainText.Clean(finding.Location.ToString());
        var head = place.Length == 0 ? "" : $"{_terminal.Paint(place, Style.Strong)} ";
        var name = $"{finding.Rule.Id} {finding.Rule.Slug}";
        var about = PlainText.Clean(finding.Object.Describe());
        var fits = place.Length + 1 + finding.Severity.Word().Length + 1 + name.Length + 2 + about.Length <= _width;
        Line($"{head}{_terminal.Paint(finding.Severity.Word(), finding.Severity.Style())} {name}{(fits ? "  " : "\n  ")}{about}");
    }

    // The lines of a whole object say nothing about what is wrong in it; those before a narrower place say what it belongs to.
    private void WriteLines(Finding finding)
    {
        var place = finding.Location;
        if (place == finding.Object.Location) return;
        var own = lines.Read(place with { Line = Math.Max(place.Line - LinesBefore, Math.Min(finding.Object.Location.Line, place.Line)), EndLine = Math.Max(place.EndLine, place.Line) });
        if (own.Count == 0) return;
        var digits = own[^1].Line.ToString().Length;
        var shown = own.TakeWhile(line => line.Line < place.Line + MostLines).ToList();
        foreach (var (number, text) in shown)
        {
            var gutter = $"  {(number < place.Line ? ' ' : '>')} {number.ToString().PadLeft(digits)} │ ";
            Line(_terminal.Paint(gutter, Style.Faint) + PlainText.Shorten(PlainText.Clean(text), Math.Max(_width - gutter.Length, 20)));
        }

        if (shown.Count < own.Count) Line($"    {new string(' ', digits)} … {Counted.Of(own.Count - shown.Count, "more line")}");
    }

    private void WriteNotes(IReadOnlyList<Finding> notes)
    {
        foreach (var group in notes.GroupBy(finding => (finding.Rule.Id, finding.Message)).OrderBy(group => group.Key.Id, StringComparer.Ordinal))
        {
            var first = group.First();
            var count = group.Count();
            if (count == 1) WriteHead(first);
            else Line($"{_terminal.Paint(first.Severity.Word(), first.Severity.Style())} {first.Rule.Id} {first.Rule.Slug}");
            Wrapped("  ", first.Message);
            if (count > 1)
            {
                foreach (var finding in group.Take(MostNotes)) Line($"    {PlainText.Clean($"{finding.Location}  {finding.Object.Describe()}".Trim())}");
                if (count > MostNotes) Line($"    and {count - MostNotes} more (-o wide shows all)");
            }

            foreach (var exemption in group.Select(finding => finding.Exemption?.Describe(finding.Rule)).OfType<string>().Distinct(StringComparer.Ordinal).Take(MostNotes))
                Wrapped("  ", exemption);
        }

        if (notes.Count > 0) Line("");
    }

    private void WriteUnknown(LintReport report)
    {
        if (report.Unknown.IsEmpty) return;
        foreach (var missing in report.Unknown.GroupBy(unknown => unknown.Missing).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var rules = missing.Select(unknown => $"{unknown.Rule.Id} {unknown.Rule.Slug} ({Counted.Of(unknown.Objects.Length, "object")})");
            Wrapped("unknown: ", $"{missing.Key}: {string.Join(", ", rules)}", Style.Faint);
        }

        Line("");
    }

    private string Summary(LintReport report)
    {
        var looked = $"{Counted.Of(report.Policies, "policy", "policies")} and {Counted.Of(report.Workloads, "workload")}";
        var exempted = report.Exempted.IsEmpty ? "" : $"; {report.Exempted.Length} exempted{(lint.ShowExempted ? "" : " (--show-exempted)")}";
        var worst = report.Findings.IsEmpty ? Style.Good : report.Findings.Max(finding => finding.Severity).Style();
        return $"{_terminal.Paint(report.Counts(), worst)} in {looked}{exempted}";
    }

    private void Wrapped(string head, string text, Style style = Style.Plain)
    {
        foreach (var line in PlainText.Wrap(PlainText.Clean(text), Math.Max(_width - head.Length, 30)))
        {
            Line(_terminal.Paint(head + line, style));
            head = new string(' ', head.Length);
        }
    }

    private void Line(string text) => _terminal.Out.Write(text + "\n");
}
