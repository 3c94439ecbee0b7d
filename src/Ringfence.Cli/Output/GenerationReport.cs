using Ringfence.Analysis;
using Ringfence.Analysis.Generation;
using Ringfence.Model;

namespace Ringfence.Cli.Output;

/// <summary>What the engine says of policies that were made, for standard error.</summary>
internal sealed class GenerationReport(Terminal terminal)
{
    private const int MostTold = 12;

    /// <summary>Writes it.</summary>
    public void Write(GeneratedPolicies generation, IEnumerable<string> readingNotes, bool keptExisting)
    {
        foreach (var note in readingNotes.Concat(generation.Notes)) terminal.Tell(Severity.Note, note);
        TellExisting(generation, keptExisting);
        Tell(generation.Obstacles.Select(obstacle => $"cannot be had: {obstacle.What}: {obstacle.Why}"), Severity.Warning);
        TellAll(generation, DeviationKind.Missing, "wanted, but closed", Severity.Warning);
        TellAll(generation, DeviationKind.Beyond, "open, but not wanted", Severity.Warning);
        TellAll(generation, DeviationKind.Undecided, "perhaps open: the input does not say", Severity.Note);
        terminal.Error.WriteLine(Summary(generation));
    }

    private static string Summary(GeneratedPolicies generation)
    {
        var made = $"{Counted.Of(generation.Policies.Length, "policy", "policies")} for {string.Join(", ", generation.Isolated)}";
        var flows = generation.Flows == 1 ? "wanted flow" : $"{generation.Flows} wanted flows";
        if (!generation.IsExact) return $"{made}; checked: not exactly the {flows} {(generation.Flows == 1 ? "is" : "are")} open, see above";
        var dns = generation.Policies.Any(policy => policy.Name == PolicyGenerator.DnsPolicyName) ? " and DNS" : "";
        return $"{made}; checked: exactly the {flows}{dns} {(generation.Flows == 1 && dns.Length == 0 ? "is" : "are")} open{(generation.Deviations.IsEmpty ? "" : ", as far as the input says")}";
    }

    private void TellAll(GeneratedPolicies generation, DeviationKind kind, string words, Severity severity) =>
        Tell(generation.Deviations.Where(deviation => deviation.Kind == kind).Select(deviation => $"{words}: {deviation.Source} -> {deviation.Destination}: {deviation.Connections}"), severity);

    private void Tell(IEnumerable<string> messages, Severity severity)
    {
        var count = 0;
        foreach (var message in messages)
            if (count++ < MostTold) terminal.Tell(severity, message);
        if (count > MostTold) terminal.Tell(severity, $"… and {count - MostTold} more like it");
    }

    // Policies add up: what stays opens more than what was made.
    private void TellExisting(GeneratedPolicies generation, bool kept)
    {
        if (kept) return;
        foreach (var group in generation.Existing.Where(policy => !generation.Policies.Any(made => made.Namespace == policy.Namespace && made.Name == policy.Name)).GroupBy(policy => policy.Namespace))
        {
            var names = group.Select(policy => policy.Name).ToList();
            terminal.Tell(Severity.Note,
                $"{group.Key} has {Counted.Of(names.Count, "policy", "policies")} that these replace: policies add up, so delete {(names.Count == 1 ? "it" : "them")} when these are applied: kubectl delete netpol -n {group.Key} {string.Join(' ', names.Order(StringComparer.Ordinal))}");
        }
    }
}
