using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Analysis.Exposure;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Exposure;

/// <summary>np-guard's reports with exposure, as a second opinion: their lists of connections and what follows them.</summary>
public sealed class NpGuardTests
{
    private const string Heading = "Exposure Analysis Result:";

    private static readonly ImmutableSortedDictionary<string, Case> Cases = ReadCases();

    private static readonly ImmutableArray<KnownDifference> Known = KnownDifference.ReadAll("Exposure");

    public static TheoryData<string> Names => [.. Cases.Keys.DefaultIfEmpty(CorpusFolder.Missing)];

    [Fact]
    public void Corpus_EveryExposure_IsHere()
    {
        CorpusFolder.Need("np-guard");
        Assert.Equal(64, Cases.Count);
        Assert.Empty(Known.SelectMany(entry => entry.Cases).Except(Cases.Keys));
        Assert.DoesNotContain(Known, entry => entry.Reason.Length == 0 || entry.Cases.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Exposure_OfNpGuard_IsReproducedButForKnownDifferences(string name)
    {
        CorpusFolder.Need("np-guard");
        var @case = Cases[name];
        var read = ManifestReader.Read([@case.Folder], new ManifestOptions(), TestContext.Current.CancellationToken);
        var view = ClusterView.Create(Reachability.Compile(Snapshot.Create(read.Objects)));
        var report = File.ReadAllLines(@case.Expected);
        var at = Array.IndexOf(report, Heading);
        Assert.True(at >= 0, $"{@case.Expected} has no exposure");

        var exposure = ExposureTable.Read(report[(at + 1)..]);
        var analysis = new ExposureAnalysis(view);
        var lines = @case.Directions.SelectMany(direction => analysis.Lines(direction, entry => @case.IsFocus(ConnectionTable.NameOf(entry)))).ToList();
        var differences = exposure.Differences(ExposureTable.Of(lines)).ToList();

        // Where np-guard has no line it has a connection instead.
        Assert.All(differences.Where(difference => difference.Expected == "None"),
            difference => Assert.Contains(lines, line => line.PodsNow > 0 && (difference.Source == line.Source || difference.Destination == line.Destination)));

        // A report with reasons has its list in another form, and is made from input that is listed plainly as well.
        if (!name.StartsWith("explain:", StringComparison.Ordinal))
        {
            Assert.Empty(exposure.Addresses.Except(report[..at]));
            differences.AddRange(ConnectionTable.Read(report[..at]).Differences(ConnectionTable.Of(view))
                .Where(difference => @case.IsFocus(difference.Source) || @case.IsFocus(difference.Destination)));
        }

        var known = Known.Where(entry => entry.Cases.Contains(name)).ToList();
        var unlisted = differences.Where(difference => known.Count(entry => entry.Matches(difference)) != 1).ToList();
        Assert.True(unlisted.Count == 0, $"{name}: not listed once: {Describe(unlisted)}\nread with {Describe(read.Diagnostics)}");
        foreach (var entry in known)
            Assert.Equal($"{entry.Cells} cells of {entry}", $"{differences.Count(entry.Matches)} cells of {entry}");
    }

    private static string Describe<T>(IEnumerable<T> items) => $"{string.Join("", items.Select(item => $"\n{item}"))}";

    private static ImmutableSortedDictionary<string, Case> ReadCases()
    {
        if (CorpusFolder.Find("np-guard") is not { } root) return ImmutableSortedDictionary<string, Case>.Empty;
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "manifest.json")));
        return manifest.RootElement.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("command").GetString() == "list" && Arguments(entry).Contains("--exposure"))
            .ToImmutableSortedDictionary(entry => entry.GetProperty("id").GetString()!, entry => Case.Read(root, entry), StringComparer.Ordinal);
    }

    private static ImmutableArray<string> Arguments(JsonElement entry) =>
        [.. entry.GetProperty("args").EnumerateArray().Select(argument => argument.GetString()!)];

    private sealed record Case(string Folder, string Expected, ImmutableArray<string> Focus, ImmutableArray<Direction> Directions)
    {
        public static Case Read(string root, JsonElement entry)
        {
            var arguments = Arguments(entry);
            return new(
                Path.Combine(root, "tests", entry.GetProperty("dir").GetString()!),
                Path.Combine(root, entry.GetProperty("expectedFile").GetString()!),
                [.. After("--focusworkload")?.Split(',') ?? []],
                After("--focus-direction") is { } direction ? [Enum.Parse<Direction>(direction, ignoreCase: true)] : [Direction.Ingress, Direction.Egress]);

            string? After(string option) => arguments.IndexOf(option) is >= 0 and var at ? arguments[at + 1] : null;
        }

        /// <summary>Whether a table's name (<c>ns/name[Kind]</c>) is of a workload that the report is about: <c>ns/name</c>, or <c>name</c> in any namespace.</summary>
        public bool IsFocus(string name) =>
            Focus.IsEmpty || Focus.Any(focus => $"/{name}".Contains($"/{focus}[", StringComparison.Ordinal));
    }
}
