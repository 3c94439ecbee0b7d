using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ringfence.Cli.CommandLine;

/// <summary>The usual help, followed by examples and notes of the verb.</summary>
internal sealed class ExampleHelp(HelpAction usual, IReadOnlyDictionary<Command, string> more) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        if (more.TryGetValue(parseResult.CommandResult.Command, out var text))
            parseResult.InvocationConfiguration.Output.WriteLine(text.TrimEnd());
        return ExitCode.Yes;
    }
}
