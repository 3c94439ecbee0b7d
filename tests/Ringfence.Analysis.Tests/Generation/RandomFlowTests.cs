using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Generation;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Generation;

/// <summary>On random clusters, asked of an oracle that shares nothing with the generator but the model.</summary>
public sealed class RandomFlowTests
{
    private const int Clusters = 600;

    private static readonly ImmutableArray<int> Ports = [1, 53, 79, 80, 81, 82, 443, 8080, 65535];
    private static readonly ImmutableArray<Address> Outside = [Address.Parse("192.0.2.7"), Address.Parse("203.0.113.9"), Address.Parse("8.8.8.8")];

    [Fact]
    public void Generate_RandomFlows_OpensExactlyThemOrSaysThatItDoesNot()
    {
        var (exact, asked) = (0, 0L);
        for (var seed = 0; seed < Clusters; seed++)
        {
            var dice = new Dice(seed);
            var cluster = RandomCluster.CreateSmall(seed);
            var snapshot = Snapshot.Create(Settled(cluster));
            var flows = Flows(dice, snapshot);
            if (flows.Count == 0) continue;
            var result = PolicyGenerator.Generate(snapshot, [.. flows.Select(flow => flow.Flow)], new GenerationOptions { AllowDns = false, Isolate = Isolate(dice, snapshot), KeepExisting = false });

            var difference = FirstDifference(snapshot, flows, result, ref asked);
            var isClear = result.IsExact && result.Deviations.IsEmpty;
            if (isClear) exact++;
            Assert.True(!isClear || difference is null, $"seed {seed}: {difference}\n{ClusterText.Of(After(snapshot, result).Objects)}\n{string.Join('\n', flows.Select(flow => flow.Flow.Asked))}");
            Assert.True(difference is null || !result.Obstacles.IsEmpty || !result.Deviations.IsEmpty, $"seed {seed}: {difference} is not told");
        }

        // Clusters in which nothing can be had would prove nothing.
        Assert.True(exact > Clusters / 6, $"only {exact} of {Clusters} were exact");
        Assert.True(asked > 100_000, $"only {asked} answers were compared");
    }

    [Fact]
    public void Generate_ReachOfRandomPolicies_GivesTheSameReach()
    {
        var same = 0;
        for (var seed = 0; seed < Clusters; seed++)
        {
            var snapshot = Snapshot.Create(Settled(RandomCluster.CreateSmall(seed)));
            var before = Reachability.Compile(snapshot);
            if (snapshot.Pods.Any(pod => pod.Pod.Network.HostNetwork)) continue;
            var view = ClusterView.Create(before);
            var connections = view.Connections().Concat(view.Workloads.Where(entry => entry.HasReplicas).Select(entry => new Connection(entry, entry, view.Between(entry, entry)))).ToList();
            if (connections.Count == 0 || connections.Exists(connection => !connection.Reach.IsCertain)) continue;
            var flows = connections.Where(connection => !connection.Reach.Certain.IsEmpty)
                .Select(connection => new WantedFlow(Text(snapshot, connection.Source), Text(snapshot, connection.Destination), new PortList(connection.Reach.Certain, []), connection.ToString(), default))
                .ToList();
            var everything = snapshot.Namespaces.Select(item => item.Name).ToList();
            var result = PolicyGenerator.Generate(snapshot, flows, new GenerationOptions { AllowDns = false, Isolate = everything });
            if (!result.Obstacles.IsEmpty) continue;

            var after = Reachability.Compile(After(snapshot, result));
            Assert.True(result.IsExact, $"seed {seed}: {string.Join('\n', result.Deviations)}\n{ClusterText.Of(snapshot.Objects)}");
            for (var source = 0; source < snapshot.Pods.Length; source++)
            {
                for (var destination = 0; destination < snapshot.Pods.Length; destination++)
                    if (source != destination)
                        Assert.Equal(before.BetweenByPolicy(Party.OfPod(source), Party.OfPod(destination)).Certain, after.BetweenByPolicy(Party.OfPod(source), Party.OfPod(destination)).Certain);
                foreach (var address in Outside)
                {
                    Assert.Equal(before.BetweenByPolicy(Party.OfPod(source), Party.OfAddress(address)), after.BetweenByPolicy(Party.OfPod(source), Party.OfAddress(address)));
                    Assert.Equal(before.BetweenByPolicy(Party.OfAddress(address), Party.OfPod(source)), after.BetweenByPolicy(Party.OfAddress(address), Party.OfPod(source)));
                }
            }

            same++;
        }

        Assert.True(same > 20, $"only {same} clusters could be said in flows");
    }

    // A pod that waits for its address can be nobody's peer yet; policies are made for the one that it will be.
    private static ClusterObjects Settled(ClusterObjects cluster) => cluster with
    {
        Pods = [.. cluster.Pods.Select(pod => pod is { Phase: PodPhase.Pending, Addresses.IsEmpty: true } ? pod with { Phase = PodPhase.Planned } : pod)],
    };

    private sealed record Asked(WantedFlow Flow, Func<Pod, bool> From, Func<Pod, bool> To, Func<Address, bool> FromOutside, Func<Address, bool> ToOutside, Func<Pod?, ConnectionSet> Ports);

    private static string[] Isolate(Dice dice, Snapshot snapshot) =>
        dice.Percent(50) ? [.. snapshot.Namespaces.Select(item => item.Name)] : [dice.Pick<SnapshotNamespace>(snapshot.Namespaces).Name];

    private static List<Asked> Flows(Dice dice, Snapshot snapshot)
    {
        if (snapshot.Pods.IsEmpty) return [];
        var flows = new List<Asked>();
        for (var count = 1 + dice.UpTo(3); count > 0; count--)
        {
            var (source, from, fromOutside) = Side(dice, snapshot);
            var (destination, to, toOutside) = Side(dice, snapshot);
            if (char.IsAsciiDigit(source[0]) && char.IsAsciiDigit(destination[0])) continue;
            var (first, isAll) = (dice.Pick<int>(Ports), dice.Percent(15));
            var last = dice.Percent(70) ? first : Math.Max(first, dice.Pick<int>(Ports));
            var protocol = dice.Pick<Protocol>(Vocabulary.Protocols);
            var ports = isAll ? "all" : $"{first}-{last}/{protocol.ToText().ToLowerInvariant()}";
            var wanted = isAll ? ConnectionSet.All : ConnectionSet.Of(protocol, first, last);
            var text = $"{source} -> {destination}:{ports}";
            foreach (var flow in new FlowSyntax("default").Read(text, default)) flows.Add(new Asked(flow, from, to, fromOutside, toOutside, _ => wanted));
        }

        return flows;
    }

    private static (string Text, Func<Pod, bool> Pods, Func<Address, bool> Outside) Side(Dice dice, Snapshot snapshot)
    {
        var chosen = dice.Pick<SnapshotPod>(snapshot.Pods);
        // The second one holds pods, which makes more open than is wanted.
        var block = Prefix.Parse(dice.Pick("192.0.2.0/24", "10.0.0.0/28"));
        return dice.UpTo(9) switch
        {
            < 6 => (Text(snapshot, chosen).Text, pod => IsSame(chosen, pod), _ => false),
            6 => ($"{chosen.Pod.Namespace}/*", pod => !pod.Network.HostNetwork && pod.Namespace == chosen.Pod.Namespace, _ => false),
            7 => ("*/*", pod => !pod.Network.HostNetwork, _ => false),
            8 => ("everyone", _ => true, _ => true),
            _ => (block.ToString(), _ => false, block.Contains),
        };
    }

    private static bool IsSame(SnapshotPod chosen, Pod pod) => pod.Namespace == chosen.Pod.Namespace && pod.Name == chosen.Pod.Name && pod.Labels.Equals(chosen.Pod.Labels);

    private static EndpointText Text(Snapshot snapshot, SnapshotPod pod) => EndpointSyntax.Parse(
        pod.FromTemplate ? $"{pod.Workload.Namespace}/{pod.Workload.Kind}/{pod.Workload.Name}" : $"{pod.Pod.Namespace}/po/{pod.Pod.Name}", "default");

    private static EndpointText Text(Snapshot snapshot, ViewEntry entry) =>
        entry.Range is { } range ? new RangeText(range.ToString(), null, range.First, range.Last)
        : entry.Kind == "Pod" ? Text(snapshot, snapshot.Pods[entry.Pods[0]])
        : EndpointSyntax.Parse($"{entry.Namespace}/{entry.Kind}/{entry.Workload!.Name}", "default");

    private static Snapshot After(Snapshot snapshot, GeneratedPolicies result) => Snapshot.Create(snapshot.Objects with
    {
        NetworkPolicies = [.. snapshot.Objects.NetworkPolicies.Where(policy => !result.Isolated.Contains(policy.Namespace)), .. result.Policies.Select(policy => policy.ToPolicy())],
    });

    // The first flow with an end in an isolated namespace about which oracle and wish differ.
    private static string? FirstDifference(Snapshot snapshot, List<Asked> flows, GeneratedPolicies result, ref long asked)
    {
        var oracle = new NaiveOracle(After(snapshot, result).Objects);
        var pods = snapshot.Pods.Select(pod => pod.Pod).ToList();
        bool IsIsolated(Pod pod) => !pod.Network.HostNetwork && result.Isolated.Contains(pod.Namespace);
        foreach (var source in pods)
            foreach (var destination in pods)
            {
                if (ReferenceEquals(source, destination) || (!IsIsolated(source) && !IsIsolated(destination))) continue;
                foreach (var (protocol, port) in Probes())
                {
                    asked++;
                    var isWanted = flows.Exists(flow => flow.From(source) && flow.To(destination) && flow.Ports(destination).Contains(protocol, port));
                    var truth = oracle.AllowedByPolicy(End.Of(source, snapshot.Objects), End.Of(destination, snapshot.Objects), protocol, port);
                    if (truth != Logic.Of(isWanted)) return $"{source.QualifiedName} -> {destination.QualifiedName}:{port}/{protocol} is {truth}, wanted {isWanted}";
                }
            }

        foreach (var pod in pods.Where(IsIsolated))
            foreach (var address in Outside)
                foreach (var (protocol, port) in Probes())
                {
                    asked += 2;
                    var isWantedOut = flows.Exists(flow => flow.From(pod) && flow.ToOutside(address) && flow.Ports(null).Contains(protocol, port));
                    var isWantedIn = flows.Exists(flow => flow.FromOutside(address) && flow.To(pod) && flow.Ports(pod).Contains(protocol, port));
                    if (oracle.AllowedByPolicy(End.Of(pod), End.Of(address), protocol, port) != Logic.Of(isWantedOut)) return $"{pod.QualifiedName} -> {address}:{port}/{protocol}, wanted {isWantedOut}";
                    if (oracle.AllowedByPolicy(End.Of(address), End.Of(pod), protocol, port) != Logic.Of(isWantedIn)) return $"{address} -> {pod.QualifiedName}:{port}/{protocol}, wanted {isWantedIn}";
                }

        return null;
    }

    private static IEnumerable<(Protocol Protocol, int Port)> Probes() =>
        Vocabulary.Protocols.SelectMany(protocol => Ports, (protocol, port) => (protocol, port));
}
