using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>Manifests of real applications, with np-guard's connection lists as a second opinion.</summary>
public sealed class NpGuardTests
{
    private static readonly ImmutableSortedDictionary<string, (string Folder, string Expected)> Cases = ReadCases();

    private static readonly ImmutableArray<KnownDifference> Known = KnownDifference.ReadAll("Corpus");

    public static TheoryData<string> Names => [.. Cases.Keys.DefaultIfEmpty(CorpusFolder.Missing)];

    [Fact]
    public void Corpus_EveryPlainList_IsHere()
    {
        CorpusFolder.Need("np-guard");
        Assert.Equal(32, Cases.Count);
        Assert.Empty(Known.SelectMany(entry => entry.Cases).Except(Cases.Keys));
        Assert.DoesNotContain(Known, entry => entry.Reason.Length == 0 || entry.Cases.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void List_OfNpGuard_IsReproducedButForKnownDifferences(string name)
    {
        CorpusFolder.Need("np-guard");
        var (folder, expected) = Cases[name];
        var read = ManifestReader.Read([folder], new ManifestOptions(), TestContext.Current.CancellationToken);
        var view = ClusterView.Create(Reachability.Compile(Snapshot.Create(read.Objects)));
        var differences = ConnectionTable.Read(File.ReadLines(expected)).Differences(ConnectionTable.Of(view)).ToList();
        var known = Known.Where(entry => entry.Cases.Contains(name)).ToList();
        var unlisted = differences.Where(difference => known.Count(entry => entry.Matches(difference)) != 1).ToList();
        Assert.True(unlisted.Count == 0, $"not listed once: {Describe(unlisted)}\nread with {Describe(read.Diagnostics)}");
        foreach (var entry in known)
            Assert.Equal($"{entry.Cells} cells of {entry}", $"{differences.Count(entry.Matches)} cells of {entry}");
    }

    private static string Describe<T>(IEnumerable<T> items) => $"{string.Join("", items.Select(item => $"\n{item}"))}";

    private static ImmutableSortedDictionary<string, (string Folder, string Expected)> ReadCases()
    {
        if (CorpusFolder.Find("np-guard") is not { } root) return ImmutableSortedDictionary<string, (string, string)>.Empty;
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "manifest.json")));
        return manifest.RootElement.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("command").GetString() == "list" && IsPlain(entry))
            .ToImmutableSortedDictionary(
                entry => entry.GetProperty("id").GetString()!,
                entry => (Path.Combine(root, "tests", entry.GetProperty("dir").GetString()!), Path.Combine(root, entry.GetProperty("expectedFile").GetString()!)),
                StringComparer.Ordinal);
    }

    private static bool IsPlain(JsonElement entry) =>
        !entry.GetProperty("opts").EnumerateObject().Any(option => option.Name is "exposure" or "exposureAnalysis" or "explain")
        && !entry.GetProperty("args").EnumerateArray().Any(argument => argument.GetString() is "--exposure" or "--explain");
}
