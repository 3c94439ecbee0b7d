using System.Collections.Immutable;
using Ringfence.Analysis;
using Ringfence.Analysis.Differences;
using Ringfence.Cli.Input;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>Differences as results of code scanning: one for each kind of change and cause, at the place of the cause.</summary>
internal static class DifferenceSarif
{
    // More are counted; a message is read in a small window.
    private const int MostNamed = 10;
    private const string HelpUri = "https://kubernetes.io/docs/concepts/services-networking/network-policies/";

    private static readonly ImmutableArray<(ChangeKind Kind, SarifRule Rule)> Rules =
    [
        Rule(ChangeKind.Appear, "RD001", "connection-appears", "A connection appears", "Nothing was open between these two, and now something is.", Severity.Warning),
        Rule(ChangeKind.Widen, "RD002", "connection-widens", "A connection widens", "More ports or protocols are open between these two than before.", Severity.Warning),
        Rule(ChangeKind.Shift, "RD003", "connection-shifts", "A connection shifts", "Some ports opened between these two, and others closed.", Severity.Warning),
        Rule(ChangeKind.Unknown, "RD004", "connection-undecided", "What may be open changes", "What the input does not decide is not what it was.", Severity.Note),
        Rule(ChangeKind.Narrow, "RD005", "connection-narrows", "A connection narrows", "Fewer ports or protocols are open between these two than before.", Severity.Note),
        Rule(ChangeKind.Vanish, "RD006", "connection-vanishes", "A connection vanishes", "Something was open between these two, and now nothing is.", Severity.Note),
    ];

    /// <summary>The run that tells of a difference.</summary>
    public static SarifRun Of(ClusterDifference difference, ClusterInput old, ClusterInput @new) => new(
        [.. Rules.Select(item => item.Rule)],
        [
            .. difference.Changes
                .Select(change => (Change: change, Cause: difference.ReasonOf(change).Causes[0]))
                .GroupBy(item => (item.Change.Kind, item.Cause))
                .OrderBy(group => Array.IndexOf(DifferenceOutput.Kinds, group.Key.Kind)).ThenBy(group => group.Key.Cause.Name, StringComparer.Ordinal)
                .Select(group => Result(group.Key.Kind, group.Key.Cause, [.. group.Select(item => item.Change)])),
        ])
    {
        IsComplete = !old.HasErrors && !@new.HasErrors,
    };

    private static SarifResult Result(ChangeKind kind, Cause cause, List<ConnectionChange> changes)
    {
        var rule = Rules.Single(item => item.Kind == kind).Rule;
        var named = changes.Take(MostNamed).Select(change =>
            $"{change.Source.Name} -> {change.Destination.Name}: {ConnectionListOutput.Text(change.Before)}, now {ConnectionListOutput.Text(change.After)}");
        var more = changes.Count > MostNamed ? $"; and {changes.Count - MostNamed} more" : "";
        return new SarifResult(
            rule.Id, rule.Severity,
            $"{DifferenceOutput.Word(kind)}: {Counted.Of(changes.Count, "connection")}, because of {cause}. {string.Join("; ", named)}{more}",
            Place(cause.Location), cause.Kind == CauseKind.Policy ? $"NetworkPolicy {cause.Name}" : cause.Name, cause.ToString());
    }

    // What was removed stands in the file as it was before: the revision is no part of the file's name.
    private static Location Place(Location location) => location.File?.Split(':') is ["git", _, var path] ? location with { File = path } : location;

    private static (ChangeKind, SarifRule) Rule(ChangeKind kind, string id, string name, string title, string description, Severity severity) =>
        (kind, new SarifRule(id, name, title, description, $"{description} The result stands where the policy, or what else made the difference, does.", HelpUri, severity) { Tags = ["network-policy"] });
}
