using Ringfence.Analysis.Lint;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Kubernetes.Manifests.Editing;

namespace Ringfence.Cli.Linting;

/// <summary>A mend that was not made.</summary>
internal sealed record RefusedMend(Finding Finding, string Reason);

/// <summary>
/// Makes the mechanical mends of findings in the texts of manifests, in memory: as many as do not touch the same object, then lints what came out and goes on
/// with that, until nothing is left that can be done.
/// </summary>
internal sealed class Mending(LintChoices lint, IReadOnlyList<ManifestText> texts)
{
    // Each round mends one finding of every object that has some.
    private const int MostRounds = 50;

    private readonly Dictionary<string, ManifestText> _texts = texts.ToDictionary(text => text.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, RefusedMend> _refused = new(StringComparer.Ordinal);

    /// <summary>How many findings were mended.</summary>
    public int Mended { get; private set; }

    /// <summary>What could not be mended, and why.</summary>
    public IEnumerable<RefusedMend> Refused => _refused.Values;

    /// <summary>The files that changed, as they were and as they are to be.</summary>
    public IReadOnlyList<(string Path, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After)> Changed =>
    [
        .. texts.Select(text => (text.Name, Before: text.Content, After: _texts[text.Name].Content)).Where(file => !file.Before.Span.SequenceEqual(file.After.Span)),
    ];

    /// <summary>Mends, and gives what linting finds afterwards.</summary>
    public LintReport Run(LintReport report)
    {
        for (var round = 0; round < MostRounds && MakeAll(report); round++) report = lint.Lint(Compile());
        return report;
    }

    private bool MakeAll(LintReport report)
    {
        var made = 0;
        foreach (var file in report.Findings.Where(finding => !finding.Edits.IsEmpty && !_refused.ContainsKey(Key(finding))).GroupBy(finding => finding.Edits[0].Object.Location.File))
        {
            var findings = file.ToList();
            if (file.Key is not { } name || name == "-" || !_texts.TryGetValue(name, out var text))
            {
                foreach (var finding in findings) Refuse(finding, "it came by standard input");
                continue;
            }

            var outcome = ManifestEditor.Apply(text.Content, [.. findings.Select(finding => finding.Edits)]);
            foreach (var (at, reason) in outcome.Refused) Refuse(findings[at], reason);
            if (outcome.Made.IsEmpty) continue;
            _texts[name] = text with { Content = outcome.Content };
            made += outcome.Made.Length;
        }

        Mended += made;
        return made > 0;
    }

    private Reachability Compile()
    {
        var options = new ManifestOptions { DefaultNamespace = lint.Choices.Namespace, StrictCidr = lint.Choices.StrictCidr };
        return Reachability.Compile(Snapshot.Create(ManifestReader.Read(texts.Select(text => _texts[text.Name]), options).Objects));
    }

    private void Refuse(Finding finding, string reason) => _refused[Key(finding)] = new RefusedMend(finding, reason);

    // Lines move when other things are mended.
    private static string Key(Finding finding) => $"{finding.Rule.Id} {finding.Object.Describe()} {finding.Location.File} {finding.Field}";
}
