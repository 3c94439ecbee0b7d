using System.Globalization;
using System.Text;
using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Packets;

/// <summary>Policies of a node with 110 pods, of which one is the server and one the client that it admits, as Ringfence compiles them and as a rule a peer.</summary>
/// <param name="Count">Number of policies; each selects one pod of the node and admits two pods of other nodes, by labels, to one port.</param>
/// <param name="OfServer">How many of them select the server; the one that admits the client is in their middle.</param>
internal sealed record PacketRules(int Count, int OfServer)
{
    private const int PodsOnNode = 110;

    public NodeProgram Compile()
    {
        var (pods, policies) = (new List<Pod> { Pod("client", "client", ForwardingNode.ClientAddress), Pod("server", "server", ForwardingNode.ServerAddress) }, new List<NetworkPolicy>());
        for (var i = 2; i < PodsOnNode; i++) pods.Add(Pod(Name("pod", i), Name("pod", i), Local(i)));
        for (var i = 0; i < Count; i++)
        {
            for (var peer = 0; peer < 2; peer++) pods.Add(Pod(Name("peer", (2 * i) + peer), Name("peers", i), Peer(i, peer)));
            policies.Add(Policy(Name("policy", i), Selected(i), Name("peers", i)));
        }

        policies[OfServer / 2] = Policy("middle", "server", "client");
        var objects = ClusterObjects.Empty with { Namespaces = [new Namespace { Name = "bench" }], Pods = [.. pods], NetworkPolicies = [.. policies] };
        var scope = new NodeScope("node", [Prefix.Parse("10.99.0.0/16")],
            [.. pods.Take(PodsOnNode).Select((pod, i) => new LocalPod("bench", pod.Name, i == 0 ? ForwardingNode.ClientInterface : i == 1 ? ForwardingNode.ServerInterface : Name("none", i)))]);
        return NodeCompiler.Compile(Reachability.Compile(Snapshot.Create(objects)), scope, new RuleOptions());
    }

    /// <summary>The same as one rule for each pair of a selected pod and a peer.</summary>
    public string RuleAPeer()
    {
        var text = new StringBuilder("table inet naive {\n chain forward {\n  type filter hook forward priority 0; policy accept;\n  ct state established,related accept\n");
        for (var place = 0; place < Count; place++)
            for (var peer = 0; peer < 2; peer++)
            {
                // The server's rules are in the middle of all, as they would be on average.
                var i = (place + (Count / 2)) % Count;
                var (from, to) = i == OfServer / 2 ? (ForwardingNode.ClientAddress, ForwardingNode.ServerAddress) : (Peer(i, peer), AddressOf(i));
                foreach (var protocol in (string[])["tcp", "udp"])
                    text.Append(CultureInfo.InvariantCulture, $"  ip saddr {from} ip daddr {to} {protocol} dport {ForwardingNode.Port} accept\n");
            }

        foreach (var address in Enumerable.Range(0, Count).Select(AddressOf).Distinct()) text.Append(CultureInfo.InvariantCulture, $"  ip daddr {address} drop\n");
        return text.Append(" }\n}\n").ToString();
    }

    private string Selected(int policy) => policy < OfServer ? "server" : Name("pod", 2 + (policy % (PodsOnNode - 2)));

    private Address AddressOf(int policy) => policy < OfServer ? ForwardingNode.ServerAddress : Local(2 + (policy % (PodsOnNode - 2)));

    private static Address Local(int pod) => new(IpFamily.V4, 0x0A630300u + (uint)pod);

    private static Address Peer(int policy, int peer) => new(IpFamily.V4, 0x0A000000u + (uint)((2 * policy) + peer + 1));

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");

    private static Pod Pod(string name, string app, Address address) => new()
    {
        Namespace = "bench",
        Name = name,
        Labels = LabelSet.Of("app", app),
        Phase = PodPhase.Running,
        Addresses = [address],
    };

    private static NetworkPolicy Policy(string name, string selected, string admitted) => new()
    {
        Namespace = "bench",
        Name = name,
        PodSelector = LabelSelector.Label("app", selected),
        AffectsIngress = true,
        Ingress =
        [
            new PolicyRule(
                [new PolicyPeer(LabelSelector.Label("app", admitted), null, null, default)],
                [new PolicyPort(Protocol.Tcp, null, ForwardingNode.Port, ForwardingNode.Port, default), new PolicyPort(Protocol.Udp, null, ForwardingNode.Port, ForwardingNode.Port, default)],
                default),
        ],
    };
}
