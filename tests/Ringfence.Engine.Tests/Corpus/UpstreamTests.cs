using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>The truth tables of Kubernetes' own end-to-end suite (test/e2e/network/netpol/network_policy.go).</summary>
public sealed class UpstreamTests
{
    private static readonly ImmutableSortedDictionary<string, JsonElement> Cases = UpstreamCases.Read();

    public static TheoryData<string> Names => [.. Cases.Keys.DefaultIfEmpty(CorpusFolder.Missing)];

    [Fact]
    public void Corpus_EveryCaseAndTable_IsHere()
    {
        CorpusFolder.Need("upstream-e2e");
        Assert.Equal(48, Cases.Count);
        Assert.Equal(65, Cases.Values.Sum(item => item.GetProperty("steps").EnumerateArray().Sum(step => step.GetProperty("probes").GetArrayLength())));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Table_OfTheEndToEndSuite_IsReproduced(string name)
    {
        CorpusFolder.Need("upstream-e2e");
        var item = Cases[name];
        var pods = UpstreamCases.Strings(item.GetProperty("pods"));
        var world = UpstreamCases.WorldOf(item);
        foreach (var step in item.GetProperty("steps").EnumerateArray())
        {
            foreach (var action in step.GetProperty("actions").EnumerateArray()) world.Do(action);
            foreach (var probe in step.GetProperty("probes").EnumerateArray())
            {
                var (protocol, port) = (CorpusWorld.ProtocolOf(probe.GetProperty("protocol").GetString()!), probe.GetProperty("port").GetInt32());
                Assert.Equal(
                    probe.GetProperty("denied").EnumerateArray().Select(pair => string.Join(" to ", UpstreamCases.Strings(pair))).Order(StringComparer.Ordinal),
                    from source in pods.Order(StringComparer.Ordinal)
                    from destination in pods.Order(StringComparer.Ordinal)
                    where source != destination && !world.IsOpen(source, destination, protocol, port)
                    select $"{source} to {destination}");
            }
        }
    }
}
