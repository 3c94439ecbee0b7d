using System.Net.Sockets;
using Ringfence.Model;
using Xunit;
using static Ringfence.Lab.Tests.Objects;
using static Ringfence.Lab.Tests.Policies;

namespace Ringfence.Lab.Tests;

/// <summary>Connections that are open when policy comes to deny them.</summary>
public sealed class RevocationTests
{
    private const int Web = 8000;
    private static readonly (SocketError, SocketError) Silence = (SocketError.TimedOut, SocketError.TimedOut);
    private static readonly (SocketError, SocketError) Resets = (SocketError.ConnectionReset, SocketError.ConnectionReset);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<LabFamilies, Protocol, string, bool, bool> Ways =>
    [
        .. from families in new[] { LabFamilies.V4, LabFamilies.V6 }
           from protocol in new[] { Protocol.Tcp, Protocol.Udp }
           from node in new[] { "node-1", "node-2" }
           from egress in new[] { false, true }
           from service in new[] { false, true }
           where families == LabFamilies.V4 || (service && node == "node-2")
           select new TheoryDataRow<LabFamilies, Protocol, string, bool, bool>(families, protocol, node, egress, service),
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Apply_DeniesOpenFlow_CutsItAlone_UntilItIsAllowedAgain(LabFamilies families, Protocol protocol, string node, bool egress, bool service)
    {
        Root.IsNeeded();
        ClusterObjects Input(params string[] allowed) => Cluster(
            Pod("server", "node-1"), Pod("client", node), Pod("friend", node), Service("server"),
            egress ? Egress("client", [.. allowed.Select(_ => "server")]) : Ingress("server", [.. allowed, "friend"]));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Families = families }, Input("client"), null, Cancellation);
        Conversation Begin(string client, int port) => service
            ? Conversation.Begin(protocol, lab.Pods[$"shop/{client}"].Network, lab.Pods["shop/server"].Network, port, lab.State.Services.Single(item => item.Name == "server").ClusterIPs[0], port + 1000)
            : Conversation.Begin(protocol, lab.Pods[$"shop/{client}"].Network, lab.Pods["shop/server"].Network, port, lab.Pods["shop/server"].Pod.Addresses[0]);
        using var first = Begin("client", Web);
        using var second = Begin("client", Web + 1);
        using var friend = Begin("friend", Web + 2);
        using var goingOn = GoOn(friend);

        await lab.ApplyAsync(Input(), Cancellation);

        Assert.Equal(protocol == Protocol.Tcp ? Resets : Silence, first.Speak());
        Assert.Equal(protocol == Protocol.Tcp ? Resets : Silence, second.Speak(serverFirst: true));
        first.Dispose();
        second.Dispose();

        await lab.ApplyAsync(Input("client"), Cancellation);

        using var again = Begin("client", Web);
        again.GoOn();
    }

    [Theory]
    [InlineData(Protocol.Tcp)]
    [InlineData(Protocol.Udp)]
    public async Task Apply_WithoutRevoking_KeepsWhatIsOpen_AndDeniesWhatIsNew(Protocol protocol)
    {
        Root.IsNeeded();
        ClusterObjects Input(params string[] allowed) => Cluster(Pod("server", "node-1"), Pod("client", "node-2"), Ingress("server", allowed));
        await using var lab = await LabCluster.StartAsync(new LabOptions { Revoke = false }, Input("client"), null, Cancellation);
        using var open = Conversation.Begin(protocol, lab.Pods["shop/client"].Network, lab.Pods["shop/server"].Network, Web, lab.Pods["shop/server"].Pod.Addresses[0]);

        await lab.ApplyAsync(Input(), Cancellation);

        open.GoOn();
        using var box = Mailbox.Open(lab.Pods["shop/server"].Network, Web + 1);
        using var letters = Letters.Send(lab.Pods["shop/client"].Network, "client", 0, (lab.Pods["shop/server"].Pod.Addresses[0], Web + 1));
        Assert.True(SpinWait.SpinUntil(() => letters.Rounds > 50, 60_000));
        open.GoOn();
        Assert.Equal(0, box.From("client"));
    }

    private static Ongoing GoOn(Conversation conversation) => new(conversation);

    private static Service Service(string name) => new()
    {
        Namespace = "shop",
        Name = name,
        Selector = LabelSet.Of("app", name),
        Ports =
        [
            .. from protocol in new[] { Protocol.Tcp, Protocol.Udp }
               from port in Enumerable.Range(Web, 3)
               select new ServicePort($"{protocol.ToText().ToLowerInvariant()}-{port}", port + 1000, protocol, new PortReference(port, null), null),
        ],
    };

    /// <summary>A conversation that never ends before it is disposed.</summary>
    private sealed class Ongoing : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _task;

        public Ongoing(Conversation conversation) => _task = Task.Run(() =>
        {
            while (!_stop.IsCancellationRequested) conversation.GoOn();
        });

        public void Dispose()
        {
            _stop.Cancel();
            _task.GetAwaiter().GetResult();
            _stop.Dispose();
        }
    }
}
