namespace Ringfence.Cli.CommandLine;

/// <summary>The command cannot go on. The message says what is wrong, the hints what to do.</summary>
internal sealed class CommandException(string message, params string[] hints) : Exception(message)
{
    /// <summary>What to do, a line each.</summary>
    public IReadOnlyList<string> Hints { get; } = hints;

    /// <summary>The exit code.</summary>
    public int Code { get; init; } = ExitCode.Unusable;
}
