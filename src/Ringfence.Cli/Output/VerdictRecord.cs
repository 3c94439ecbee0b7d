using Ringfence.Analysis.Questions;
using Ringfence.Cli.Answers;
using Ringfence.Cli.Input;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Cli.Output;

/// <summary>Answers about one flow for machines.</summary>
internal sealed class VerdictRecord(StructuredWriter writer, ManifestLines? lines = null)
{
    /// <summary>The columns of CSV and Markdown.</summary>
    public static readonly string[] Columns = ["source", "destination", "verdict", "policies", "rule", "location"];

    /// <summary>Writes an answer.</summary>
    public void Write(Answer answer, ClusterInput input)
    {
        var question = answer.Question;
        writer.StartAnswer(lines is null ? "Verdict" : "Explanation");
        writer.Field("source", question.Source.Name);
        writer.Field("destination", question.Destination.Name);
        writer.Field("protocol", question.Protocol is { } protocol ? Model.ProtocolText.ToText(protocol) : null);
        writer.Name("port");
        if (question.PortNumber > 0) writer.Value(question.PortNumber);
        else writer.Value(question.Port?.Name);
        writer.Field("verdict", answer.Outcome.Word());
        if (answer.Parts is [var deciding, ..])
        {
            WriteDecision(Decision.Of(deciding.Verdict));
            if (answer.Open is { } open) writer.Field("open", open.ToString());
            WriteSides(deciding);
        }

        if (!question.Routes.IsEmpty) writer.List("service", question.Routes, WriteRoute);
        if (answer.IsMixed) writer.List("parts", answer.Parts, WritePart);
        writer.List("missing", answer.Missing);
        writer.List("notes", question.Notes);
        input.WriteNotEvaluated(writer);
        writer.EndObject();
    }

    /// <summary>The rows of CSV and Markdown: a part each.</summary>
    public static IEnumerable<IReadOnlyList<string>> Rows(Answer answer) => answer.Parts.Length == 0
        ? [[answer.Question.Source.Name, answer.Question.DestinationText, answer.Outcome.Word(), "", "", ""]]
        : answer.Parts.Select(part =>
        {
            var decision = Decision.Of(part.Verdict);
            var name = answer.IsMixed ? part.Names[0] : new FlowName([answer.Question.Source.Name], [answer.Question.DestinationText]);
            return (IReadOnlyList<string>)
            [
                string.Join(' ', name.Source), string.Join(' ', name.Destination), part.Outcome.Word(),
                string.Join(' ', decision.Policies.Select(policy => policy.QualifiedName)),
                decision.Rule is { } rule ? Decision.Name(rule) : "", decision.Location?.ToString() ?? "",
            ];
        });

    private void WritePart(Part part)
    {
        writer.List("flows", part.Names, name =>
        {
            writer.List("source", name.Source);
            writer.List("destination", name.Destination);
        });
        writer.Field("count", part.Flows);
        writer.Field("verdict", part.Outcome.Word());
        if (part.Open is { } open) writer.Field("open", open.ToString());
        WriteDecision(Decision.Of(part.Verdict));
        WriteSides(part);
    }

    private void WriteDecision(Decision decision)
    {
        writer.List("policies", decision.Policies.Select(policy => policy.QualifiedName));
        writer.Field("rule", decision.Rule is { } rule ? Decision.Name(rule) : null);
        writer.Location("location", decision.Location);
    }

    private void WriteSides(Part part)
    {
        writer.Field("exemption", part.Verdict.Exemption);
        WriteSide("egress", part.Verdict.Egress);
        WriteSide("ingress", part.Verdict.Ingress);
    }

    private void WriteSide(string name, Side side) => writer.Object(name, () =>
    {
        writer.Field("verdict", side.Outcome.Word());
        writer.Field("isolated", side.Isolated);
        writer.List("isolatedBy", side.Policies, policy =>
        {
            writer.Field("name", policy.QualifiedName);
            writer.Location("location", policy.Location);
        });
        WriteDecision(Decision.Of(side));
        if (lines is not null)
        {
            writer.List("rules", side.Rules, rule => WriteRule(rule));
        }
        else if ((side.AllowedBy ?? side.Nearest) is { } rule)
        {
            writer.Name(side.AllowedBy is null ? "nearest" : "allowedBy");
            writer.StartObject();
            WriteRule(rule);
            writer.EndObject();
        }
    });

    private void WriteRule(RuleTrace rule)
    {
        writer.Field("rule", Decision.Name(rule));
        writer.Field("verdict", rule.Outcome == Outcome.Allowed ? "matched" : rule.Outcome == Outcome.Denied ? "not matched" : "unknown");
        writer.Field("reason", rule.Reason);
        writer.Location("location", rule.Rule.Location);
        if (lines is not null) writer.List("lines", lines.Read(rule.Rule.Location).Select(line => line.Text));
    }

    private void WriteRoute(ServiceRoute route)
    {
        writer.Field("name", route.Service.QualifiedName);
        writer.Field("port", route.Port.Port);
        writer.Field("protocol", Model.ProtocolText.ToText(route.Port.Protocol));
        writer.Field("targetPort", route.Port.TargetPort.ToString());
        writer.Field("targets", route.Targets.Length);
        writer.List("notes", route.Notes);
    }
}
