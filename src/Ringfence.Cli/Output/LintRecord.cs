using System.Globalization;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.Input;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Findings for machines.</summary>
internal sealed class LintRecord(StructuredWriter writer)
{
    /// <summary>Writes a report.</summary>
    public void Write(LintReport report, ClusterInput input)
    {
        writer.StartAnswer("LintReport");
        writer.List("items", report.Findings, Write);
        writer.List("exempted", report.Exempted, Write);
        writer.List("unknown", report.Unknown, unknown =>
        {
            writer.Field("id", unknown.Rule.Id);
            writer.Field("rule", unknown.Rule.Slug);
            writer.Field("missing", unknown.Missing);
            writer.List("objects", unknown.Objects);
        });
        writer.Object("summary", () =>
        {
            writer.Field("errors", Count(Severity.Error));
            writer.Field("warnings", Count(Severity.Warning));
            writer.Field("notes", Count(Severity.Note));
            writer.Field("exempted", report.Exempted.Length);
            writer.Field("policies", report.Policies);
            writer.Field("workloads", report.Workloads);
        });
        input.WriteNotEvaluated(writer);
        writer.EndObject();

        int Count(Severity severity) => report.Findings.Count(finding => finding.Severity == severity);
    }

    private void Write(Finding finding)
    {
        writer.Field("id", finding.Rule.Id);
        writer.Field("rule", finding.Rule.Slug);
        writer.Field("severity", finding.Severity.Word());
        writer.Field("message", finding.Message);
        writer.Field("object", finding.Object.Describe());
        writer.Field("field", finding.Field);
        writer.Location("location", finding.Location);
        writer.List("effects", finding.Effects);
        writer.Field("mend", finding.MendText());
        writer.Field("fixable", !finding.Edits.IsEmpty);
        writer.Field("source", finding.Rule.Source);
        writer.Field("confidence", finding.Confidence);
        if (finding.Exemption is not { } exemption)
        {
            writer.Field("exemption", null);
            return;
        }

        writer.Object("exemption", () =>
        {
            writer.Field("reason", exemption.Reason);
            writer.Field("until", exemption.Until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            writer.Field("on", exemption.On.Describe());
            writer.Field("fault", exemption.Fault);
        });
    }
}
