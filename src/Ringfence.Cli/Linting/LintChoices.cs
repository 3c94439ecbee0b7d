using System.Collections.Immutable;
using System.CommandLine;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Cli.Linting;

/// <summary>What the user chose for linting.</summary>
/// <param name="Choices">What all verbs have.</param>
/// <param name="Rules">The rules to run.</param>
/// <param name="FailOn">The mildest finding that counts for the exit code; null for none.</param>
/// <param name="ShowExempted">Whether findings that are exempted are shown too.</param>
/// <param name="Today">The day by which exemptions expire.</param>
internal sealed record LintChoices(Choices Choices, ImmutableArray<LintRule> Rules, Severity? FailOn, bool ShowExempted, DateOnly Today)
{
    /// <summary>Lints what was read.</summary>
    public LintReport Lint(ClusterInput input) => Lint(input.Reachability);

    /// <inheritdoc cref="Lint(ClusterInput)"/>
    public LintReport Lint(Reachability reachability) => Linter.Run(reachability, new LintOptions(Today) { Rules = Rules, Namespace = Choices.ShownNamespace });

    /// <summary>The exit code that a report gives by itself.</summary>
    public int Code(LintReport report) => FailOn is { } severity && report.Has(severity) ? ExitCode.No : ExitCode.Yes;

    /// <summary>Whether a finding counts for the exit code.</summary>
    public bool Fails(Finding finding) => finding.Severity >= FailOn;
}

/// <summary>What <c>--fail-on</c> takes.</summary>
internal static class FailOn
{
    /// <summary>Reads a word; null for <c>never</c>.</summary>
    public static Severity? Parse(string word) => word switch
    {
        "error" => Severity.Error,
        "warning" => Severity.Warning,
        "note" => Severity.Note,
        _ => null,
    };
}

/// <summary>The options that choose rules.</summary>
internal sealed class RuleOptions
{
    private readonly Option<string[]> _only = new("--rule")
    {
        Description = "Run only this rule, by id or name. May be repeated.",
        HelpName = "RULE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _skip = new("--skip")
    {
        Description = "Leave this rule out, by id or name. May be repeated.",
        HelpName = "RULE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Adds the options to a command.</summary>
    public RuleOptions(Command command)
    {
        _only.CompletionSources.Add(_ => LintRules.All.Select(rule => new System.CommandLine.Completions.CompletionItem(rule.Card.Slug)));
        _skip.CompletionSources.Add(_ => LintRules.All.Select(rule => new System.CommandLine.Completions.CompletionItem(rule.Card.Slug)));
        command.Options.Add(_only);
        command.Options.Add(_skip);
    }

    /// <summary>The rules that are chosen, by id.</summary>
    /// <exception cref="CommandException">There is no such rule, or none is left.</exception>
    public ImmutableArray<LintRule> Read(ParseResult parsed)
    {
        var only = parsed.GetValue(_only)!.Select(Find).ToHashSet();
        var skip = parsed.GetValue(_skip)!.Select(Find).ToHashSet();
        ImmutableArray<LintRule> rules = [.. LintRules.All.Where(rule => (only.Count == 0 || only.Contains(rule)) && !skip.Contains(rule))];
        return rules.IsEmpty ? throw new CommandException("--rule and --skip together leave no rule to run") : rules;
    }

    /// <summary>A rule by id or slug.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static LintRule Find(string name)
    {
        if (LintRules.Find(name) is { } rule) return rule;
        var nearest = Likeness.Nearest(name.ToLowerInvariant(), LintRules.All.Select(each => each.Card.Slug))
            ?? Likeness.Nearest(name.ToUpperInvariant(), LintRules.All.Select(each => each.Card.Id));
        throw new CommandException(
            $"there is no rule '{name}'",
            nearest is null ? "'ringfence lint --list' shows all." : $"Did you mean '{nearest}'? 'ringfence lint --list' shows all.");
    }
}
