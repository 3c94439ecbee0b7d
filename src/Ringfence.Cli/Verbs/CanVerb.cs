using System.CommandLine;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Questions;
using Ringfence.Cli.Answers;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Output;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>can SRC DST:PORT</c>: one flow, the verdict, and the policy and line that decide it.</summary>
internal static class CanVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("can", "Whether one end can open a connection to another, and which policy and line decide it.");
        var flow = new FlowArguments(command);
        command.SetAction(parsed => flow.Answer(parsed, Write));
        return new Verb(command, Examples);
    }

    private static void Write(Answer answer, Choices choices, ClusterInput input)
    {
        switch (choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                using (var writer = choices.Structured()) new VerdictRecord(writer).Write(answer, input);
                break;
            case OutputFormat.Csv or OutputFormat.Md:
                choices.WriteRecords(VerdictRecord.Columns, VerdictRecord.Rows(answer));
                break;
            default:
                new VerdictText(choices.Terminal, input.Snapshot, wide: choices.Format == OutputFormat.Wide).Write(answer);
                break;
        }
    }

    private const string Examples =
        $"""
        An endpoint is {EndpointSyntax.Forms}.
        A workload is judged for all its pods, external and a CIDR for every range that policies tell apart, a Service
        at the pods behind it: allowed only if every flow is. Without a port every connection is asked about.

        Examples:
          ringfence can -f examples/rag ai-platform/chat-ui ai-platform/vector-db:6333
          ringfence can -f examples/rag ai-platform/rag-api svc/ai-platform/vector-db:6333
          ringfence can -f examples/rag ai-platform/rag-api kube-system/kube-dns:dns/udp
          ringfence can -f examples/rag -n ai-platform external chat-ui:3000
          ringfence can -f examples/rag ml-ops/model-monitor ai-platform/rag-api

        Exit codes: 0 allowed; 1 denied; 2 unknown, or wrong usage or input.
        """;
}

/// <summary>The two arguments of verbs that ask about one flow.</summary>
internal sealed class FlowArguments
{
    private readonly Argument<string> _source = new("SRC") { Description = "Where the connection starts." };
    private readonly Argument<string> _destination = new("DST[:PORT]") { Description = "Where it ends, with the port." };
    private readonly CommonOptions _common;

    /// <summary>Adds arguments and options to a command.</summary>
    public FlowArguments(Command command)
    {
        command.Arguments.Add(_source);
        command.Arguments.Add(_destination);
        _common = new CommonOptions(command, rows: false, "The namespace of names, and of manifests, that give none (default: default).");
    }

    /// <summary>Reads, judges and writes.</summary>
    public int Answer(ParseResult parsed, Action<Answer, Choices, ClusterInput> write)
    {
        var choices = _common.Read(parsed);
        var (source, destination) = (parsed.GetValue(_source)!, parsed.GetValue(_destination)!);
        var @namespace = choices.NamespaceOfNames;
        // Wrong words are told before long reading.
        _ = EndpointSyntax.Parse(source, @namespace);
        _ = EndpointSyntax.Parse(destination, @namespace);
        var input = ClusterInput.Load(choices);
        var question = new QuestionReader(input.Reachability).Read(source, destination, @namespace);
        foreach (var note in question.Notes) choices.Terminal.Tell(Severity.Note, note);
        var answer = new FlowJudge(input.Reachability).Answer(question);
        write(answer, choices, input);
        choices.Terminal.Flush();
        return input.Code(answer.Outcome switch
        {
            Outcome.Allowed => ExitCode.Yes,
            Outcome.Denied => ExitCode.No,
            _ => ExitCode.Unusable,
        });
    }
}
