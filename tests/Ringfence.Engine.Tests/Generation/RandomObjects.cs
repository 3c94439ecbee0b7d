using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Generation;

/// <summary>Random objects, each kind in nasty proportions.</summary>
internal static class RandomObjects
{
    public static Namespace Namespace(Dice dice, string name)
    {
        var labels = Vocabulary.Labels(dice);

        // The API server keeps the label right whatever is written.
        if (dice.Percent(15)) labels = labels.With(Model.Namespace.NameLabel, dice.Pick<string>(Vocabulary.Namespaces));
        return new() { Name = name, Labels = labels };
    }

    public static Node Node(Dice dice, string name) => new()
    {
        Name = name,
        Addresses = dice.Percent(85) ? Vocabulary.Addresses(dice, Vocabulary.NodeAddress) : [],
    };

    public static Pod Pod(Dice dice, string @namespace, string name, ClusterObjects cluster)
    {
        var hostNetwork = dice.Percent(12);
        var pod = new Pod
        {
            Namespace = @namespace,
            Name = name,
            Labels = Vocabulary.Labels(dice),
            Network = new([.. dice.Some(3, () => Vocabulary.ContainerPort(dice))], hostNetwork),
            NodeName = dice.Percent(60) ? dice.Pick<string>(Vocabulary.Nodes) : null,
        };
        if (dice.Percent(20) && !cluster.Workloads.IsEmpty)
        {
            var owner = dice.Pick<Workload>(cluster.Workloads);
            pod = pod with { Namespace = owner.Namespace, Labels = dice.Percent(70) ? owner.PodLabels : pod.Labels, Owner = new(owner.WorkloadKind, owner.Name) };
        }

        return Settle(dice, pod, cluster);
    }

    /// <summary>The same pod at another point of its life: phase and addresses are thrown anew.</summary>
    public static Pod Settle(Dice dice, Pod pod, ClusterObjects cluster)
    {
        var (phase, hasAddress) = dice.UpTo(99) switch
        {
            < 57 => (PodPhase.Running, true),
            < 77 => (PodPhase.Planned, false),
            < 79 => (PodPhase.Planned, true),
            < 85 => (PodPhase.Pending, false),
            < 88 => (PodPhase.Pending, true),
            < 90 => (PodPhase.Running, false),
            < 92 => (PodPhase.Unknown, true),
            < 96 => (PodPhase.Succeeded, true),
            < 98 => (PodPhase.Failed, true),
            _ => (PodPhase.Failed, false),
        };
        var node = cluster.Nodes.FirstOrDefault(node => node.Name == pod.NodeName)?.Addresses ?? [];
        if (node.IsEmpty || dice.Percent(10)) node = Vocabulary.Addresses(dice, Vocabulary.NodeAddress);
        var atHome = pod.Network.HostNetwork ? node : Vocabulary.Addresses(dice, Vocabulary.PodAddress);
        return pod with
        {
            Phase = phase,
            Addresses = !hasAddress ? [] : pod.Network.HostNetwork && dice.Percent(20) ? Vocabulary.Addresses(dice, Vocabulary.NodeAddress) : atHome,
            HostAddresses = phase != PodPhase.Planned && dice.Percent(65) ? node : [],
        };
    }

    public static Workload Workload(Dice dice, string @namespace, string name) => new()
    {
        Namespace = @namespace,
        Name = name,
        WorkloadKind = dice.Pick("Deployment", "DaemonSet", "StatefulSet", "Job"),
        PodLabels = Vocabulary.Labels(dice),
        Network = new([.. dice.Some(3, () => Vocabulary.ContainerPort(dice))], dice.Percent(10)),
        Replicas = dice.Percent(50) ? 1 + dice.UpTo(2) : null,
    };

    public static NetworkPolicy Policy(Dice dice, string @namespace, string name)
    {
        var kind = dice.UpTo(9);
        var (ingress, egress) = (kind is < 4 or > 6, kind >= 4);
        return new()
        {
            Namespace = @namespace,
            Name = name,
            PodSelector = Vocabulary.PodSelector(dice),
            AffectsIngress = ingress,
            AffectsEgress = egress,
            Ingress = ingress || dice.Percent(15) ? [.. dice.Some(2, () => Rule(dice))] : [],
            Egress = egress || dice.Percent(15) ? [.. dice.Some(2, () => Rule(dice))] : [],
        };
    }

    private static PolicyRule Rule(Dice dice) => new(
        dice.Percent(12) ? [] : [.. Dice.Times(1 + dice.UpTo(2), () => Peer(dice))],
        dice.Percent(35) ? [] : [.. Dice.Times(1 + dice.UpTo(2), () => Vocabulary.PolicyPort(dice))],
        default);

    private static PolicyPeer Peer(Dice dice) => dice.UpTo(9) switch
    {
        < 3 => new(null, null, Vocabulary.Block(dice), default),
        < 6 => new(Vocabulary.PodSelector(dice), null, null, default),
        < 8 => new(null, Vocabulary.NamespaceSelector(dice), null, default),
        _ => new(Vocabulary.PodSelector(dice), Vocabulary.NamespaceSelector(dice), null, default),
    };
}
