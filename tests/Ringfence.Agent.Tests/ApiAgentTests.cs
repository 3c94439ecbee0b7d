using System.Net.Sockets;
using Ringfence.Agent.Following;
using Ringfence.Agent.Tests.Following;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Tests.Flows;
using Ringfence.Dataplane.Tests.Plumbing;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Agent.Tests;

/// <summary>The agent of the API with a real kernel table.</summary>
public class ApiAgentTests
{
    [Fact]
    public void Run_AnyInterleavingWithAgentsThatEndMidway_KernelHasWhatAFreshStartCommits()
    {
        Privileges.Require();
        for (var seed = 0; seed < 12; seed++)
        {
            using var network = NetworkNamespace.Create();
            var (history, dice) = (new History(seed, changes: 60), new Dice(seed));
            var agent = new RunningAgent(network, History.Node);
            try
            {
                history.Tell(agent.Sink, () =>
                {
                    if (dice.Percent(10)) Thread.Sleep(dice.UpTo(8));
                });
                if (seed % 2 == 1)
                {
                    agent.Dispose();
                    agent = new RunningAgent(network, History.Node);
                    history.TellEnd(agent.Sink);
                }

                agent.Await(1001);
                agent.Sink.Change(new Namespace { Name = "last", Labels = LabelSet.Of("seed", $"{seed}") }, removed: false);

                using var freshNetwork = NetworkNamespace.Create();
                using var fresh = new RunningAgent(freshNetwork, History.Node);
                history.TellEnd(fresh.Sink);
                fresh.Await(1001);
                var expected = fresh.Node.Program!.Rules;
                RunningAgent.Await(() => agent.Node.Table.Programmed?.Equals(expected) == true, $"as a fresh start, seed {seed}", agent);
                ClusterStateTests.AssertSame(expected, agent.Node.Table.Read(expected), $"seed {seed}");
            }
            finally
            {
                agent.Dispose();
            }
        }
    }

    [Fact]
    public void Run_NothingEnforcedBefore_ClosesThePodRangesFirst_AndNothingElseUntilAllIsKnown()
    {
        Privileges.Require();
        using var network = NetworkNamespace.Create();
        using (var first = new RunningAgent(network, "n1"))
        {
            first.Sink.Replace("Node", [NodeOf()], []);
            first.Await(1012);
            Assert.Single(first.Node.Table.Read().Sets["local4"].Elements);
            Assert.True(first.Node.Table.Read().Sets["known4"].Elements.IsEmpty);
            Assert.Contains(first.Agent.Health.Readiness, check => check.Problem?.Contains("Namespace, NetworkPolicy, Pod", StringComparison.Ordinal) == true);

            first.Replace(NodeOf(), PodOf("a", "10.0.0.2"));
            first.Await(1001);
            RunningAgent.Await(() => first.Node.Table.Read().Sets["known4"].Elements.Length == 1, "programmed", first);
            Assert.All(first.Agent.Health.Readiness, check => Assert.Null(check.Problem));
        }

        // What was enforced stays, whatever comes before everything has.
        using var second = new RunningAgent(network, "n1");
        second.Sink.Replace("Node", [NodeOf() with { PodCidrs = [Prefix.Parse("10.9.0.0/24")] }], []);
        second.Sink.Replace("Pod", [], []);
        RunningAgent.Await(() => second.Agent.Health.Readiness.Any(check => check.Problem?.Contains("every Namespace, NetworkPolicy", StringComparison.Ordinal) == true), "heard", second);
        Assert.Single(second.Node.Table.Read().Sets["known4"].Elements);
        Assert.Empty(second.Told);
    }

    [Fact]
    public void Run_SomebodyDeletesTheTable_RepairsItAtOnceAndSaysWho()
    {
        Privileges.Require();
        using var network = NetworkNamespace.Create();
        using var agent = new RunningAgent(network, "n1", new NodeAgentOptions { Table = new NodeTableOptions { Own = false } });
        agent.Replace(NodeOf(), PodOf("a", "10.0.0.2"));
        agent.Await(1001);
        var rules = agent.Node.Program!.Rules;

        network.LoadRules("delete table inet ringfence");
        RunningAgent.Await(() => agent.Node.Table.Read(rules).Equals(rules), "repaired", agent);
        agent.Await(1004);
        Assert.Contains(agent.Told, item => item.Text.Contains("nft", StringComparison.Ordinal) && item.Text.Contains("is gone", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_NodeAsksForIt_LogsAllowedConnections()
    {
        Privileges.Require();
        using var network = NetworkNamespace.Create();
        using var agent = new RunningAgent(network, "n1");
        agent.Replace(NodeOf());
        agent.Await(1001);
        var without = agent.Node.Program!.Rules.Chains["forward"].Rules.Length;

        agent.Sink.Change(NodeOf() with { Annotations = LabelSet.Of(ClusterState.LogAnnotation, "true") }, removed: false);
        RunningAgent.Await(() => agent.Node.Program!.Rules.Chains["forward"].Rules.Length == without + 1, "logging", agent);
        agent.Sink.Change(NodeOf(), removed: false);
        RunningAgent.Await(() => agent.Node.Program!.Rules.Chains["forward"].Rules.Length == without, "silent", agent);
    }

    [Fact]
    public void Run_Once_EndsWhenAllIsInForce()
    {
        Privileges.Require();
        using var network = NetworkNamespace.Create();
        using var agent = new RunningAgent(network, "n1", once: true);
        agent.Replace(NodeOf(), PodOf("a", "10.0.0.2"));
        Assert.True(agent.Result());
        Assert.Single(agent.Node.Table.Read().Sets["known4"].Elements);
    }

    [Theory, InlineData(IpFamily.V4), InlineData(IpFamily.V6)]
    public void Run_PolicyClosesAnOpenConnection_CutsItAlone(IpFamily family)
    {
        Privileges.Require();
        using var network = new RoutedNetwork(3);
        using var agent = new RunningAgent(network.Router, "node-1");
        Pod[] pods = [.. ((Pod[])[Shop.Web, Shop.Db, Shop.Other]).Select((pod, index) => pod with
        {
            NodeName = "node-1",
            Annotations = LabelSet.Of(ManifestAgent.InterfaceAnnotation, $"veth{index + 1}"),
        })];
        agent.Replace([new Namespace { Name = "shop" }, .. pods]);
        agent.Await(1001);

        var (denied, deniedServer) = network.Connect(3, 2, 5432, family);
        var (allowed, allowedServer) = network.Connect(1, 2, 5432, family);
        using var a = denied;
        using var b = deniedServer;
        using var c = allowed;
        using var d = allowedServer;

        agent.Sink.Change(Shop.DbOnly, removed: false);
        agent.Await(1015);
        denied.Send([1]);
        RunningAgent.Await(() => IsReset(denied), "cut", agent);
        allowed.Send([1]);
        Assert.Equal(1, allowedServer.Receive(new byte[1]));

        // Allowed again: what begins now goes through.
        agent.Sink.Change(Shop.DbOnly, removed: true);
        RunningAgent.Await(() => agent.Node.Program!.Rulesets.Count == 0, "open", agent);
        var (again, againServer) = network.Connect(3, 2, 5432, family);
        again.Dispose();
        againServer.Dispose();
    }

    private static bool IsReset(Socket socket)
    {
        socket.Blocking = false;
        try
        {
            socket.Receive(new byte[1]);
            return false;
        }
        catch (SocketException problem)
        {
            return problem.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private static Node NodeOf() => new() { Name = "n1", PodCidrs = [Prefix.Parse("10.0.0.0/24")], Addresses = [Address.Parse("172.16.0.1")] };

    private static Pod PodOf(string name, string address) => new()
    {
        Namespace = "shop",
        Name = name,
        NodeName = "n1",
        Phase = PodPhase.Running,
        Addresses = [Address.Parse(address)],
        Annotations = LabelSet.Of(ManifestAgent.InterfaceAnnotation, $"veth-{name}"),
    };
}
