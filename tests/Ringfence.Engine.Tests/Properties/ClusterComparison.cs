using System.Collections.Immutable;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Oracle;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>One flow: a null protocol stands for those beside TCP, UDP and SCTP.</summary>
internal readonly record struct Wire(Protocol? Protocol, int Port)
{
    public override string ToString() => Protocol is { } protocol ? $"{protocol.ToText()} {Port}" : "other protocol";
}

/// <summary>Puts the same questions about one cluster to the engine and to the oracle.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="reachability">The engine's compiled form of it.</param>
/// <param name="dice">Chooses the questions.</param>
/// <param name="percent">How many of the questions to ask; 100 for all.</param>
internal sealed class ClusterComparison(ClusterObjects cluster, Reachability reachability, Dice dice, int percent)
{
    private readonly NaiveOracle _oracle = new(cluster);
    private readonly ImmutableSortedSet<int> _ports = [.. Boundaries.Ports(cluster)];
    private readonly ImmutableArray<Wire> _wires =
    [
        .. from protocol in Vocabulary.Protocols from port in Boundaries.Ports(cluster) select new Wire(protocol, port),
        new Wire(null, 0),
    ];

    /// <summary>How many answers were compared.</summary>
    public long Answers { get; private set; }

    /// <summary>Asks about every pod of the snapshot; throws at the first difference.</summary>
    public void Run()
    {
        CompareParticipants();
        Run([.. reachability.Snapshot.Pods.Select((pod, number) => new Asked(Party.OfPod(number), End.Of(pod.Pod, cluster)))]);
    }

    /// <summary>
    /// Asks right after a change, about the pods of the input by name: reading the snapshot would compile all anew. Throws at the first difference.
    /// </summary>
    public void RunWithoutSnapshot()
    {
        var pods = new List<Asked>();
        foreach (var pod in cluster.Pods)
        {
            var number = reachability.FindPod(pod.Namespace, pod.Name);
            Agree.On(TakesPart(pod), number >= 0, () => $"whether {pod.QualifiedName} takes part");
            if (number >= 0) pods.Add(new(Party.OfPod(number), End.Of(pod, cluster)));
        }

        Run(pods);
    }

    private void Run(List<Asked> pods)
    {
        var addresses = Boundaries.Addresses(cluster).Select(address => new Asked(Party.OfAddress(address), End.Of(address))).ToList();
        var destinations = Few(pods);
        foreach (var source in Few(pods))
        {
            foreach (var destination in destinations) Compare(source, destination);
            foreach (var address in addresses.Where(_ => dice.Percent(percent)))
            {
                Compare(source, address);
                Compare(address, source);
            }
        }
    }

    /// <summary>Some of the pods of a crowded cluster; else all.</summary>
    private List<Asked> Few(List<Asked> pods)
    {
        const int Crowd = 50;
        return pods.Count <= Crowd ? pods : Dice.Times(Crowd / 3, () => dice.Pick<Asked>(pods));
    }

    private void CompareParticipants()
    {
        var snapshot = reachability.Snapshot;
        var expected = cluster.Pods.Where(TakesPart).ToList();
        Agree.OnAll(
            expected.Select(pod => pod.QualifiedName).Order(StringComparer.Ordinal),
            snapshot.Pods.Where(pod => !pod.FromTemplate).Select(pod => pod.Pod.QualifiedName).Order(StringComparer.Ordinal),
            () => "the pods that take part");
        foreach (var pod in expected)
        {
            Agree.On(End.Of(pod, cluster).Pod!, snapshot.Pods[snapshot.FindPod(pod.Namespace, pod.Name)].Pod, () => $"the state of {pod.QualifiedName}");
            if (!pod.Network.HostNetwork)
                foreach (var address in pod.Addresses)
                    Agree.On(true, snapshot.FindPod(address) is >= 0 and var found && snapshot.Pods[found].Pod is { Network.HostNetwork: false } owner && owner.Addresses.Contains(address), () => $"finding the pod with {address}");
        }

        foreach (var pod in cluster.Pods.Except(expected))
            Agree.On(-1, snapshot.FindPod(pod.Namespace, pod.Name), () => $"finding {pod.QualifiedName}, which is finished");
    }

    private void Compare(Asked source, Asked destination)
    {
        var reach = reachability.Between(source.Party, destination.Party);
        var byPolicy = reachability.BetweenByPolicy(source.Party, destination.Party);
        var all = dice.Percent(percent);
        if (all) CompareEdges(source, destination, reach, byPolicy);
        foreach (var wire in all ? _wires : [.. Dice.Times(3, () => dice.Pick<Wire>(_wires))])
        {
            var expected = _oracle.Allowed(source.End, destination.End, wire.Protocol, wire.Port);
            Agree.On(expected, In(reach, wire), () => $"{source} to {destination}, {wire}");
            Agree.On(
                _oracle.AllowedByPolicy(source.End, destination.End, wire.Protocol, wire.Port),
                In(byPolicy, wire),
                () => $"{source} to {destination}, {wire}, by policy alone");
            Answers += 2;
            if (wire.Protocol is { } protocol && source.Party.IsPod && destination.Party.IsPod)
            {
                Agree.On(
                    expected == Truth.Yes,
                    reachability.IsAllowed(source.Party.Pod, destination.Party.Pod, protocol, wire.Port),
                    () => $"IsAllowed {source} to {destination}, {wire}");
                Answers++;
            }

            if (dice.Percent(percent == 100 ? 100 : 2)) CompareVerdict(source, destination, expected, wire);
        }
    }

    /// <summary>A range that began or ended beside the ports that are asked would go unnoticed.</summary>
    private void CompareEdges(Asked source, Asked destination, params ReadOnlySpan<Reach> reaches)
    {
        foreach (var reach in reaches)
            foreach (var set in (ReadOnlySpan<ConnectionSet>)[reach.Certain, reach.Possible])
                foreach (var protocol in Vocabulary.Protocols)
                    foreach (var range in set.Ports(protocol))
                        Agree.On(
                            true,
                            (range.First == 1 || (_ports.Contains(range.First - 1) && _ports.Contains(range.First)))
                                && (range.Last == 65535 || (_ports.Contains(range.Last + 1) && _ports.Contains(range.Last))),
                            () => $"{source} to {destination}: the edges of {set} stand somewhere in the input");
    }

    private void CompareVerdict(Asked from, Asked to, Truth expected, Wire wire)
    {
        var verdict = reachability.Judge(from.Party, to.Party, wire.Protocol, wire.Port);
        var (source, destination) = (from.End, to.End);
        string Question() => $"Judge {source} to {destination}, {wire}";
        Answers++;
        Agree.On(expected, TruthOf(verdict.Outcome), Question);
        Agree.On(_oracle.IsExempt(source, destination), verdict.Exemption is not null, () => $"{Question()}: exempt");
        Agree.On(expected == Truth.Maybe, !verdict.Missing.IsEmpty, () => $"{Question()}: says what is missing");
        foreach (var side in (ReadOnlySpan<Side>)[verdict.Egress, verdict.Ingress])
        {
            var direction = side.Direction;
            string About(string what) => $"{Question()}, {direction}: {what}";
            var subject = direction == Direction.Egress ? source : destination;
            var isolating = _oracle.Isolating(subject, direction).OrderBy(policy => policy.Name, StringComparer.Ordinal).ToList();
            Agree.On(_oracle.AllowedOnSide(direction, source, destination, wire.Protocol, wire.Port), TruthOf(side.Outcome), () => About("outcome"));
            Agree.On(isolating.Count > 0, side.Isolated, () => About("isolated"));
            Agree.OnAll(isolating.Select(policy => policy.Name), side.Policies.Select(policy => policy.Name), () => About("policies"));
            Agree.OnAll(
                isolating.SelectMany(policy => policy.Rules(direction).Select((_, index) => (policy.Name, index))),
                side.Rules.Select(trace => (trace.Policy.Name, trace.Index)),
                () => About("rules"));
            foreach (var trace in side.Rules)
            {
                Agree.On(
                    _oracle.Admits(trace.Policy, direction, trace.Policy.Rules(direction)[trace.Index], source, destination, wire.Protocol, wire.Port),
                    TruthOf(trace.Outcome),
                    () => About($"{trace.Policy.QualifiedName} {trace.Path}"));
                Agree.On(false, string.IsNullOrWhiteSpace(trace.Reason), () => About("a rule without a reason"));
            }
        }

        Agree.On((Direction.Egress, Direction.Ingress), (verdict.Egress.Direction, verdict.Ingress.Direction), Question);
    }

    public static Truth In(Reach reach, Wire wire)
    {
        var (certain, possible) = wire.Protocol is { } protocol
            ? (reach.Certain.Contains(protocol, wire.Port), reach.Possible.Contains(protocol, wire.Port))
            : (reach.Certain.OtherProtocols, reach.Possible.OtherProtocols);
        if (certain && !possible) throw new DifferenceException($"{wire} is certain but not possible in {reach}");
        return certain ? Truth.Yes : possible ? Truth.Maybe : Truth.No;
    }

    private static Truth TruthOf(Outcome outcome) => outcome switch
    {
        Outcome.Allowed => Truth.Yes,
        Outcome.Denied => Truth.No,
        _ => Truth.Maybe,
    };

    private static bool TakesPart(Pod pod) => pod.Phase is not (PodPhase.Succeeded or PodPhase.Failed);

    /// <summary>One party in the words of both sides.</summary>
    private readonly record struct Asked(Party Party, End End)
    {
        public override string ToString() => End.ToString();
    }
}
