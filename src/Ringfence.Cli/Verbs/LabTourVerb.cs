using System.CommandLine;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Output;
using Ringfence.Lab.Tour;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lab tour</c>: the examples, live.</summary>
internal static class LabTourVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("tour", "The examples, live: policies applied step by step, and what real packets make of each.");
        var which = new Argument<string>("TOUR") { Description = "rag: a platform locked down in seven steps. scenarios: eight policies that look alike, the hyphen, DNS." };
        which.AcceptOnlyFromAmong("rag", "scenarios");
        var step = new Option<bool>("--step") { Description = "Wait for a key after each step." };
        command.Arguments.Add(which);
        command.Options.Add(step);
        var lab = new LabArguments(command, named: false);
        command.SetAction(parsed =>
        {
            Requirements.LinuxAndRoot();
            var terminal = lab.Terminal(parsed);
            return Run(terminal, parsed.GetValue(which)!, parsed.GetValue(step));
        });
        return new Verb(command, Examples);
    }

    private static int Run(Terminal terminal, string which, bool waits)
    {
        using var progress = new LabProgress(terminal);
        var text = new TourText(terminal);
        Func<Action<TourStop>, IProgress<string>, CancellationToken, Task> tour = which == "rag" ? RagTour.RunAsync : ScenarioTour.RunAsync;
        // Ctrl-C ends the process, and with it the lab, which hangs off nothing but the process.
        tour(Show, progress, CancellationToken.None).GetAwaiter().GetResult();
        progress.Dispose();
        text.WriteEnd();
        terminal.Flush();
        return text.Differences == 0 ? ExitCode.Yes : ExitCode.No;

        void Show(TourStop stop)
        {
            progress.Dispose();
            text.Write(stop);
            terminal.Flush();
            if (waits) AwaitKey(terminal);
        }
    }

    private static void AwaitKey(Terminal terminal)
    {
        terminal.Error.Write("any key goes on …");
        if (Console.IsInputRedirected) Console.In.ReadLine();
        else Console.ReadKey(intercept: true);
        terminal.Error.Write(terminal.IsWatched ? "\r\e[K" : "\n");
    }

    private const string Examples =
        """
        A tour makes a lab of its own, beside any that runs, and takes it down at its end. After each step connections are tried with
        real packets and compared with what 'ringfence matrix' would say; '!' marks a difference.

        Examples:
          sudo ringfence lab tour rag
          sudo ringfence lab tour rag --step
          sudo ringfence lab tour scenarios

        Exit codes: 0 packets and engine agree; 1 they differ somewhere; 3 the machine lacks something.
        """;
}
