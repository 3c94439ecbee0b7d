using Ringfence.Evidence.Records;
using static Ringfence.Evidence.Report.HtmlText;

namespace Ringfence.Evidence.Report;

/// <summary>The differences of a report, each with both reasons.</summary>
internal sealed class DifferenceSection(TextWriter output)
{
    public void Write(EvidenceDocument document)
    {
        output.Write("<h2>Differences</h2>\n");
        var differences = Difference.Of(document);
        if (differences.Count == 0)
        {
            output.Write("<p>None.</p>\n");
            return;
        }

        foreach (var difference in differences)
        {
            output.Write($"<section class=\"difference\">\n<h3>{Encode(difference.SourceWorkload)} → {Encode(difference.DestinationWorkload)} <span class=\"ports\">{Encode(difference.Ports)}</span></h3>\n<dl>\n");
            output.Write($"<dt>Expected</dt><dd><b>{Encode(difference.Expected)}</b>{string.Concat(difference.First.Reasons.Select(reason => $"<br>{Encode(reason)}"))}</dd>\n");
            output.Write($"<dt>Observed</dt><dd><b>{Encode(ProbeWords.Describe(difference.Observed))}</b><br>{Encode(difference.Seen)}</dd>\n</dl>\n</section>\n");
        }
    }
}
