using System.Net.Sockets;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Engine;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Flows;

/// <summary>A node's own rules, as compiled and programmed, with the log and the revocation of its flows.</summary>
public sealed class EnforcedFlowTests : IDisposable
{
    private static readonly RuleOptions Options = new() { LogAllowed = true };

    private readonly RoutedNetwork _network;
    private readonly NodeTable _table;
    private readonly ConnectionTracker _tracker;
    private readonly FlowRevoker _revoker;
    private readonly Reachability _cluster = Shop.Compile();
    private readonly NodeScope _scope = Shop.Node(Shop.Web, Shop.Db, Shop.Other);

    public EnforcedFlowTests()
    {
        Privileges.Require();
        _network = new RoutedNetwork(3);
        _table = NodeTable.Open(_network.Router);
        _tracker = new ConnectionTracker(_network.Router);
        _revoker = new FlowRevoker(_tracker, Options.RevokedMark);
        Commit();
    }

    public void Dispose()
    {
        _tracker?.Dispose();
        _table?.Dispose();
        _network?.Dispose();
    }

    [Theory, InlineData(IpFamily.V4), InlineData(IpFamily.V6)]
    public async Task Policy_ClosesAnOpenConnection_CutsItAloneAndLogsWhatFollows(IpFamily family)
    {
        var (denied, deniedServer) = _network.Connect(3, 2, 5432, family);
        var (allowed, allowedServer) = _network.Connect(1, 2, 5432, family);
        using var a = denied;
        using var b = deniedServer;
        using var c = allowed;
        using var d = allowedServer;
        using var log = FlowLog.Open(_network.Router, new FlowLogOptions { Groups = [10, 11] });

        var (program, cut) = Change(Shop.DbOnly);

        Assert.Equal(RoutedNetwork.AddressOf(3, family), Assert.Single(cut.Cut).Source);
        Assert.Equal(SocketError.ConnectionReset, Problem(denied));
        Assert.Equal(SocketError.ConnectionReset, Problem(deniedServer));
        Assert.Null(Problem(allowed, allowedServer));

        using var again = _network.Open(3, SocketType.Stream, 0, family);
        again.Blocking = false;
        Assert.Throws<SocketException>(() => again.Connect(RoutedNetwork.EndPoint(2, 5432, family)));
        var (more, moreServer) = _network.Connect(1, 2, 5432, family);
        using var e = more;
        using var f = moreServer;

        var narrator = new FlowNarrator("node-1", _cluster, program.Rulesets);
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await foreach (var packet in log.ReadAsync(timeout.Token))
        {
            var record = narrator.Tell(packet);
            Assert.True(record.IsAllowed || program.Rulesets.ContainsKey(packet.Prefix.Key));
            lines.Add($"{(record.IsAllowed ? "allowed" : "denied")} {record.Source.Name} -> {record.Destination.Name} {record.Protocol} {record.Port} by {record.Rule?.Name ?? record.Policies[0].QualifiedName}");
            if (lines.Count == 2) break;
        }

        Assert.Equal(["allowed shop/web -> shop/db TCP 5432 by shop/db-only ingress[0]", "denied shop/other -> shop/db TCP 5432 by shop/db-only"], lines);
    }

    [Fact]
    public void Policy_ClosesWhileFlowsBegin_LeavesNoneOpen()
    {
        for (var round = 0; round < 5; round++)
        {
            using var stop = new CancellationTokenSource();
            var sent = 0;
            var senders = new Thread(() =>
            {
                using var socket = _network.Open(3, SocketType.Dgram);
                for (var port = 1; port < 60_000 && !stop.IsCancellationRequested; port++)
                {
                    socket.SendTo([1], RoutedNetwork.EndPoint(2, port));
                    Interlocked.Increment(ref sent);
                }
            });
            senders.Start();
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref sent) > 500, 60_000));

            var (_, cut) = Change(Shop.DbOnly);

            Assert.NotEmpty(cut.Cut);
            Assert.Empty(_tracker.List((in TrackedFlow flow) => flow.Source == RoutedNetwork.AddressOf(3) && (flow.Mark & Options.RevokedMark) == 0));
            stop.Cancel();
            senders.Join();
            Change(Shop.DbOnly, removed: true);
        }
    }

    private (NodeProgram Program, Revocation Revocation) Change(NetworkPolicy policy, bool removed = false)
    {
        _cluster.Apply(new Change(policy, removed));
        var program = Commit();
        return (program, _revoker.Revoke(new ReachabilityFlowJudge(_cluster, _scope, OwnAddresses.Read(_network.Router)).IsAllowed));
    }

    private NodeProgram Commit()
    {
        var program = NodeCompiler.Compile(_cluster, _scope, Options);
        _table.Apply(program.Rules);
        return program;
    }

    /// <summary>Sends, and waits for the answer: one, or the error that comes instead.</summary>
    private static SocketError? Problem(Socket socket, Socket? echo = null)
    {
        try
        {
            socket.Send([9]);
            if (echo is not null) echo.Send(new byte[echo.Receive(new byte[16])]);
            socket.Receive(new byte[16]);
            return null;
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode;
        }
    }
}
