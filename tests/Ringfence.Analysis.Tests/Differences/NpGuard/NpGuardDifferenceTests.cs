using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Analysis.Differences;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Analysis.Tests.Differences.NpGuard;

/// <summary>Pairs of folders, with np-guard's semantic differences as a second opinion.</summary>
public sealed class NpGuardDifferenceTests
{
    private static readonly ImmutableSortedDictionary<string, (string Old, string New, string Expected)> Cases = ReadCases();

    private static readonly ImmutableArray<KnownDifference> Known = KnownDifference.ReadAll(Path.Combine("Differences", "NpGuard"));

    public static TheoryData<string> Names => [.. Cases.Keys.DefaultIfEmpty(CorpusFolder.Missing)];

    [Fact]
    public void Corpus_EveryDifference_IsHere()
    {
        CorpusFolder.Need("np-guard");
        Assert.Equal(12, Cases.Count);
        Assert.Empty(Known.SelectMany(entry => entry.Cases).Except(Cases.Keys));
        Assert.DoesNotContain(Known, entry => entry.Reason.Length == 0 || entry.Cases.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Difference_OfNpGuard_IsReproducedButForKnownDifferences(string name)
    {
        CorpusFolder.Need("np-guard");
        var (old, @new, expected) = Cases[name];
        var ours = DifferenceTable.Of(ClusterDifference.Between(View(old), View(@new)));
        var differences = DifferenceTable.Read(File.ReadLines(expected)).Differences(ours).ToList();
        var known = Known.Where(entry => entry.Cases.Contains(name)).ToList();
        var unlisted = differences.Where(difference => known.Count(entry => entry.Matches(difference)) != 1).ToList();
        Assert.True(unlisted.Count == 0, $"{unlisted.Count} are not listed once:{string.Join("", unlisted.Select(item => $"\n{item}"))}");
        foreach (var entry in known)
            Assert.Equal($"{entry.Cells} cells of {entry}", $"{differences.Count(entry.Matches)} cells of {entry}");
    }

    private static ClusterView View(string folder)
    {
        var read = ManifestReader.Read([folder], new ManifestOptions(), TestContext.Current.CancellationToken);
        return ClusterView.Create(Reachability.Compile(Snapshot.Create(read.Objects)));
    }

    private static ImmutableSortedDictionary<string, (string Old, string New, string Expected)> ReadCases()
    {
        if (CorpusFolder.Find("np-guard") is not { } root) return ImmutableSortedDictionary<string, (string, string, string)>.Empty;
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "manifest.json")));
        return manifest.RootElement.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("command").GetString() == "diff")
            .ToImmutableSortedDictionary(
                entry => entry.GetProperty("id").GetString()!,
                entry => (Folder(entry, "dir"), Folder(entry, "dir2"), Path.Combine(root, entry.GetProperty("expectedFile").GetString()!)),
                StringComparer.Ordinal);

        string Folder(JsonElement entry, string property) => Path.Combine(root, "tests", entry.GetProperty(property).GetString()!);
    }
}
