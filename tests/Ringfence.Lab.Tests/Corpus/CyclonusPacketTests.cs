using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Engine.Tests.Corpus;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Corpus;

/// <summary>All cases of the Cyclonus generator, with real packets: TCP, UDP and SCTP on both ports between all pods.</summary>
[Collection(CorpusCollection.Name)]
public sealed class CyclonusPacketTests(CorpusLab corpus)
{
    private static readonly ImmutableSortedDictionary<string, JsonElement> Cases = CyclonusCases.Read();

    public static TheoryData<string> Names => [.. Cases.Keys.DefaultIfEmpty(CorpusFolder.Missing)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Case_OfTheGenerator_IsWhatPacketsDo(string name)
    {
        CorpusFolder.Need("cyclonus");
        Root.IsNeeded();
        var world = CyclonusCases.NewWorld();
        var wires = from protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp] from port in (int[])[80, 81] select (protocol, port);
        foreach (var step in Cases[name].GetProperty("steps").EnumerateArray())
        {
            foreach (var action in step.GetProperty("actions").EnumerateArray()) world.Do(action);
            var lab = await corpus.ShowAsync(world);
            Assert.Empty(await PacketTable.DifferencesAsync(lab, wires, world.IsOpen, TestContext.Current.CancellationToken));
        }
    }
}
