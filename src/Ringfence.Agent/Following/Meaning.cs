using Ringfence.Model;

namespace Ringfence.Agent.Following;

/// <summary>What enforcement needs of objects, and when two versions of one mean the same to it.</summary>
internal static class Meaning
{
    /// <summary>
    /// What counts of an object; the object itself where that is all of it. Whether it takes part is not decided here: who takes part no more is to be heard
    /// of too.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <param name="node">The node whose pods keep their annotations.</param>
    public static KubernetesObject Reduce(KubernetesObject item, string node) => item is Pod pod ? Reduce(pod, node) : item;

    /// <summary>
    /// What a pod means; null where it means nothing: finished, without address, or on the host's network, where no selector matches it and its traffic is
    /// its node's.
    /// </summary>
    /// <param name="pod">The pod.</param>
    /// <param name="node">The node whose pods keep their annotations.</param>
    public static Pod? Of(Pod pod, string node) => pod.IsFinished || pod.Network.HostNetwork || pod.Addresses.IsEmpty ? null : Reduce(pod, node);

    public static bool IsSame(Pod left, Pod right) =>
        left.NodeName == right.NodeName && left.Labels.Equals(right.Labels) && left.Network.Equals(right.Network)
        && left.Addresses.AsSpan().SequenceEqual(right.Addresses.AsSpan()) && left.Annotations.Equals(right.Annotations);

    public static Namespace Of(Namespace item) => new() { Name = item.Name, Labels = item.Labels };

    public static bool IsSame(Namespace left, Namespace right) => left.Labels.Equals(right.Labels);

    public static bool IsSame(Node left, Node right) =>
        left.Annotations.Equals(right.Annotations) && left.Addresses.AsSpan().SequenceEqual(right.Addresses.AsSpan())
        && left.PodCidrs.AsSpan().SequenceEqual(right.PodCidrs.AsSpan());

    /// <summary>Where it stands in some text does not matter.</summary>
    public static bool IsSame(NetworkPolicy left, NetworkPolicy right) =>
        left.AffectsIngress == right.AffectsIngress && left.AffectsEgress == right.AffectsEgress && left.PodSelector.Equals(right.PodSelector)
        && IsSame(left.Ingress, right.Ingress) && IsSame(left.Egress, right.Egress);

    private static Pod Reduce(Pod pod, string node)
    {
        var isLocal = pod.NodeName == node;
        if (pod is { Owner: null, Images.IsEmpty: true, HostAddresses.IsEmpty: true, Phase: PodPhase.Running } && pod.Location == default
            && (isLocal || (pod.NodeName is null && pod.Annotations.Count == 0)))
            return pod;
        return new Pod
        {
            Namespace = pod.Namespace,
            Name = pod.Name,
            Labels = pod.Labels,
            Network = pod.Network,
            NodeName = isLocal ? node : null,
            Annotations = isLocal ? pod.Annotations : LabelSet.Empty,
            Phase = pod.IsFinished ? pod.Phase : PodPhase.Running,
            Addresses = pod.Addresses,
        };
    }

    private static bool IsSame(ReadOnlySpan<PolicyRule> left, ReadOnlySpan<PolicyRule> right)
    {
        if (left.Length != right.Length) return false;
        for (var i = 0; i < left.Length; i++)
            if (!IsSame(left[i], right[i])) return false;
        return true;
    }

    private static bool IsSame(System.Collections.Immutable.ImmutableArray<PolicyRule> left, System.Collections.Immutable.ImmutableArray<PolicyRule> right) =>
        IsSame(left.AsSpan(), right.AsSpan());

    private static bool IsSame(PolicyRule left, PolicyRule right)
    {
        if (left.Peers.Length != right.Peers.Length || left.Ports.Length != right.Ports.Length) return false;
        for (var i = 0; i < left.Peers.Length; i++)
            if (left.Peers[i] with { Location = default } != right.Peers[i] with { Location = default }) return false;
        for (var i = 0; i < left.Ports.Length; i++)
            if (left.Ports[i] with { Location = default } != right.Ports[i] with { Location = default }) return false;
        return true;
    }
}
