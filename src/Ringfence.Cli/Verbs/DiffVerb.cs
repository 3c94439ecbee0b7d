using System.Collections.Immutable;
using System.CommandLine;
using Ringfence.Analysis.Differences;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Input.Live;
using Ringfence.Cli.Input.Sources;
using Ringfence.Cli.Output;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Verbs;

/// <summary><c>diff OLD NEW</c>: which connections appear, vanish, widen or narrow, and why.</summary>
internal static class DiffVerb
{
    private static readonly string[] Formats = ["table", "json", "yaml", "csv", "md", "dot", "html", "sarif"];

    // By word: the changes that the user means.
    private static readonly ImmutableDictionary<string, Func<ConnectionChange, bool>> Conditions = new Dictionary<string, Func<ConnectionChange, bool>>
    {
        ["any"] = _ => true,
        ["none"] = _ => false,
        ["appear"] = change => !change.Opened.IsEmpty,
        ["vanish"] = change => !change.Closed.IsEmpty,
        ["widen"] = change => change.Kind is ChangeKind.Widen or ChangeKind.Shift,
        ["narrow"] = change => change.Kind is ChangeKind.Narrow or ChangeKind.Shift,
        ["unknown"] = change => !change.Before.IsCertain || !change.After.IsCertain,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("diff", "Which connections appear, vanish, widen or narrow between two states, with the policy and line that did it.");
        var old = new Argument<string>("OLD") { Description = $"The state before: {ClusterSource.Forms}." };
        var @new = new Argument<string>("NEW") { Description = "The state after, in the same forms." };
        var failOn = new Option<string>("--fail-on")
        {
            Description = "The changes that make the exit code 1, separated by commas: any (default), none, appear (whatever opens), vanish (whatever closes), widen, narrow, unknown.",
            HelpName = "LIST",
            DefaultValueFactory = _ => "any",
        };
        command.Arguments.Add(old);
        command.Arguments.Add(@new);
        command.Options.Add(failOn);
        var common = new CommonOptions(
            command, rows: false, "The namespace of manifests that give none (default: default).", Formats,
            "Manifests that both states have, such as the workloads where OLD and NEW are policies alone. May be repeated.", LiveUse.Arguments);
        command.SetAction(parsed => Run(common.Read(parsed), parsed.GetValue(old)!, parsed.GetValue(@new)!, Read(parsed.GetValue(failOn)!)));
        return new Verb(command, Examples);
    }

    private static List<Func<ConnectionChange, bool>> Read(string failOn) =>
    [
        .. failOn.Split(',').Select(word => Conditions.TryGetValue(word.Trim(), out var condition)
            ? condition
            : throw new CommandException($"--fail-on knows no '{word}'", $"It takes {string.Join(", ", Conditions.Keys.Order(StringComparer.Ordinal))}, separated by commas.")),
    ];

    private static int Run(Choices choices, string oldText, string newText, List<Func<ConnectionChange, bool>> failOn)
    {
        var (oldSource, newSource) = (ClusterSource.Parse(oldText), ClusterSource.Parse(newText));
        if (choices.Files.Contains("-") || (oldSource.IsStandardInput && newSource.IsStandardInput))
            throw new CommandException("standard input can be read once: give - as OLD or as NEW");
        var old = ClusterInput.Load(choices, oldSource);
        var @new = ClusterInput.Load(choices, newSource);
        var (before, after) = (ClusterView.Create(old.Reachability), ClusterView.Create(@new.Reachability));
        var difference = ClusterDifference.Between(before, after);
        new DifferenceOutput(choices, difference, old, @new).Write();
        choices.Terminal.Flush();
        TellNotes(choices.Terminal, difference, before, after);
        var code = difference.Changes.Any(change => failOn.Exists(condition => condition(change))) ? ExitCode.No : ExitCode.Yes;
        return @new.Code(old.Code(code));
    }

    private static void TellNotes(Terminal terminal, ClusterDifference difference, ClusterView before, ClusterView after)
    {
        if (before.Workloads.IsEmpty && after.Workloads.IsEmpty)
            terminal.Tell(Severity.Warning, "neither state has workloads or pods, so no connection can differ; -f adds manifests that both have");
        if (difference.Count(ChangeKind.Unknown) is > 0 and var unknown)
            terminal.Tell(Severity.Warning, $"{Analysis.Counted.Of(unknown, "change")} cannot be decided from this input; 'ringfence can SRC DST:PORT' says what is missing");
    }

    private const string Examples =
        """
        A connection appears where nothing was open, widens or narrows where more or less is, shifts where ports opened and
        others closed, and vanishes where nothing is open any more. Paths of git:REV:PATH start in the working folder; ./ before
        a path makes it a path whatever it is called; /dev/null is a state without anything.

        Examples:
          ringfence diff examples/rag-steps/02-deny-all examples/rag-steps/03-two-doors
          ringfence diff git:main:policies policies --fail-on appear
          ringfence diff git:main git:HEAD -o md
          ringfence diff cluster: manifests/
          ringfence diff git:main:policies policies -f cluster.json -o sarif > reach.sarif

        Exit codes: 0 no difference (of those that --fail-on names); 1 differences; 2 wrong usage or input; 3 git is missing.
        """;
}
