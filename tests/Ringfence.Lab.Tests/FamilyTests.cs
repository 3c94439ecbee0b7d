using Ringfence.Lab.Tests.Corpus;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;
using static Ringfence.Lab.Tests.Policies;

namespace Ringfence.Lab.Tests;

/// <summary>Port names, port ranges and blocks with exceptions mean the same over IPv6 as over IPv4.</summary>
public sealed class FamilyTests
{
    [Theory]
    [InlineData(LabFamilies.V4, "10.244.1.0/24", "10.244.1.20", "10.244.0.0/16", "10.244.2.0/24")]
    [InlineData(LabFamilies.V6, "fd00:10:244:1::/64", "fd00:10:244:1::20", "fd00:10:244::/48", "fd00:10:244:2::/64")]
    public async Task NamesRangesAndExceptions_AreWhatPacketsDo(LabFamilies families, string range, string exception, string all, string otherRange)
    {
        Root.IsNeeded();
        var except = Address.Parse(exception);
        PolicyRule From(string block, Prefix left, params PolicyPort[] ports) => new([new PolicyPeer(null, null, new IpBlock(Prefix.Parse(block), [left]), default)], [.. ports], default);
        var single = new Prefix(except, Address.Bits(except.Family));
        var input = Cluster(
            Pod("named", "node-1", Port(8001, "http"), Port(8002), Port(8003, "dns", Protocol.Udp)),
            Pod("also", "node-2", Port(8002, "http"), Port(8001), Port(8001, "dns", Protocol.Udp)) with { Labels = LabelSet.Of("app", "named") },
            Pod("ranged", "node-2", Port(8001), Port(8002), Port(8003)),
            Pod("blocked", "node-1", Port(8001), Port(8002)),
            Pod("asker", "node-1"), Pod("caller", "node-2"),
            Pod("left-out", "node-1") with { Addresses = [except] },
            Ingress("named", "asker", "caller", "left-out").On(Named("http"), Named("dns", Protocol.Udp)),
            Egress("caller", "named", "ranged").On(Named("http"), Number(8002, 8003)),
            Ingress("ranged", "asker", "caller").On(Number(8001, 8002)),
            Ingress("blocked") with { Ingress = [From(range, single, Number(8001, 8003)), From(all, Prefix.Parse(otherRange), Number(8002))] },
            Egress("left-out") with { Egress = [From(all, Prefix.Parse(otherRange))] });
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, input, null, TestContext.Current.CancellationToken);
        Assert.Equal(except, lab.Pods["shop/left-out"].Pod.Addresses[0]);
        var wires = from protocol in new[] { Protocol.Tcp, Protocol.Udp } from port in new[] { 8001, 8002, 8003 } select (protocol, port);
        var snapshot = lab.Reachability.Snapshot;
        int Place(string name) => snapshot.FindPod("shop", name["shop/".Length..]);

        var differences = await PacketTable.DifferencesAsync(
            lab, wires, (source, destination, protocol, port) => lab.Reachability.IsAllowed(Place(source), Place(destination), protocol, port), TestContext.Current.CancellationToken);

        Assert.Empty(differences);
    }
}
