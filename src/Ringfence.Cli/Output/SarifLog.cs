using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>A kind of result in a SARIF file.</summary>
/// <param name="Id">Its id, which never changes: <c>RF001</c>.</param>
/// <param name="Name">A short name: <c>hyphen-trap</c>.</param>
/// <param name="Title">One line, without a full stop.</param>
/// <param name="Description">What it is about, as plain text.</param>
/// <param name="Help">All there is to say of it, as Markdown.</param>
/// <param name="HelpUri">Where more is to be read.</param>
/// <param name="Severity">How bad its results usually are.</param>
internal sealed record SarifRule(string Id, string Name, string Title, string Description, string Help, string HelpUri, Severity Severity)
{
    /// <summary>How much an attacker gains, 0.1 to 10.0; null where it is no matter of security.</summary>
    public double? SecuritySeverity { get; init; }

    /// <summary>How often its results are true: <c>very-high</c>, <c>high</c>, <c>medium</c> or <c>low</c>.</summary>
    public string Precision { get; init; } = "high";

    /// <summary>Words to filter by.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];
}

/// <summary>A result in a SARIF file.</summary>
/// <param name="RuleId">The id of its rule, which is among the rules of the run.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What it says, as plain text; its first sentence stands alone where space is short.</param>
/// <param name="Location">Where.</param>
/// <param name="Object">The object it is about, <c>Kind ns/name</c>; null where it is about none.</param>
/// <param name="Identity">What tells it from other results of its rule, from run to run and wherever in the file it stands; no line numbers.</param>
internal sealed record SarifResult(string RuleId, Severity Severity, string Message, Location Location, string? Object, string Identity)
{
    /// <summary>Why it is to be passed over; null where it is not.</summary>
    public string? Suppression { get; init; }
}

/// <summary>What one run of a verb tells.</summary>
/// <param name="Rules">The rules that were asked, whether they found anything or not.</param>
/// <param name="Results">What they found.</param>
internal sealed record SarifRun(ImmutableArray<SarifRule> Rules, ImmutableArray<SarifResult> Results)
{
    /// <summary>What the input lacked, or what was wrong with it, each a sentence.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Whether all of the input could be read.</summary>
    public bool IsComplete { get; init; } = true;
}
