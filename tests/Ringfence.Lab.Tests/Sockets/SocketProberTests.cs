using Ringfence.Evidence.Probes;
using Ringfence.Lab.Sockets;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Sockets;

public sealed class SocketProberTests : IDisposable
{
    private static readonly Protocol[] Protocols = [Protocol.Tcp, Protocol.Udp, Protocol.Sctp];

    private readonly TwoSubnets _network = new();

    public static TheoryData<Protocol, string> Flows
    {
        get
        {
            var rows = new TheoryData<Protocol, string>();
            foreach (var protocol in Protocols)
                foreach (var to in new[] { "10.9.1.2", "fd09:1::2" }) rows.Add(protocol, to);
            return rows;
        }
    }

    public void Dispose() => _network.Dispose();

    [Theory, MemberData(nameof(Flows))]
    public async Task TryAsync_ListeningPort_IsAnsweredByName(Protocol protocol, string to)
    {
        Listen(new ContainerPort(null, 8000, protocol));

        var attempt = await _network.ProbeAsync(protocol, 8000, to);

        Assert.Equal((Observed.Answered, "shop/web"), (attempt.Observed, attempt.Detail));
    }

    [Theory, MemberData(nameof(Flows))]
    public async Task TryAsync_ClosedPort_IsRefused(Protocol protocol, string to)
    {
        Listen(new ContainerPort(null, 8000, protocol));

        Assert.Equal(Observed.Refused, (await _network.ProbeAsync(protocol, 8001, to)).Observed);
    }

    [Theory, MemberData(nameof(Flows))]
    public async Task TryAsync_PodWithoutListeners_IsRefused(Protocol protocol, string to)
    {
        Listen();

        Assert.Equal(Observed.Refused, (await _network.ProbeAsync(protocol, 8000, to)).Observed);
    }

    [Theory, MemberData(nameof(Flows))]
    public async Task TryAsync_DropOnTheWay_IsDropped(Protocol protocol, string to)
    {
        Listen(new ContainerPort(null, 8000, protocol));
        _network.Filter("drop");

        Assert.Equal(Observed.Dropped, (await _network.ProbeAsync(protocol, 8000, to, milliseconds: 300)).Observed);
    }

    [Theory, MemberData(nameof(Flows))]
    public async Task TryAsync_RouterSaysHostUnreachable_IsNoRouteFromTheWay(Protocol protocol, string to)
    {
        Listen(new ContainerPort(null, 8000, protocol));
        _network.Filter("reject with icmpx type host-unreachable");

        var attempt = await _network.ProbeAsync(protocol, 8000, to);

        Assert.Equal(Observed.NoRoute, attempt.Observed);
        Assert.Contains("on the way", attempt.Detail, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Flows))]
    public async Task TryAsync_RouterProhibits_IsNoRoute(Protocol protocol, string to)
    {
        _network.Filter("reject with icmpx type admin-prohibited");

        Assert.Equal(Observed.NoRoute, (await _network.ProbeAsync(protocol, 8000, to)).Observed);
    }

    [Theory, MemberData(nameof(Flows))]
    public async Task TryAsync_SourceWithoutRoute_IsNoRouteOfTheSource(Protocol protocol, string to)
    {
        TwoSubnets.Run(_network.Client, "ip route del default; ip -6 route del default");

        var attempt = await _network.ProbeAsync(protocol, 8000, to);

        Assert.Equal(Observed.NoRoute, attempt.Observed);
        Assert.Contains("here/client itself has no route", attempt.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryAsync_RejectWithReset_IsRefused()
    {
        Listen(new ContainerPort(null, 8000, Protocol.Tcp));
        _network.Filter("meta l4proto tcp reject with tcp reset");

        Assert.Equal(Observed.Refused, (await _network.ProbeAsync(Protocol.Tcp, 8000)).Observed);
    }

    [Fact]
    public async Task TryAsync_SourceWithoutNetwork_Fails()
    {
        var source = new ProbeEnd("nobody", TwoSubnets.ClientAddress, IsPod: true);
        var probe = new Probe(source, source, Protocol.Tcp, 80);

        var attempt = await _network.Prober.TryAsync(probe, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(Observed.Failed, attempt.Observed);
    }

    [Fact]
    public async Task TryAsync_AddressThatTheSourceLacks_Fails()
    {
        var probe = new Probe(
            new ProbeEnd("here/client", Address.Parse("10.77.0.1"), IsPod: true),
            new ProbeEnd("there/server", TwoSubnets.ServerAddress, IsPod: true),
            Protocol.Tcp,
            80);

        var attempt = await _network.Prober.TryAsync(probe, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(Observed.Failed, attempt.Observed);
    }

    [Fact]
    public async Task TryAsync_Cancelled_Throws()
    {
        _network.Filter("drop");
        using var cancellation = new CancellationTokenSource();
        var source = new ProbeEnd("here/client", TwoSubnets.ClientAddress, IsPod: true);
        var probe = new Probe(source, new ProbeEnd("there/server", TwoSubnets.ServerAddress, IsPod: true), Protocol.Tcp, 80);

        var trying = _network.Prober.TryAsync(probe, TimeSpan.FromMinutes(1), cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
    }

    // The first flow was allowed and is remembered; the second must be judged on its own.
    [Theory, MemberData(nameof(Flows))]
    public async Task TryAsync_AfterPolicyChanged_IsNotTakenForTheFlowBefore(Protocol protocol, string to)
    {
        Listen(new ContainerPort(null, 8000, protocol));
        _network.Filter("accept");
        Assert.Equal(Observed.Answered, (await _network.ProbeAsync(protocol, 8000, to)).Observed);

        _network.Filter("drop");

        Assert.Equal(Observed.Dropped, (await _network.ProbeAsync(protocol, 8000, to, milliseconds: 300)).Observed);
    }

    [Fact]
    public async Task TryAsync_HundredsAtATimeOfMixedOutcome_AreAllRight()
    {
        Listen([.. Protocols.Select(protocol => new ContainerPort(null, 8000, protocol))]);
        _network.Filter("th dport 8002 drop; th dport 8003 reject with icmpx type host-unreachable");
        var flows = Enumerable.Range(0, 600)
            .Select(i => (Protocol: Protocols[i % 3], Port: 8000 + (i / 3 % 4), To: i / 12 % 2 == 0 ? "10.9.1.2" : "fd09:1::2"))
            .Where(flow => flow is not { Protocol: Protocol.Sctp, Port: 8003 })
            .ToArray();

        var attempts = await Task.WhenAll(flows.Select(async flow => (flow, (await _network.ProbeAsync(flow.Protocol, flow.Port, flow.To, milliseconds: flow.Port == 8002 ? 1000 : 60_000)).Observed)));

        Assert.Equal(
            flows.Select(flow => (flow, (Observed)(flow.Port - 8000))),
            attempts);
    }

    [Theory]
    [InlineData("10.9.1.2")]
    [InlineData("fd09:1::2")]
    public async Task TryAsync_SctpToAPodWithoutPorts_IsAbortedByThePodItself(string to)
    {
        Listen();

        var attempt = await _network.ProbeAsync(Protocol.Sctp, 3868, to);

        Assert.Equal((Observed.Refused, "the association was aborted"), (attempt.Observed, attempt.Detail));
    }

    private void Listen(params ContainerPort[] ports) =>
        _network.Keep(PodListeners.Open(_network.Server, "shop/web", [TwoSubnets.ServerAddress, TwoSubnets.ServerAddress6], ports));
}
