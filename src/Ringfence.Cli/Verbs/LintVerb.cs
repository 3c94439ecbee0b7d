using System.CommandLine;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Cli.Linting;
using Ringfence.Cli.Output;

namespace Ringfence.Cli.Verbs;

/// <summary><c>lint</c>: what is valid and probably not meant.</summary>
internal static class LintVerb
{
    /// <summary>Makes the verb.</summary>
    public static Verb Create()
    {
        var command = new Command("lint", "Find what is valid and probably not meant: traps, what each does on this cluster, and how to mend it.");
        var rules = new RuleOptions(command);
        var failOn = new Option<string>("--fail-on")
        {
            Description = "The mildest finding that makes the exit code 1.",
            HelpName = "error|warning|note|never",
            DefaultValueFactory = _ => "warning",
        };
        failOn.AcceptOnlyFromAmong("error", "warning", "note", "never");
        var exempted = new Option<bool>("--show-exempted") { Description = "Show findings that an annotation exempts, with the reason." };
        var fix = new Option<bool>("--fix") { Description = "Show the mends that are mechanical as a patch; on a terminal, ask whether to make them." };
        var yes = new Option<bool>("--yes") { Description = "With --fix: make them without asking." };
        var list = new Option<bool>("--list") { Description = "List the rules." };
        var explain = new Option<string?>("--explain") { Description = "Say all about one rule.", HelpName = "RULE" };
        foreach (var option in (Option[])[failOn, exempted, fix, yes, list, explain]) command.Options.Add(option);
        var common = new CommonOptions(command, rows: false, "The namespace of manifests that give none (default: default). Of a running cluster, report on this namespace alone.", OutputFormats.FindingNames);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(explain) is { } name) return RuleText.Explain(common.ReadWithoutFiles(parsed), RuleOptions.Find(name));
            if (parsed.GetValue(list)) return RuleText.List(common.ReadWithoutFiles(parsed), rules.Read(parsed));
            var choices = new LintChoices(
                common.Read(parsed),
                rules.Read(parsed),
                FailOn.Parse(parsed.GetValue(failOn)!),
                parsed.GetValue(exempted),
                DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
            if (parsed.GetValue(yes) && !parsed.GetValue(fix)) throw new CommandException("--yes goes with --fix");
            return parsed.GetValue(fix) ? new LintFix(choices).Run(parsed.GetValue(yes)) : Run(choices);
        });
        return new Verb(command, Examples);
    }

    private static int Run(LintChoices lint)
    {
        var input = ClusterInput.Load(lint.Choices);
        var report = lint.Lint(input);
        LintOutput.Write(lint, input, report);
        lint.Choices.Terminal.Flush();
        return input.Code(lint.Code(report));
    }

    private const string Examples =
        """
        A finding names the rule, the place, what it means on this cluster, how to mend it, and the Kubernetes page that
        says so. An object, or its namespace, exempts itself with an annotation that gives a reason and, if it likes, an end:
          ringfence.dev/ignore-RF001: "either is enough here, until 2027-03-31"

        Examples:
          ringfence lint -f examples/hyphen-trap
          ringfence lint -f policies/ --rule hyphen-trap --rule RF003
          ringfence lint -f policies/ --skip ownerless --fail-on note
          ringfence lint -f policies/ --fix > mends.patch
          ringfence lint -f policies/ -o sarif > findings.sarif
          ringfence lint --explain hyphen-trap

        Exit codes: 0 nothing at --fail-on or above; 1 findings; 2 wrong usage, or input that could not all be read.
        """;
}
