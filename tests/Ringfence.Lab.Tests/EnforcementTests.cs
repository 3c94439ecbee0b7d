using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Ringfence.Engine;
using Ringfence.Evidence.Probes;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;

namespace Ringfence.Lab.Tests;

/// <summary>Policies in force in a lab, with real packets.</summary>
public class EnforcementTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(30);

    private static readonly NetworkPolicy DenyIngress = new() { Namespace = "shop", Name = "deny", AffectsIngress = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LabFamilies.V4)]
    [InlineData(LabFamilies.V6)]
    [InlineData(LabFamilies.Dual)]
    public async Task EveryPair_IsAsTheEngineSays(LabFamilies families)
    {
        Root.IsNeeded();
        var input = Cluster(
            Pod("a", "node-1", Port(80), Port(81)), Pod("b", "node-1", Port(80), Port(81)), Pod("c", "node-2", Port(80), Port(81)), Pod("d", "node-2", Port(80), Port(81)),
            DenyIngress with { PodSelector = Select("c") },
            DenyIngress with { Name = "door", PodSelector = Select("b"), Ingress = [Rule(Select("c"), 80)] },
            new NetworkPolicy { Namespace = "shop", Name = "out", PodSelector = Select("d"), AffectsEgress = true, Egress = [Rule(Select("a"), 81)] });
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, input, null, Cancellation);

        var differences = await DifferencesAsync(lab);

        Assert.Empty(differences);
    }

    [Fact]
    public async Task Apply_LabelChange_ChangesWhatIsAdmitted()
    {
        Root.IsNeeded();
        ClusterObjects Input(string label) => Cluster(
            Pod("client", "node-1") with { Labels = LabelSet.Of("app", label) },
            Pod("server", "node-2", Port(80)),
            DenyIngress with { PodSelector = Select("server"), Ingress = [Rule(Select("friend"), 80)] });
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Input("stranger"), null, Cancellation);
        await ExpectAsync(Observed.Dropped, lab, "shop/client", "shop/server", 80);

        await lab.ApplyAsync(Input("friend"), Cancellation);
        await ExpectAsync(Observed.Answered, lab, "shop/client", "shop/server", 80);

        await lab.ApplyAsync(Input("stranger"), Cancellation);
        await ExpectAsync(Observed.Dropped, lab, "shop/client", "shop/server", 80);
    }

    [Fact]
    public async Task NewPod_IsGuardedFromItsFirstPacket()
    {
        Root.IsNeeded();
        const int Rounds = 5;
        ClusterObjects Input(int number) => Cluster(Pod("client", "node-1", Port(80)), Pod($"late-{number}", "node-1", Port(80)), DenyIngress with { PodSelector = Select($"late-{number}") });
        await using var lab = await LabCluster.StartAsync(new LabOptions(), Input(0), null, Cancellation);

        // Whatever address the next pods get, somebody asks there all the time.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var addresses = Enumerable.Range(2, 20).Select(number => Address.Parse($"10.244.1.{number}")).Except(lab.Pods["shop/client"].Pod.Addresses).ToList();
        var asking = addresses.Select(address => KnockAsync(lab, address, stop.Token)).ToList();
        for (var number = 1; number <= Rounds; number++)
        {
            await lab.ApplyAsync(Input(number), Cancellation);
            Assert.Contains(lab.Pods[$"shop/late-{number}"].Pod.Addresses[0], addresses);
            await ExpectAsync(Observed.Answered, lab, $"shop/late-{number}", "shop/client", 80);
        }

        await stop.CancelAsync();
        Assert.Equal(0, (await Task.WhenAll(asking)).Sum());
    }

    /// <summary>Connects to an address from outside without pause, and counts how often that succeeds.</summary>
    private static async Task<int> KnockAsync(LabCluster lab, Address address, CancellationToken stop)
    {
        var opened = 0;
        var dns = lab.Pods.Values.Where(pod => pod.Pod.Namespace == "kube-system").SelectMany(pod => pod.Pod.Addresses).ToList();
        while (!stop.IsCancellationRequested && !dns.Contains(address))
        {
            using var socket = lab.Outside.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            using var time = CancellationTokenSource.CreateLinkedTokenSource(stop);
            time.CancelAfter(20);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address.ToIPAddress(), 80), time.Token);
                opened++;
            }
            catch (Exception refused) when (refused is SocketException or OperationCanceledException)
            {
                await Task.Yield();
            }
        }

        return opened;
    }

    private static async Task<List<string>> DifferencesAsync(LabCluster lab)
    {
        var names = lab.Pods.Keys.Where(name => name.StartsWith("shop/", StringComparison.Ordinal)).ToList();
        var pairs = from source in names from destination in names where source != destination from port in new[] { 80, 81 } select (source, destination, port);
        var snapshot = lab.Reachability.Snapshot;
        int Number(string name) => snapshot.FindPod("shop", name["shop/".Length..]);
        var differences = await Task.WhenAll(pairs.SelectMany(pair => lab.Pods[pair.source].Pod.Addresses.Select(async from =>
        {
            var to = lab.Pods[pair.destination].Pod.Addresses.First(address => address.Family == from.Family);
            var expected = lab.Reachability.IsAllowed(Number(pair.source), Number(pair.destination), Protocol.Tcp, pair.port) ? Observed.Answered : Observed.Dropped;
            var probe = new Probe(new ProbeEnd(pair.source, from, IsPod: true), new ProbeEnd(pair.destination, to, IsPod: true), Protocol.Tcp, pair.port);
            var seen = (await lab.Prober.TryAsync(probe, expected == Observed.Answered ? LongPatience : Patience, Cancellation)).Observed;
            return seen == expected ? null : $"{pair.source} to {pair.destination}:{pair.port} over {from.Family}: {seen}, not {expected}";
        })));
        return [.. differences.OfType<string>()];
    }

    // A busy machine may be slow to answer; what is dropped is dropped at once.
    private static async Task ExpectAsync(Observed expected, LabCluster lab, string source, string destination, int port)
    {
        ProbeEnd End(string name) => new(name, lab.Pods[name].Pod.Addresses[0], IsPod: true);
        var probe = new Probe(End(source), End(destination), Protocol.Tcp, port);
        var attempt = await lab.Prober.TryAsync(probe, expected == Observed.Dropped ? Patience : LongPatience, Cancellation);
        Assert.Equal(expected, attempt.Observed);
    }

    private static LabelSelector Select(string app) => new([new Requirement("app", SelectorOperator.In, [app])]);

    private static PolicyRule Rule(LabelSelector peer, int port) =>
        new([new PolicyPeer(peer, null, null, default)], [new PolicyPort(Protocol.Tcp, null, port, port, default)], default);
}
