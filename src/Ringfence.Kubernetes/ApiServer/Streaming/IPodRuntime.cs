using System.Collections.Immutable;
using System.Threading.Channels;

namespace Ringfence.Kubernetes.ApiServer.Streaming;

/// <summary>
/// What runs pods, as the server needs it for their subresources <c>exec</c>, <c>attach</c> and <c>log</c>. Safe for several threads. Refusals are
/// <see cref="ApiException"/>, thrown before anything is written.
/// </summary>
public interface IPodRuntime
{
    /// <summary>Runs a command in a pod until it has ended.</summary>
    /// <param name="command">What runs where.</param>
    /// <param name="streams">Where its input comes from and its output goes.</param>
    /// <param name="gone">The client has gone: the command and all that it started are ended.</param>
    /// <returns>How it ended.</returns>
    Task<CommandEnd> ExecuteAsync(CommandRequest command, CommandStreams streams, CancellationToken gone);

    /// <summary>Joins a container's own command until it has ended.</summary>
    /// <param name="request">Which container.</param>
    /// <param name="streams">Where its input comes from and its output goes.</param>
    /// <param name="gone">The client has gone.</param>
    /// <returns>How it ended.</returns>
    Task<CommandEnd> AttachAsync(AttachRequest request, CommandStreams streams, CancellationToken gone);

    /// <summary>The lines of a container's log, oldest first; where they are followed, those to come as well, until the pod ends.</summary>
    /// <param name="request">Whose, and which.</param>
    /// <param name="cancellation">Ends it.</param>
    IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellation);
}

/// <summary>A command that is to run in a pod.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name; one that the pod has.</param>
/// <param name="Words">The program and its arguments; at least one.</param>
/// <param name="IsTerminal">Whether it gets a terminal, which joins its output and its errors.</param>
public sealed record CommandRequest(string Namespace, string Pod, string Container, ImmutableArray<string> Words, bool IsTerminal);

/// <summary>A container whose own command is to be joined.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name; one that the pod has.</param>
public sealed record AttachRequest(string Namespace, string Pod, string Container);

/// <summary>A terminal's size.</summary>
/// <param name="Columns">The letters of a line.</param>
/// <param name="Rows">The lines.</param>
public readonly record struct TerminalSize(ushort Columns, ushort Rows);

/// <summary>The streams of a command; null for those that nobody wants.</summary>
/// <param name="Input">Read until its end, which is the end of the command's input.</param>
/// <param name="Output">Takes what the command writes.</param>
/// <param name="Errors">Takes what it writes to standard error.</param>
/// <param name="Sizes">The sizes of the client's terminal as they come.</param>
public sealed record CommandStreams(Stream? Input, Stream? Output, Stream? Errors, ChannelReader<TerminalSize> Sizes);

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code; 128 and the number of the signal that ended it; 127 where there is no such program, 126 where it cannot be run.</param>
/// <param name="Problem">Why it could not be run; null where it ran.</param>
public readonly record struct CommandEnd(int ExitCode, string? Problem = null);

/// <summary>Which lines of a log are wanted.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Container">The container's name; one that the pod has.</param>
public sealed record LogRequest(string Namespace, string Pod, string Container)
{
    /// <summary>Whether lines to come are wanted too.</summary>
    public bool Follow { get; init; }

    /// <summary>At most so many of the last lines; null for all.</summary>
    public int? Tail { get; init; }

    /// <summary>None from before this time; null for all.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>A line of a log.</summary>
/// <param name="Time">When it was written.</param>
/// <param name="Text">The line, without its end.</param>
public readonly record struct LogLine(DateTimeOffset Time, string Text);
