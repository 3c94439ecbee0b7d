using Ringfence.Analysis;
using Ringfence.Analysis.Differences;
using Ringfence.Cli.Input;

namespace Ringfence.Cli.Output;

/// <summary>Differences as one self-contained page.</summary>
internal static class DifferencePage
{
    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter output, ClusterDifference difference, ClusterInput old, ClusterInput @new)
    {
        HtmlPage.Begin(output, "What changes in who can reach whom", old.HasErrors || @new.HasErrors, [.. old.NotEvaluated.Concat(@new.NotEvaluated).Distinct()]);
        output.Write($"<p><b>{HtmlPage.Encode(DifferenceOutput.Summary(difference))}</b></p>\n");
        foreach (var kind in DifferenceOutput.Kinds)
        {
            var changes = difference.Changes.Where(change => change.Kind == kind).ToList();
            if (changes.Count == 0) continue;
            output.Write($"<h2>{HtmlPage.Encode(DifferenceOutput.Word(kind))}</h2>\n");
            HtmlPage.BeginTable(output, Caption(kind, changes.Count), "Source", "Destination", "Before", "After", "Why");
            foreach (var change in changes)
                HtmlPage.WriteRow(output, "",
                    ("Source", change.Source.Name), ("Destination", change.Destination.Name), ("Before", ConnectionListOutput.Text(change.Before)),
                    ("After", ConnectionListOutput.Text(change.After)),
                    ("Why", string.Join("; ", difference.ReasonOf(change).Causes.Select(cause => $"{cause} ({cause.Location})"))));
            HtmlPage.EndTable(output);
        }

        if (!difference.Policies.IsEmpty)
        {
            output.Write("<h2>Policies</h2>\n");
            HtmlPage.BeginTable(output, "Policies that differ, those without any effect included", "Policy", "Change", "Place");
            foreach (var policy in difference.Policies)
                HtmlPage.WriteRow(output, "", ("Policy", policy.Name), ("Change", DifferenceOutput.Word(policy.Change)), ("Place", policy.Location.ToString()));
            HtmlPage.EndTable(output);
        }

        if (!difference.Removed.IsEmpty || !difference.Added.IsEmpty)
        {
            output.Write("<h2>Workloads</h2>\n");
            HtmlPage.BeginTable(output, "Workloads that one state alone has", "Workload", "Kind", "Change");
            foreach (var workload in difference.Removed) HtmlPage.WriteRow(output, "", ("Workload", workload.Name), ("Kind", workload.Entry.Kind), ("Change", "removed"));
            foreach (var workload in difference.Added) HtmlPage.WriteRow(output, "", ("Workload", workload.Name), ("Kind", workload.Entry.Kind), ("Change", "added"));
            HtmlPage.EndTable(output);
        }

        HtmlPage.End(output);
    }

    private static string Caption(ChangeKind kind, int count) => kind switch
    {
        ChangeKind.Appear => $"{Counted.Of(count, "connection")} where nothing was open before",
        ChangeKind.Widen => $"{Counted.Of(count, "connection")} where more is open than before",
        ChangeKind.Shift => $"{Counted.Of(count, "connection")} where some ports opened and others closed",
        ChangeKind.Narrow => $"{Counted.Of(count, "connection")} where less is open than before",
        ChangeKind.Vanish => $"{Counted.Of(count, "connection")} where nothing is open any more",
        _ => $"{Counted.Of(count, "connection")} that the input does not decide",
    };
}
