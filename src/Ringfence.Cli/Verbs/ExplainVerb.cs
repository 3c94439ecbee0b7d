using System.CommandLine;
using Ringfence.Analysis.Questions;
using Ringfence.Cli.Answers;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>explain SRC DST:PORT</c>: the whole trail, rule by rule.</summary>
internal static class ExplainVerb
{
    private static readonly string[] Columns = ["source", "destination", "direction", "rule", "matched", "reason", "location"];

    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("explain", "Why one end can or cannot open a connection to another: every policy and rule that has a say.");
        var flow = new FlowArguments(command);
        command.SetAction(parsed => flow.Answer(parsed, Write));
        return new Verb(command, Examples);
    }

    private static void Write(Answer answer, Choices choices, ClusterInput input)
    {
        switch (choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                using (var writer = choices.Structured()) new VerdictRecord(writer, input.Lines).Write(answer, input);
                break;
            case OutputFormat.Csv or OutputFormat.Md:
                choices.WriteRecords(Columns, Rows(answer));
                break;
            default:
                new TrailText(choices.Terminal, input.Snapshot, input.Lines, wide: choices.Format == OutputFormat.Wide).Write(answer);
                break;
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(Answer answer) =>
        from part in answer.Parts
        from side in (Side[])[part.Verdict.Egress, part.Verdict.Ingress]
        let direction = side.Direction == Direction.Egress ? "egress" : "ingress"
        from row in side.Rules.Select(Row).Concat(Ruleless(side).Select(policy => Row(policy, direction)))
        select (IReadOnlyList<string>)[part.Example.Source.Name, part.Example.Target.Name, direction, .. row];

    private static string[] Row(RuleTrace rule) =>
    [
        Decision.Name(rule), rule.Outcome switch { Outcome.Allowed => "yes", Outcome.Denied => "no", _ => "unknown" },
        rule.Reason, rule.Rule.Location.ToString(),
    ];

    private static string[] Row(NetworkPolicy policy, string direction) =>
        [policy.QualifiedName, "no", $"it has no {direction} rules, so it allows nothing", policy.Location.ToString()];

    private static IEnumerable<NetworkPolicy> Ruleless(Side side) =>
        side.Policies.Where(policy => !side.Rules.Any(rule => rule.Policy == policy));

    private const string Examples =
        """
        Examples:
          ringfence explain -f examples/rag ai-platform/chat-ui ai-platform/vector-db:6333
          ringfence explain -f examples/rag ai-platform/rag-api svc/ai-platform/vector-db:6333
          ringfence explain -f examples/rag -o json ai-platform/rag-api 203.0.113.10:443

        Endpoints and exit codes are those of 'ringfence can'.
        """;
}
