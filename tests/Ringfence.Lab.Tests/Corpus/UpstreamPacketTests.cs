using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Corpus;

/// <summary>The truth tables of Kubernetes' own end-to-end suite, with real packets.</summary>
[Collection(CorpusCollection.Name)]
public sealed class UpstreamPacketTests(CorpusLab corpus)
{
    private static readonly ImmutableSortedDictionary<string, JsonElement> Cases = UpstreamCases.Read();

    public static TheoryData<string> Names => [.. Cases.Keys.DefaultIfEmpty(CorpusFolder.Missing)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Table_OfTheEndToEndSuite_IsWhatPacketsDo(string name)
    {
        CorpusFolder.Need("upstream-e2e");
        Root.IsNeeded();
        var item = Cases[name];
        var world = UpstreamCases.WorldOf(item);
        foreach (var step in item.GetProperty("steps").EnumerateArray())
        {
            foreach (var action in step.GetProperty("actions").EnumerateArray()) world.Do(action);
            var lab = await corpus.ShowAsync(world);
            foreach (var probe in step.GetProperty("probes").EnumerateArray())
            {
                var (protocol, port) = (CorpusWorld.ProtocolOf(probe.GetProperty("protocol").GetString()!), probe.GetProperty("port").GetInt32());
                var denied = probe.GetProperty("denied").EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()!)).ToHashSet();
                Assert.Empty(await PacketTable.DifferencesAsync(
                    lab, [(protocol, port)], (source, destination, _, _) => !denied.Contains((source, destination)), TestContext.Current.CancellationToken));
            }
        }
    }
}
