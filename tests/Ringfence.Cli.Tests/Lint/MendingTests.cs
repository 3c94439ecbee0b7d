using Ringfence.Analysis.Lint;
using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Linting;
using Ringfence.Cli.Output;
using Ringfence.Engine;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Tests.Lint;

public sealed class MendingTests
{
    public static TheoryData<string> Folders =>
        [.. Directory.GetDirectories(RepositoryRoot.Of("tests", "Ringfence.Analysis.Tests", "Lint", "Scenarios")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    /// <summary>Every mend that a rule offers in its scenarios can be made, and when it is made its finding is gone.</summary>
    [Theory, MemberData(nameof(Folders))]
    public void Run_ScenariosOfARule_MakesWhatTheRuleOffers(string slug)
    {
        foreach (var scenario in Directory.GetDirectories(RepositoryRoot.Of("tests", "Ringfence.Analysis.Tests", "Lint", "Scenarios", slug)).Order(StringComparer.Ordinal))
        {
            var texts = new List<ManifestText>();
            var manifests = ManifestReader.Read([scenario], new ManifestOptions { Keep = texts.Add }, TestContext.Current.CancellationToken);
            var choices = new Choices { Files = [scenario], Terminal = new Terminal(TextWriter.Null, TextWriter.Null, width: null) };
            var lint = new LintChoices(choices, [LintRules.Find(slug)!], Severity.Warning, ShowExempted: false, new DateOnly(2026, 1, 31));
            var report = lint.Lint(Reachability.Compile(Snapshot.Create(manifests.Objects)));
            var mending = new Mending(lint, texts);

            var left = mending.Run(report);

            Assert.Equal([], mending.Refused.Select(refused => $"{scenario}: {refused.Finding.Message}: {refused.Reason}"));
            Assert.Equal([], left.Findings.Where(finding => !finding.Edits.IsEmpty).Select(finding => $"{scenario}: {finding.Message}"));
            Assert.Equal(report.Findings.Any(finding => !finding.Edits.IsEmpty), mending.Changed.Count > 0);
        }
    }

    [Fact]
    public void FileReplacement_FileThatChanged_IsNotWritten()
    {
        var folder = Directory.CreateTempSubdirectory("ringfence-replace-");
        try
        {
            var (first, second) = (Path.Combine(folder.FullName, "a"), Path.Combine(folder.FullName, "b"));
            File.WriteAllText(first, "old");
            File.WriteAllText(second, "changed meanwhile");

            var problem = Assert.Throws<CommandException>(() => FileReplacement.Write([(first, "old"u8.ToArray(), "new"u8.ToArray()), (second, "old"u8.ToArray(), "new"u8.ToArray())]));

            Assert.Contains("has changed since it was read", problem.Message, StringComparison.Ordinal);
            Assert.Equal("old", File.ReadAllText(first));
            Assert.Equal("changed meanwhile", File.ReadAllText(second));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
