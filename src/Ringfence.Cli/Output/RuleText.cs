using System.Collections.Immutable;
using System.Text;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.CommandLine;

namespace Ringfence.Cli.Output;

/// <summary>Rules for people and machines: <c>lint --list</c> and <c>lint --explain</c>.</summary>
internal static class RuleText
{
    /// <summary>Lists rules.</summary>
    public static int List(Choices choices, ImmutableArray<LintRule> rules)
    {
        var cards = rules.Select(rule => rule.Card);
        switch (choices.Format)
        {
            case OutputFormat.Json or OutputFormat.Yaml:
                WriteRecord(choices, cards);
                break;
            case OutputFormat.Md:
                choices.WriteRecords(["id", "rule", "severity", "what"], cards.Select(card => (IReadOnlyList<string>)[card.Id, card.Slug, card.Severity.Word(), card.Title]));
                break;
            default:
                new TextTable(choices.Terminal, choices.Headers ? ["ID", "RULE", "SEVERITY", "WHAT"] : null).Write(cards.Select(card => (IReadOnlyList<Cell>)
                    [new(card.Id, Style.Plain), new(card.Slug, Style.Plain), new(card.Severity.Word(), card.Severity.Style()), new(card.Title, Style.Plain)]));
                break;
        }

        choices.Terminal.Flush();
        return ExitCode.Yes;
    }

    /// <summary>Says all about a rule.</summary>
    public static int Explain(Choices choices, LintRule rule)
    {
        var card = rule.Card;
        var output = choices.Terminal.Out;
        if (choices.Format is OutputFormat.Json or OutputFormat.Yaml)
        {
            WriteRecord(choices, [card]);
            choices.Terminal.Flush();
            return ExitCode.Yes;
        }

        output.Write($"{choices.Terminal.Paint($"{card.Id} {card.Slug}", Style.Strong)} ({card.Severity.Word()}): {card.Title}\n\n");
        output.Write(choices.Format == OutputFormat.Md ? RulePage.Help(card) : Plain(RulePage.Help(card), choices.Terminal.Width ?? 100));
        choices.Terminal.Flush();
        return ExitCode.Yes;
    }

    // Markdown reads well as it is, but for the marks around code, emphasis and lines that are longer than the terminal.
    private static string Plain(string markdown, int width)
    {
        var text = new StringBuilder();
        foreach (var (at, part) in markdown.Split("```").Index())
        {
            // Every other part stands between marks, and begins with the name of its language.
            if (at % 2 == 1)
            {
                foreach (var line in part.TrimEnd().Split('\n').Skip(1)) text.Append("    ").Append(line).Append('\n');
                continue;
            }

            foreach (var paragraph in part.Replace("**", "", StringComparison.Ordinal).Trim('\n').Split("\n\n"))
            {
                if (text.Length > 0) text.Append('\n');
                foreach (var line in PlainText.Wrap(string.Join(' ', paragraph.Split('\n', StringSplitOptions.TrimEntries)), width)) text.Append(line).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void WriteRecord(Choices choices, IEnumerable<RuleCard> cards)
    {
        using var writer = choices.Structured();
        writer.StartAnswer("LintRuleList");
        writer.List("items", cards, card =>
        {
            writer.Field("id", card.Id);
            writer.Field("rule", card.Slug);
            writer.Field("severity", card.Severity.Word());
            writer.Field("title", card.Title);
            writer.Field("explanation", card.Explanation);
            writer.Field("mend", card.Mend);
            writer.Field("bad", card.Bad);
            writer.Field("good", card.Good);
            writer.Field("annotation", card.Annotation);
            writer.Field("inference", card.IsInference);
            writer.Field("source", card.Source);
        });
        writer.EndObject();
    }
}
