using System.Text;
using Ringfence.Analysis.Lint;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Analysis.Tests.Lint;

/// <summary>Lints texts and folders.</summary>
internal static class Linting
{
    public static readonly DateOnly Today = new(2026, 1, 31);

    /// <summary>Lints YAML texts with one rule, or with all.</summary>
    public static LintReport Lint(string? slug, params string[] texts) =>
        Lint(slug, ManifestReader.Read(texts.Select((text, at) => new ManifestText($"{at}.yaml", IsExplicit: true, Encoding.UTF8.GetBytes(text))), new ManifestOptions()));

    /// <summary>Lints a folder with one rule, or with all.</summary>
    public static LintReport LintFolder(string? slug, string folder) => Lint(slug, ManifestReader.Read([folder], new ManifestOptions()));

    private static LintReport Lint(string? slug, ManifestSet manifests)
    {
        Assert.False(manifests.HasErrors, string.Join('\n', manifests.Diagnostics));
        var options = new LintOptions(Today);
        if (slug is not null) options = options with { Rules = [LintRules.Find(slug)!] };
        return Linter.Run(Reachability.Compile(Snapshot.Create(manifests.Objects)), options);
    }

    /// <summary>A report as text that a person can check.</summary>
    /// <param name="report">The report.</param>
    /// <param name="folder">What the names of files are told from.</param>
    public static string Show(LintReport report, string folder)
    {
        var text = new StringBuilder();
        foreach (var finding in report.Findings) Tell("", finding);
        foreach (var finding in report.Exempted) Tell("exempted: ", finding);
        foreach (var unknown in report.Unknown) text.Append($"unknown: {unknown.Missing}: {string.Join(", ", unknown.Objects)}\n");
        return text.Length == 0 ? "nothing\n" : text.Replace(folder + Path.DirectorySeparatorChar, "").ToString();

        void Tell(string prefix, Finding finding)
        {
            var file = finding.Location.File is { } path ? Path.GetRelativePath(folder, path) : "";
            text.Append($"{prefix}{finding.Severity} {file}:{finding.Location.Line}:{finding.Location.Column} {finding.Object.Describe()} {finding.Field}\n  {finding.Message}\n");
            if (finding.Confidence is { } confidence) text.Append($"  confidence: {confidence}\n");
            foreach (var effect in finding.Effects) text.Append($"  effect: {effect}\n");
            if (finding.Mend is { } mend) text.Append($"  mend: {mend}\n");
            foreach (var edit in finding.Edits) text.Append($"  edit: {edit.Kind} {edit.Object.Describe()} {edit.Path}: {edit.Value?.Replace("\n", "\n    ", StringComparison.Ordinal)}\n");
            if (finding.Exemption is { } exemption) text.Append($"  exemption: {exemption.Reason} until {exemption.Until:O} on {exemption.On.Describe()}: {exemption.Fault ?? "holds"}\n");
        }
    }
}
