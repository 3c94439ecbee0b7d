using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Engine.Tests.Properties;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Compilation;

/// <summary>What the rules of the nodes do with a packet, against what the oracle says about the flow.</summary>
public sealed class CompilerAgainstOracleTests
{
    private const int Clusters = 120;
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;

    [Fact]
    public void Rules_RandomClusters_PassWhatTheOracleAllows()
    {
        var (answers, allowed) = (0L, 0L);
        for (var seed = 0; seed < Clusters; seed++)
        {
            var dice = new Dice(seed);
            var cluster = RealisedCluster.Create(RandomCluster.CreateSmall(seed), dice);
            var reachability = Reachability.Compile(Snapshot.Create(cluster.Objects));
            var options = new RuleOptions { MostSharedSets = seed % 2 == 0 ? 8 : 1 };
            var nodes = cluster.Scopes.ToDictionary(scope => scope.Node, scope => new RulesInterpreter(NodeCompiler.Compile(reachability, scope, options).Rules));
            foreach (var family in (IpFamily[])[IpFamily.V4, IpFamily.V6]) Compare(seed, cluster.Of(family), family, nodes, ref answers, ref allowed);
        }

        Assert.True(answers > 100_000, $"only {answers} answers");
        Assert.True(allowed > answers / 10 && allowed < answers * 9 / 10, $"{allowed} of {answers} allowed");
    }

    [Fact]
    public void Rules_SameClusterInAnotherOrder_AreTheSame()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var cluster = RealisedCluster.Create(RandomCluster.CreateSmall(seed), new Dice(seed));
            var turned = cluster.Objects with
            {
                Pods = [.. cluster.Objects.Pods.Reverse()],
                NetworkPolicies = [.. cluster.Objects.NetworkPolicies.Reverse()],
                Namespaces = [.. cluster.Objects.Namespaces.Reverse()],
            };
            foreach (var scope in cluster.Scopes)
            {
                var rules = NodeCompiler.Compile(Reachability.Compile(Snapshot.Create(cluster.Objects)), scope, new RuleOptions()).Rules;
                var others = NodeCompiler.Compile(Reachability.Compile(Snapshot.Create(turned)), scope, new RuleOptions()).Rules;
                Assert.Equal(rules.Chains.Values, others.Chains.Values);
                Assert.Equal(rules.Sets.Values, others.Sets.Values);
                Assert.Equal(rules.Counters, others.Counters);
            }
        }
    }

    private static void Compare(
        int seed, ClusterObjects cluster, IpFamily family, Dictionary<string, RulesInterpreter> nodes, ref long answers, ref long allowed)
    {
        var oracle = new NaiveOracle(cluster);
        var ports = Boundaries.Ports(cluster);
        var outside = Boundaries.Addresses(cluster).Where(address => address.Family == family && !IsLocal(cluster, address)).ToList();
        var ends = cluster.Pods.Select(pod => End.Of(pod)).Concat(outside.Select(End.Of)).ToImmutableArray();
        foreach (var source in ends)
            foreach (var destination in ends)
            {
                if (source.Pod is null && destination.Pod is null) continue;
                if (oracle.IsExempt(source, destination) && !source.IsSame(destination)) continue;

                // Traffic within a node's own network passes no forward hook.
                if (source.Pod is { Network.HostNetwork: true } && destination.Pod is { Network.HostNetwork: true }) continue;
                foreach (var (protocol, port) in Wires(ports))
                {
                    var expected = oracle.Allowed(source, destination, protocol, port) == Truth.Yes;
                    var packet = new Packet(
                        "", source.Addresses[0], destination.Addresses[0], protocol is { } known ? Keys.Number(known) : family == IpFamily.V4 ? Icmp : Icmpv6, port);
                    var passes = Passes(packet, source, destination, nodes);
                    answers++;
                    if (expected) allowed++;
                    if (passes != expected)
                        Assert.Fail($"seed {seed}: {source} -> {destination} {protocol} {port} ({packet.Source} -> {packet.Destination}): the oracle says {expected}, the rules {passes}");
                }
            }
    }

    private static bool Passes(Packet packet, End source, End destination, Dictionary<string, RulesInterpreter> nodes)
    {
        var from = source.Pod is { Network.HostNetwork: false } pod ? pod.NodeName! : null;
        var to = destination.Pod is { Network.HostNetwork: false } other ? other.NodeName! : null;
        if (from is not null && !nodes[from].Passes(packet with { Interface = RealisedCluster.InterfaceOf(source.Pod!) })) return false;
        return to is null || to == from || nodes[to].Passes(packet with { Interface = "eth0" });
    }

    private static bool IsLocal(ClusterObjects cluster, Address address) =>
        cluster.Nodes.Any(node => node.Addresses.Contains(address) || node.PodCidrs.Any(range => range.Contains(address)));

    private static IEnumerable<(Protocol? Protocol, int Port)> Wires(ImmutableArray<int> ports)
    {
        foreach (var protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
            foreach (var port in ports) yield return (protocol, port);
        yield return (null, 0);
    }
}
