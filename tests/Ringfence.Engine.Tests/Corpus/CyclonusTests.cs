using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>All cases of the Cyclonus generator, by the number of allowed pairs; a pod's traffic to itself counts as ordinary there.</summary>
public sealed class CyclonusTests
{
    private static readonly JsonElement? File = CorpusFolder.Find("cyclonus/cases.json") is { } file
        ? JsonDocument.Parse(System.IO.File.ReadAllBytes(file)).RootElement
        : null;

    private static readonly ImmutableSortedDictionary<string, JsonElement> Cases =
        (File?.GetProperty("cases").EnumerateArray() ?? Enumerable.Empty<JsonElement>())
            .ToImmutableSortedDictionary(
                item => $"{item.GetProperty("number").GetInt32():000} {item.GetProperty("group").GetString()}: {item.GetProperty("description").GetString()}",
                item => item,
                StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Cases.Keys.DefaultIfEmpty(CorpusFolder.Missing)];

    [Fact]
    public void Corpus_EveryCaseAndStep_IsHere()
    {
        CorpusFolder.Need("cyclonus");
        Assert.Equal(230, Cases.Count);
        Assert.Equal(256, Cases.Values.Sum(item => item.GetProperty("steps").GetArrayLength()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Counts_OfTheGenerator_AreReproduced(string name)
    {
        CorpusFolder.Need("cyclonus");
        var world = new CorpusWorld(
            new[] { "x", "y", "z" }.Select(space => new Namespace { Name = space, Labels = LabelSet.Of("ns", space) }),
            File!.Value.GetProperty("podIPs").EnumerateObject().Select(pod => (pod.Name, Address.Parse(pod.Value.GetString()!))),
            [80, 81]);
        foreach (var step in Cases[name].GetProperty("steps").EnumerateArray())
        {
            foreach (var action in step.GetProperty("actions").EnumerateArray()) world.Do(action);
            foreach (var count in step.GetProperty("allowedCounts").EnumerateObject())
                Assert.Equal($"{count.Name}: {count.Value.GetInt32()}", $"{count.Name}: {Count(world, count.Name)}");
        }
    }

    private static int Count(CorpusWorld world, string what)
    {
        var pods = world.Cluster.Pods;
        if (what is "pods") return pods.Length;
        if (what is "pairs") return pods.Length * pods.Length;
        var (protocol, port) = (CorpusWorld.ProtocolOf(what.Split('/')[0]), int.Parse(what.Split('/')[1]));
        return pods.Sum(source => pods.Count(destination => world.IsOpen(source.QualifiedName, destination.QualifiedName, protocol, port)));
    }
}
