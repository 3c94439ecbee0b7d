using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>All cases of the Cyclonus generator, by the number of allowed pairs; a pod's traffic to itself counts as ordinary there.</summary>
public sealed class CyclonusTests
{
    private static readonly ImmutableSortedDictionary<string, JsonElement> Cases = CyclonusCases.Read();

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
        var world = CyclonusCases.NewWorld();
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
