using System.Text;
using Ringfence.Analysis.Lint;
using Ringfence.Cli.Output;

namespace Ringfence.Cli.Tests.Lint;

/// <summary>The pages in <c>docs/rules/</c> are made from the rules themselves. RINGFENCE_UPDATE_GOLDEN=1 writes them anew.</summary>
public sealed class RulePageTests
{
    private static readonly string Folder = RepositoryRoot.Of("docs", "rules");

    public static TheoryData<string> Rules => [.. LintRules.All.Select(rule => rule.Card.Slug)];

    [Theory, MemberData(nameof(Rules))]
    public void Page_IsWhatTheRuleSays(string slug)
    {
        var card = LintRules.Find(slug)!.Card;

        Matches(RulePage.FileName(card), Page(card));
    }

    [Fact]
    public void Index_NamesEveryRule()
    {
        var text = new StringBuilder(
            """
            # The rules of `ringfence lint`

            Each page is made from the rule itself: what it looks for, what it says of an example, how to mend it. `ringfence lint --explain RF001` says the same.


            """);
        text.Append("| id | rule | severity | what |\n|---|---|---|---|\n");
        foreach (var card in LintRules.All.Select(rule => rule.Card))
            text.Append($"| {card.Id} | [{card.Slug}]({RulePage.FileName(card)}) | {card.Severity.Word()} | {card.Title} |\n");

        Matches("README.md", text.ToString());
    }

    [Fact]
    public void Folder_HasNoPageOfARuleThatIsGone() =>
        Assert.Empty(Directory.GetFiles(Folder, "*.md").Select(Path.GetFileName).Except(LintRules.All.Select(rule => RulePage.FileName(rule.Card)).Append("README.md")));

    private static string Page(RuleCard card) =>
        $"""
        # {card.Id} {card.Slug}

        {card.Title}. Severity: {card.Severity.Word()}.

        {RulePage.Help(card, Finding(card))}
        """;

    // What the command prints, in a folder with the example alone.
    private static string Finding(RuleCard card)
    {
        var folder = Directory.CreateTempSubdirectory("ringfence-rule-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "cluster.yaml"), card.Cluster + "\n");
            File.WriteAllText(Path.Combine(folder.FullName, "policy.yaml"), card.Bad + "\n");
            var run = RingfenceCommand.RunIn(folder.FullName, null, null, "lint", "-f", "cluster.yaml", "-f", "policy.yaml", "--rule", card.Id);
            return run.Out.Trim('\n');
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Matches(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file), $"{file} is missing; RINGFENCE_UPDATE_GOLDEN=1 writes it");
        Assert.Equal(File.ReadAllText(file), text);
    }
}
