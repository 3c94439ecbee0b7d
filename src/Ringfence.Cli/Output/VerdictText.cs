using Ringfence.Analysis;
using Ringfence.Analysis.Questions;
using Ringfence.Cli.Answers;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Answers about one flow for people: the verdict, and per direction what decided it.</summary>
/// <param name="terminal">Where it goes.</param>
/// <param name="snapshot">The cluster.</param>
/// <param name="wide">Whether to tell more.</param>
/// <param name="margin">What each line begins with.</param>
internal sealed class VerdictText(Terminal terminal, Snapshot snapshot, bool wide, string margin = "")
{
    private const int Indent = 20;
    private static readonly string Inner = new(' ', Indent + 2);

    /// <summary>Writes an answer.</summary>
    public void Write(Answer answer)
    {
        WriteHead(answer);
        Outcome? told = null;
        foreach (var part in answer.Parts)
        {
            if (answer.IsMixed)
            {
                Line("");
                WriteFlows(part);
                // Flows that differ only in what is open have much the same reasons.
                if (part.Outcome == told) continue;
            }

            WriteSides(part);
            told = part.Outcome;
        }

        WriteMissing(answer);
    }

    /// <summary>The verdict in one line, and what it stands for where that is more than one flow.</summary>
    public void WriteHead(Answer answer)
    {
        var question = answer.Question;
        var every = question.IsEverything ? "  (every connection of every protocol)" : "";
        Line($"{Word(answer.Outcome)}  {question.Source.Name} -> {question.DestinationText}{every}");
        if (answer.IsMixed)
        {
            var shares = answer.Parts.GroupBy(part => part.Outcome).Select(group => $"{group.Sum(part => part.Flows)} {group.Key.Word()}").ToList();
            Line(shares.Count > 1
                ? $"         mixed: of {answer.Flows} flows {string.Join(", ", shares)}"
                : $"         what is open differs among {answer.Flows} flows");
        }

        if (answer.Open is { IsAll: false } open) Line($"         open{(answer.IsMixed ? " to all" : "")}: {open}");
    }

    /// <summary>What the input lacks.</summary>
    public void WriteMissing(Answer answer)
    {
        foreach (var missing in answer.Missing) Wrapped("the input lacks: ", PlainText.Clean(missing));
    }

    /// <summary>The flows of a part.</summary>
    public void WriteFlows(Part part)
    {
        foreach (var name in part.Names)
            Line($"{Word(part.Outcome)}  {Some(name.Source)} -> {Some(name.Destination)}{(part.Open is null ? "" : $"  open: {part.Open}")}");
        var untold = part.Names.Length == 1 ? 0 : part.Flows - part.Names.Length;
        if (untold > 0) Line($"         and {Counted.Of(untold, "more flow")}");
    }

    /// <summary>Why a direction has no policy to ask.</summary>
    public string NotIsolated(Verdict verdict, Side side, FlowEnd end)
    {
        var party = side.Direction == Direction.Egress ? verdict.Source : verdict.Destination;
        if (!party.IsPod) return $"no policy selects {end.Name}: it is not a pod";
        return snapshot.Pods[party.Pod].Pod.Network.HostNetwork
            ? $"no policy selects {end.Name}: it shares its node's network (hostNetwork)"
            : $"no policy isolates {end.Name} for {Name(side.Direction)}";
    }

    /// <summary>What decided the flows of a part.</summary>
    public void WriteSides(Part part)
    {
        if (part.Verdict.Exemption is { } exemption)
        {
            Wrapped("  by itself         ", PlainText.Clean(exemption));
            return;
        }

        WriteSide(part, part.Verdict.Egress, part.Example.Source);
        WriteSide(part, part.Verdict.Ingress, part.Example.Target.End);
    }

    private void WriteSide(Part part, Side side, FlowEnd end)
    {
        var head = $"  {Name(side.Direction),-7}  {Word(side.Outcome)}  ";
        if (!side.Isolated)
        {
            Line($"{head}{PlainText.Clean(NotIsolated(part.Verdict, side, end))}");
            return;
        }

        if (side.AllowedBy is { } rule)
        {
            terminal.WritePlace($"{margin}{head}by ", Decision.Name(rule), rule.Rule.Location);
            if (wide) Reason(rule, Indent);
            return;
        }

        Line($"{head}isolated by");
        var longest = side.Policies.Select(policy => policy.QualifiedName.Length).Append(side.Nearest is { } near ? Decision.Name(near).Length : 0).Max();
        foreach (var policy in side.Policies)
            terminal.WritePlace(margin + Inner, policy.QualifiedName.PadRight(longest), policy.Location);
        if (side.Nearest is not { } nearest)
        {
            Line($"{new string(' ', Indent)}which {(side.Policies.Length == 1 ? "has" : "have")} no {Name(side.Direction)} rules, so nothing is allowed");
            return;
        }

        Line($"{new string(' ', Indent)}nearest rule");
        terminal.WritePlace(margin + Inner, Decision.Name(nearest).PadRight(longest), nearest.Rule.Location);
        Reason(nearest, Inner.Length);
    }

    private void Reason(RuleTrace rule, int indent) => Wrapped(new string(' ', indent), PlainText.Clean(rule.Reason));

    private void Wrapped(string head, string text)
    {
        var width = Math.Max((terminal.Width ?? 80) - margin.Length - head.Length, 30);
        foreach (var line in PlainText.Wrap(text, width))
        {
            Line(head + line);
            head = new string(' ', head.Length);
        }
    }

    private string Word(Outcome outcome) => terminal.Paint(outcome.Word().PadRight(7), outcome.Style());

    private void Line(string text) => terminal.Out.Write(margin + text + "\n");

    private static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(6)) + (names.Count > 6 ? $", … ({names.Count} in all)" : "");

    private static string Name(Direction direction) => direction == Direction.Egress ? "egress" : "ingress";
}
