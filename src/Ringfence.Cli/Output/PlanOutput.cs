using Ringfence.Analysis;
using Ringfence.Cli.CommandLine;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Lab;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>What a proof would do.</summary>
internal sealed class PlanOutput(Choices choices)
{
    private readonly Terminal _terminal = choices.Terminal;

    /// <summary>Writes it.</summary>
    public void Write(ProbePlan plan, LabPreview lab)
    {
        if (choices.Format == OutputFormat.Json) WriteJson(plan, lab);
        else WriteText(plan, lab);
        _terminal.Flush();
    }

    private void WriteText(ProbePlan plan, LabPreview lab)
    {
        var pods = lab.Reachability.Snapshot.Pods;
        Line($"pods       {pods.Length} of {Counted.Of(pods.Select(pod => pod.Workload).Distinct().Count(), "workload")}, on {Counted.Of(lab.Reachability.Snapshot.Objects.Nodes.Length, "node")}");
        Line($"outside    {string.Join(", ", lab.OutsideAddresses)}");
        Line($"policies   {lab.Reachability.Snapshot.Objects.NetworkPolicies.Length}");
        Line($"probes     {plan.Probes.Length}, of which {Count(plan, Outcome.Allowed)} should be let through and {Count(plan, Outcome.Denied)} dropped");
        foreach (var protocol in plan.Probes.GroupBy(item => item.Probe.Protocol).OrderBy(group => group.Key))
            Line($"           {protocol.Key.ToText()} {protocol.Count()}, on {Counted.Of(protocol.Select(item => item.Probe.Port).Distinct().Count(), "port")}");
        Items("thinned", plan.Thinned.IsEmpty ? ["nothing: every pair of pods is probed"] : plan.Thinned);
        Items("not covered", plan.NotCovered.Select(gap => $"{gap.What}: {gap.Why}"));
    }

    private void Items(string head, IEnumerable<string> items)
    {
        Line(head);
        foreach (var item in items)
        {
            var mark = "  - ";
            foreach (var line in PlainText.Wrap(PlainText.Clean(item), Math.Max((_terminal.Width ?? 120) - 4, 30)))
            {
                Line(mark + line);
                mark = "    ";
            }
        }
    }

    private void WriteJson(ProbePlan plan, LabPreview lab)
    {
        using var writer = choices.Structured();
        writer.StartAnswer("ProbePlan");
        writer.Field("pods", lab.Reachability.Snapshot.Pods.Length);
        writer.Field("nodes", lab.Reachability.Snapshot.Objects.Nodes.Length);
        writer.List("outside", lab.OutsideAddresses.Select(address => address.ToString()));
        writer.Field("probes", plan.Probes.Length);
        writer.Field("allowed", Count(plan, Outcome.Allowed));
        writer.Field("denied", Count(plan, Outcome.Denied));
        writer.List("thinned", plan.Thinned);
        writer.List("notCovered", plan.NotCovered, gap =>
        {
            writer.Field("what", gap.What);
            writer.Field("why", gap.Why);
        });
        writer.List("items", plan.Probes, item =>
        {
            writer.Field("source", item.Probe.Source.Name);
            writer.Field("destination", item.Probe.Destination.Name);
            writer.Field("protocol", item.Probe.Protocol.ToText());
            writer.Field("port", item.Probe.Port);
            writer.Field("expected", item.Expected.Outcome.Word());
            writer.List("policies", item.Expected.Policies);
            writer.Field("rule", item.Expected.Rule);
            writer.Location("location", item.Expected.Location);
            writer.List("reasons", item.Expected.Reasons);
        });
        writer.EndObject();
    }

    private static int Count(ProbePlan plan, Outcome outcome) => plan.Probes.Count(item => item.Expected.Outcome == outcome);

    private void Line(string text) => _terminal.Out.Write(text + "\n");
}
