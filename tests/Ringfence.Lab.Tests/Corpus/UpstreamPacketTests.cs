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
    public static TheoryData<string> Names => UpstreamTable.Names(_ => true);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Table_OfTheEndToEndSuite_IsWhatPacketsDo(string name) => UpstreamTable.CheckAsync(corpus, name, IpFamily.V4);
}

/// <summary>The same tables where pods have addresses of IPv6 alone.</summary>
public sealed class UpstreamPacket6Tests(CorpusLab6 corpus) : IClassFixture<CorpusLab6>
{
    public static TheoryData<string> Names => UpstreamTable.Names(_ => true);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Table_OfTheEndToEndSuite_IsWhatPacketsDo(string name) => UpstreamTable.CheckAsync(corpus, name, IpFamily.V6);
}

/// <summary>The same tables where pods have addresses of both families, and are asked at both.</summary>
public sealed class UpstreamPacketDualTests(DualCorpusLab corpus) : IClassFixture<DualCorpusLab>
{
    // A block of IPv4 says nothing of a pod's address of IPv6: what the tables say of such a pod is for IPv4 alone.
    public static TheoryData<string> Names => UpstreamTable.Names(item => !item.GetRawText().Contains("ipBlock", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public Task Table_OfTheEndToEndSuite_IsWhatPacketsDo(string name) => UpstreamTable.CheckAsync(corpus, name, IpFamily.V4);
}

/// <summary>Runs one table.</summary>
internal static class UpstreamTable
{
    private static readonly ImmutableSortedDictionary<string, JsonElement> Cases = UpstreamCases.Read();

    public static TheoryData<string> Names(Func<JsonElement, bool> choose) =>
        [.. Cases.Where(item => choose(item.Value)).Select(item => item.Key).DefaultIfEmpty(CorpusFolder.Missing)];

    public static async Task CheckAsync(CorpusLab corpus, string name, IpFamily family)
    {
        CorpusFolder.Need("upstream-e2e");
        Root.IsNeeded();
        var item = Cases[name];
        var world = UpstreamCases.WorldOf(item, family);
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
