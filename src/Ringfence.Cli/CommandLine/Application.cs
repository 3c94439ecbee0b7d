using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Ringfence.Analysis;
using Ringfence.Analysis.Endpoints;
using Ringfence.Cli.Output;
using Ringfence.Cli.Verbs;
using Ringfence.Dataplane;
using Ringfence.Kubernetes.Client;
using Ringfence.Lab;
using Ringfence.Model;

namespace Ringfence.Cli.CommandLine;

/// <summary>The command <c>ringfence</c>: its verbs, and what becomes of errors.</summary>
internal static class Application
{
    /// <summary>Runs the command and gives its exit code.</summary>
    public static int Run(string[] args)
    {
        var debug = args.Contains("--debug");
        try
        {
            // Names that begin with @ are names, not response files.
            var parsed = Build().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Action is ParseErrorAction) return Misused(parsed);
            if (UnknownOption(parsed) is { } option) return NoSuchOption(parsed, option);
            // Exceptions are told here. The action is synchronous, so that Ctrl-C ends the process at once, as the runtime does by itself.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CommandException problem)
        {
            return Fail(args, problem, problem.Hints, problem.Code);
        }
        catch (InputException problem)
        {
            return Fail(args, problem, problem.Hints, ExitCode.Unusable);
        }
        catch (ClusterException problem)
        {
            return Fail(args, problem, problem.Hints, ExitCode.Unusable);
        }
        catch (LabException problem)
        {
            return Fail(args, problem, problem.Hints, ExitCode.Unusable);
        }
        catch (MachineException problem)
        {
            return Fail(args, problem, problem.Remedy is { } remedy ? [remedy] : [], ExitCode.MachineLacks);
        }
        catch (BrokenPipeException)
        {
            return ExitCode.BrokenPipe;
        }
        catch (IOException problem) when (!debug && StandardOutput.IsFull(problem))
        {
            new Terminal(args.Contains("--no-color")).Tell(Severity.Error, "cannot write the answer: no space left");
            return ExitCode.Unusable;
        }
        catch (Exception problem) when (!debug)
        {
            new Terminal(args.Contains("--no-color")).Tell(
                Severity.Error, $"something went wrong inside: {problem.Message} (--debug shows where)");
            return ExitCode.Unusable;
        }
    }

    private static int Fail(string[] args, Exception problem, IReadOnlyList<string> hints, int code)
    {
        var terminal = new Terminal(args.Contains("--no-color"));
        terminal.Tell(Severity.Error, problem.Message);
        foreach (var hint in hints) terminal.Error.WriteLine(PlainText.CleanKeepingLines(hint));
        if (args.Contains("--debug")) terminal.Error.WriteLine(problem);
        return code;
    }

    private static RootCommand Build()
    {
        var root = new RootCommand("Kubernetes NetworkPolicy: who can reach whom, and which line lets them.");
        var more = new Dictionary<Command, string> { [root] = Overview };
        Verb[] verbs =
        [
            MatrixVerb.Create(), CanVerb.Create(), ExplainVerb.Create(), ListVerb.Create(), DiffVerb.Create(), ValidateVerb.Create(), GenerateVerb.Create(), LintVerb.Create(), TestVerb.Create(), ProveVerb.Create(),
            LabVerb.Create(), AgentVerb.Create(), ApiServerVerb.Create(), CompletionVerb.Create(),
        ];
        foreach (var verb in verbs) Add(root, verb, more);

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!, more);
        return root;
    }

    private static void Add(Command parent, Verb verb, Dictionary<Command, string> more)
    {
        parent.Subcommands.Add(verb.Command);
        more[verb.Command] = verb.Examples;
        foreach (var part in verb.Parts) Add(verb.Command, part, more);
    }

    private static int Misused(ParseResult parsed)
    {
        var terminal = new Terminal(noColour: false);
        var command = parsed.CommandResult.Command;
        var path = string.Join(' ', Path(command));
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0)
        {
            parsed.RootCommandResult.Command.Parse([.. Path(command), "--help"]).Invoke(new InvocationConfiguration { Output = terminal.Error });
            return ExitCode.Unusable;
        }

        if (command.Subcommands.Count > 0)
        {
            var word = parsed.UnmatchedTokens[0];
            terminal.Tell(Severity.Error, $"there is no verb or option '{string.Join(' ', Path(command).Append(word))}'");
            if (Likeness.Nearest(word, command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)) is { } nearest)
                terminal.Error.WriteLine($"Did you mean '{string.Join(' ', Path(command).Append(nearest))}'?");
        }
        else
        {
            foreach (var error in parsed.Errors) terminal.Tell(Severity.Error, string.Join(' ', error.Message.Split('\n', StringSplitOptions.TrimEntries)));
        }

        terminal.Error.WriteLine($"See 'ringfence {(path.Length == 0 ? "" : path + " ")}--help'.");
        return ExitCode.Unusable;
    }

    // What looks like an option and is none would be taken for an argument, and said to be a file that is not there. What comes after -- is meant.
    private static string? UnknownOption(ParseResult parsed) =>
        parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
            ? null
            : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
                .Select(token => token.Value).FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal));

    private static int NoSuchOption(ParseResult parsed, string option)
    {
        var terminal = new Terminal(noColour: false);
        var command = parsed.CommandResult.Command;
        var path = string.Join(' ', Path(command));
        terminal.Tell(Severity.Error, $"'ringfence {path}' has no option '{option}'");
        if (Likeness.Nearest(option, command.Options.Where(known => !known.Hidden).Select(known => known.Name)) is { } nearest) terminal.Error.WriteLine($"Did you mean '{nearest}'?");
        terminal.Error.WriteLine($"See 'ringfence {path} --help'.");
        return ExitCode.Unusable;
    }

    // The words that lead to a command, without the program's own name.
    private static IEnumerable<string> Path(Command command) => command is RootCommand
        ? []
        : command.Parents.OfType<Command>().Take(1).SelectMany(Path).Append(command.Name);

    private const string Overview =
        """
        Examples:
          ringfence prove -f examples/rag
          ringfence matrix -f examples/rag
          ringfence can -f examples/rag ai-platform/chat-ui ai-platform/vector-db:6333
          ringfence explain -f examples/rag ai-platform/rag-api svc/ai-platform/vector-db:6333
          ringfence lint -f examples/hyphen-trap
          ringfence list --context production --focus ai-platform/vector-db

        Exit codes: 0 yes or clean; 1 no (denied, findings, differences); 2 wrong usage or input, or unknown; 3 the machine lacks something.
        """;
}
