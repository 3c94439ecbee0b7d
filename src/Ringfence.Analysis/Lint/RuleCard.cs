using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>What is told about a rule, on the command line, in reports and on its page.</summary>
public sealed record RuleCard
{
    /// <summary><c>RF</c> and three digits. Never given to another rule.</summary>
    public required string Id { get; init; }

    /// <summary>A short name in lower case, <c>hyphen-trap</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>How bad its findings are, unless one says otherwise.</summary>
    public required Severity Severity { get; init; }

    /// <summary>One line, without a full stop.</summary>
    public required string Title { get; init; }

    /// <summary>What goes wrong and why, as Markdown; some sentences.</summary>
    public required string Explanation { get; init; }

    /// <summary>What to do, as Markdown; one or two sentences.</summary>
    public required string Mend { get; init; }

    /// <summary>The page of Kubernetes' documentation that it rests on.</summary>
    public required string Source { get; init; }

    /// <summary>How much an attacker gains, 0.0 to 10.0, as code scanning ranks it.</summary>
    /// <remarks>https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning#reportingdescriptor-object</remarks>
    public required double SecuritySeverity { get; init; }

    /// <summary>Whether it rests on our inference (what a workload is, what is risky) rather than on what Kubernetes specifies.</summary>
    public bool IsInference { get; init; }

    /// <summary>What is around both examples, as YAML: namespaces, workloads, Services.</summary>
    public required string Cluster { get; init; }

    /// <summary>YAML in which, with <see cref="Cluster"/>, the rule finds something.</summary>
    public required string Bad { get; init; }

    /// <summary>The same, mended: the rule finds nothing.</summary>
    public required string Good { get; init; }

    /// <summary>The annotation that exempts an object from the rule.</summary>
    public string Annotation => $"ringfence.dev/ignore-{Id}";
}

/// <summary>A rule: finds one kind of trap. Has no state; may run beside others.</summary>
public abstract class LintRule
{
    /// <summary>What is told about it.</summary>
    public abstract RuleCard Card { get; }

    /// <summary>Looks for findings.</summary>
    /// <param name="context">The cluster, and what rules ask of it.</param>
    /// <param name="findings">Takes what is found.</param>
    public abstract void Check(LintContext context, Findings findings);
}
