using Ringfence.Analysis.Lint;

namespace Ringfence.Cli.Output;

/// <summary>What is told about a rule, as Markdown: on its page in <c>docs/rules/</c>, in SARIF and, without marks, on the terminal.</summary>
internal static class RulePage
{
    /// <summary>The name of a rule's page.</summary>
    public static string FileName(RuleCard card) => $"{card.Id}-{card.Slug}.md";

    /// <summary>All of a rule, without a heading.</summary>
    /// <param name="card">The rule.</param>
    /// <param name="found">What linting says of the example; null to leave that, and what is around the example, out.</param>
    public static string Help(RuleCard card, string? found = null) =>
        $"""
        {card.Explanation}
        {(card.IsInference ? "\nThis rests on our inference, not on what Kubernetes specifies.\n" : "")}
        **Mend.** {card.Mend}

        **Found here:**

        ```yaml
        {card.Bad}
        ```

        {(found is null ? "" : $"`ringfence lint` says of it, in a cluster as below:\n\n```text\n{found}\n```\n\n")}**Not here:**

        ```yaml
        {card.Good}
        ```

        **If it is meant,** say so on the object or on its namespace, with a reason and, if it is not for ever, an end:

        ```yaml
        metadata:
          annotations:
            {card.Annotation}: "why it is meant, until 2027-03-31"
        ```

        {(found is null ? "" : $"**Around both examples:**\n\n```yaml\n{card.Cluster}\n```\n\n")}Source: <{card.Source}>

        """;
}
