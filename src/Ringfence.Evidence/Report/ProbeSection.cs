using System.Globalization;
using Ringfence.Evidence.Records;
using static Ringfence.Evidence.Report.HtmlText;

namespace Ringfence.Evidence.Report;

/// <summary>Every probe of a report, folded away.</summary>
internal sealed class ProbeSection(TextWriter output)
{
    public void Write(EvidenceDocument document)
    {
        output.Write("<h2>Every probe</h2>\n");
        foreach (var source in document.Items.GroupBy(probe => probe.SourceWorkload))
        {
            output.Write($"<details>\n<summary>from {Encode(source.Key)}: {Counted.Of(source.Count(), "probe")}{Differing(source)}</summary>\n");
            var table = new HtmlTable(output, $"Probes from {source.Key}", "From", "To", "Port", "Expected", "Observed", "At", "Took", "Reason") { Style = "probes" };
            foreach (var probe in source)
                table.Row(End(probe.Source, probe.SourceAddress), End(probe.Destination, probe.DestinationAddress), $"{probe.Port}/{probe.Protocol}", probe.Expected,
                    $"{Mark(probe.Result)} {ProbeWords.Describe(probe.Observed)}{Attempts(probe)}",
                    probe.Attempts[^1].At.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
                    $"{probe.Attempts.Sum(attempt => attempt.Milliseconds).ToString("0.0", CultureInfo.InvariantCulture)} ms", string.Join("; ", probe.Reasons));
            table.End();
            output.Write("</details>\n");
        }
    }

    private static string End(string name, string address) => name == address ? name : $"{name} {address}";

    private static string Mark(string result) => result switch { ProbeWords.Agrees => "✓", ProbeWords.Differs => "≠", _ => "?" };

    private static string Attempts(ProbeRecord probe) => probe.Attempts.Length > 1 ? $" ({probe.Attempts.Length} attempts)" : "";

    private static string Differing(IEnumerable<ProbeRecord> probes) => probes.Count(probe => probe.Result == ProbeWords.Differs) is > 0 and var count ? $", {count} differ" : "";
}
