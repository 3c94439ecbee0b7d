using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Ringfence.Agent;

/// <summary>Where an agent tells what it does: a line an event on standard error.</summary>
public static class AgentLogs
{
    // With the time zone: logs of nodes are read side by side.
    private const string Time = "yyyy-MM-ddTHH:mm:ss.fffZ ";

    /// <summary>Begins to write.</summary>
    /// <param name="json">As JSON, with each value by its name; text otherwise.</param>
    public static ILoggerFactory Create(bool json) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Information);
        builder.AddConsole(options =>
        {
            options.LogToStandardErrorThreshold = LogLevel.Trace;
            options.FormatterName = json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple;
        });
        if (json)
        {
            builder.AddJsonConsole(options => (options.UseUtcTimestamp, options.TimestampFormat) = (true, Time.Trim()));
            return;
        }

        builder.AddSimpleConsole(options =>
            (options.SingleLine, options.ColorBehavior, options.UseUtcTimestamp, options.TimestampFormat) = (true, LoggerColorBehavior.Disabled, true, Time));
    });
}
