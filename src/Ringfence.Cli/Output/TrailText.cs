using Ringfence.Analysis;
using Ringfence.Analysis.Questions;
using Ringfence.Cli.Answers;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>The whole trail of an answer for people: per direction the policies that isolate, and every rule in its file's own lines.</summary>
internal sealed class TrailText(Terminal terminal, Snapshot snapshot, ManifestLines lines, bool wide)
{
    private const int MostLines = 24;
    private const int MostRules = 40;

    private readonly VerdictText _verdict = new(terminal, snapshot, wide);
    private readonly int _width = terminal.Width ?? 80;

    /// <summary>Writes an answer.</summary>
    public void Write(Answer answer)
    {
        _verdict.WriteHead(answer);
        foreach (var route in answer.Question.Routes) WriteRoute(route);
        foreach (var part in answer.Parts)
        {
            if (answer.IsMixed)
            {
                Line("");
                _verdict.WriteFlows(part);
            }

            if (part.Flows > 1) Line($"         shown for {part.Example.Source.Name} -> {part.Example.Target.Name}, one of {part.Flows} flows");
            if (part.Verdict.Exemption is { } exemption)
            {
                Line("");
                Wrapped("", $"Policy does not concern this flow: {exemption}.");
                continue;
            }

            WriteSide(part, part.Verdict.Egress, part.Example.Source);
            WriteSide(part, part.Verdict.Ingress, part.Example.Target.End);
        }

        if (!answer.Missing.IsEmpty) Line("");
        _verdict.WriteMissing(answer);
    }

    private void WriteRoute(ServiceRoute route)
    {
        Line("");
        Line($"{terminal.Paint("SERVICE", Style.Heading)}  {route.Service.QualifiedName} port {route.Port.Port}/{route.Port.Protocol.ToText()}"
            + $" is targetPort {route.Port.TargetPort} of {Counted.Of(route.Targets.Length, "endpoint")}");
        terminal.WritePlace("  ", "declared in", route.Service.Location);
        foreach (var target in route.Targets.Take(wide ? int.MaxValue : 10))
        {
            var name = target.Party.IsPod ? snapshot.Pods[target.Party.Pod] is var pod && pod.FromTemplate ? pod.Workload.ToString() : pod.Pod.QualifiedName
                : target.Party.Address.ToString();
            Line($"  -> {PlainText.Clean(name)}:{target.Port}");
        }

        if (!wide && route.Targets.Length > 10) Line($"  and {route.Targets.Length - 10} more (-o wide shows all)");
        foreach (var note in route.Notes) Wrapped("  note: ", note);
    }

    private void WriteSide(Part part, Side side, FlowEnd end)
    {
        var direction = side.Direction == Direction.Egress ? "EGRESS " : "INGRESS";
        var preposition = side.Direction == Direction.Egress ? "from" : "to";
        Line("");
        Line($"{terminal.Paint(direction, Style.Heading)}  {terminal.Paint(side.Outcome.Word(), side.Outcome.Style())}  {preposition} {end.Name}");
        if (!side.Isolated)
        {
            Wrapped("  ", $"Not isolated: {_verdict.NotIsolated(part.Verdict, side, end)}.");
            return;
        }

        Line($"  isolated by {Counted.Of(side.Policies.Length, "policy", "policies")}:");
        var longest = side.Policies.Max(policy => policy.QualifiedName.Length);
        foreach (var policy in side.Policies)
        {
            terminal.WritePlace("    ", policy.QualifiedName.PadRight(longest), policy.Location);
            if (policy.Rules(side.Direction).IsEmpty) Line("      has no rules here: allows nothing");
        }

        WriteRules(side);
    }

    private void WriteRules(Side side)
    {
        if (side.Rules.IsEmpty)
        {
            Line("  no rules, so nothing is allowed");
            return;
        }

        // Of very many rules those that matched and those that came nearest are worth reading.
        var shown = wide || side.Rules.Length <= MostRules
            ? side.Rules
            : [.. side.Rules.OrderByDescending(rule => rule.Outcome == Outcome.Allowed).ThenByDescending(rule => rule.Nearness).Take(MostRules)];
        foreach (var rule in shown) WriteRule(rule, nearest: ReferenceEquals(rule, side.Nearest));
        if (shown.Length < side.Rules.Length) Line($"  and {side.Rules.Length - shown.Length} rules further from a match (-o wide shows all)");
    }

    private void WriteRule(RuleTrace rule, bool nearest)
    {
        var (mark, style) = rule.Outcome switch
        {
            Outcome.Allowed => ("✓ matched", Style.Good),
            Outcome.Denied => ("✗ no match", Style.Bad),
            _ => ("? unknown", Style.Doubtful),
        };
        Line("");
        Line($"  {terminal.Paint(mark, style)}  {PlainText.Clean(Decision.Name(rule))}{(nearest && rule.Outcome != Outcome.Allowed ? "  (nearest)" : "")}");
        Wrapped("    ", rule.Reason);
        terminal.WritePlace("    ", "", rule.Rule.Location);
        var own = lines.Read(rule.Rule.Location);
        var most = wide ? own.Count : Math.Min(own.Count, MostLines);
        var digits = own.Count == 0 ? 0 : own[^1].Line.ToString().Length;
        for (var i = 0; i < most; i++)
        {
            var gutter = $"    {own[i].Line.ToString().PadLeft(digits)} │ ";
            Line(terminal.Paint(gutter, Style.Faint) + PlainText.Shorten(PlainText.Clean(own[i].Text), Math.Max(_width - gutter.Length, 20)));
        }

        if (most < own.Count) Line($"    {new string(' ', digits)} … {own.Count - most} more lines (-o wide shows all)");
    }

    private void Wrapped(string head, string text)
    {
        foreach (var line in PlainText.Wrap(PlainText.Clean(text), Math.Max(_width - head.Length, 30)))
        {
            Line(head + line);
            head = new string(' ', head.Length);
        }
    }

    private void Line(string text) => terminal.Out.Write(text + "\n");
}
