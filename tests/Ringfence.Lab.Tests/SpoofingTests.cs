using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;
using static Ringfence.Lab.Tests.Policies;

namespace Ringfence.Lab.Tests;

/// <summary>Pods that send what is not theirs to send.</summary>
public sealed class SpoofingTests
{
    private const int Box = 5000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LabFamilies.V4, "friend", true)]
    [InlineData(LabFamilies.V4, "far-friend", true)]
    [InlineData(LabFamilies.V4, null, false)]
    [InlineData(LabFamilies.V6, "friend", true)]
    [InlineData(LabFamilies.V6, null, false)]
    public async Task Pod_SendsWithAnothersAddress_IsDroppedAndCounted(LabFamilies families, string? victim, bool isTalking)
    {
        Root.IsNeeded();
        var input = Cluster(
            Pod("server", "node-1"), Pod("far-server", "node-2"), Pod("liar", "node-1"), Pod("friend", "node-1"), Pod("far-friend", "node-2") with { Labels = LabelSet.Of("app", "friend") },
            Ingress("server", "friend", "liar"));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, input, null, Cancellation);
        using var box = OpenBox(lab, "server");
        using var farBox = OpenBox(lab, "far-server");
        (Address, int)[] to = [To(lab, "server"), To(lab, "far-server")];
        var source = victim is null ? lab.OutsideAddresses[0] : lab.Pods[$"shop/{victim}"].Pod.Addresses[0];

        // Where the victim talks there is a flow whose part the liar's packets could seem to be.
        using var honest = isTalking ? Letters.Send(lab.Pods[$"shop/{victim}"].Network, "honest", 4001, to) : null;
        if (isTalking) Assert.True(await box.GetsAsync("honest", more: 3) && await farBox.GetsAsync("honest", more: 3));
        var liar = lab.Pods["shop/liar"];
        TwoSubnets.Run(liar.Network, $"ip address add {source}/{Address.Bits(source.Family)} dev eth0 {(source.Family == IpFamily.V6 ? "nodad" : "")}");
        using var lies = Letters.SendFrom(source, liar.Network, "lies", 4001, to);
        using var truth = Letters.SendFrom(liar.Pod.Addresses[0], liar.Network, "truth", 4002, to);

        Assert.True(await box.GetsAsync("truth", more: 100) && await farBox.GetsAsync("truth"));
        Assert.Equal((0, 0), (box.From("lies"), farBox.From("lies")));
        Assert.True(lab.Nodes[0].Agent!.Table.ReadCounters()["d_spoof"].Packets > 50);
    }

    [Fact]
    public async Task Pod_DisguisesItsDataAsNeighbourDiscovery_DoesNotReachWhatItMayNot()
    {
        Root.IsNeeded();
        var input = Cluster(Pod("server", "node-1"), Pod("far-server", "node-2") with { Labels = LabelSet.Of("app", "server") }, Pod("stranger", "node-1"), Pod("friend", "node-1"), Ingress("server", "friend"));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = LabFamilies.V6 }, input, null, Cancellation);
        byte[] types = [130, 131, 132, 133, 134, 135, 136, 137, 143, 200];
        foreach (var name in new[] { "server", "far-server" })
        {
            using var server = Raw(lab, name);
            using var stranger = Raw(lab, "stranger");
            using var friend = Raw(lab, "friend");
            var to = new IPEndPoint(lab.Pods[$"shop/{name}"].Pod.Addresses[0].ToIPAddress(), 0);
            foreach (var hops in new[] { 2, 3, 4, 64, 255 })
            {
                stranger.Ttl = (short)hops;
                foreach (var type in types) stranger.SendTo([type, 0, 0, 0, 0, 0, 0, 0, .. "secret"u8], to);
            }

            friend.SendTo([128, 0, 0, 0, 0, 0, 0, 0, .. "allowed"u8], to);
            var heard = new List<string>();
            var packet = new byte[200];
            while (heard.Count == 0 || !heard[^1].Contains("allowed", StringComparison.Ordinal)) heard.Add(Encoding.ASCII.GetString(packet, 8, server.Receive(packet) - 8));
            Assert.DoesNotContain(heard, text => text.Contains("secret", StringComparison.Ordinal));
        }
    }

    private static Socket Raw(LabCluster lab, string pod) =>
        lab.Pods[$"shop/{pod}"].Network.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6) { ReceiveTimeout = 60_000 });

    private static Mailbox OpenBox(LabCluster lab, string pod) => Mailbox.Open(lab.Pods[$"shop/{pod}"].Network, Box, lab.Pods[$"shop/{pod}"].Pod.Addresses[0].Family);

    private static (Address Address, int Port) To(LabCluster lab, string pod) => (lab.Pods[$"shop/{pod}"].Pod.Addresses[0], Box);
}
