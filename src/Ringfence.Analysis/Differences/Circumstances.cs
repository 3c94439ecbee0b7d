using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Differences;

/// <summary>What beside policies differs about the ends of a connection: labels that policies ask for, namespaces, ports, addresses.</summary>
internal sealed class Circumstances
{
    private readonly Snapshot _old;
    private readonly Snapshot _new;
    private readonly HashSet<string> _podKeys = [];
    private readonly HashSet<string> _namespaceKeys = [];

    public Circumstances(Snapshot old, Snapshot @new)
    {
        (_old, _new) = (old, @new);
        foreach (var policy in old.Objects.NetworkPolicies.Concat(@new.Objects.NetworkPolicies))
        {
            Mention(policy.PodSelector, _podKeys);
            foreach (var peer in policy.Ingress.Concat(policy.Egress).SelectMany(rule => rule.Peers))
            {
                Mention(peer.PodSelector, _podKeys);
                Mention(peer.NamespaceSelector, _namespaceKeys);
            }
        }
    }

    /// <summary>What differs about the workloads among these.</summary>
    public IEnumerable<Cause> Of(params ReadOnlySpan<Counterpart> ends)
    {
        var causes = new List<Cause>();
        foreach (var end in ends)
            if (end is { Old: { Range: null } before, New: { } after }) causes.AddRange(Of(end.Name, before, after));
        return causes;
    }

    private IEnumerable<Cause> Of(string name, ViewEntry before, ViewEntry after)
    {
        var (oldPod, newPod) = (_old.Pods[before.Pods[0]].Pod, _new.Pods[after.Pods[0]].Pod);
        if (Difference(before.Labels, after.Labels, _podKeys) is { } labels) yield return Changed(CauseKind.Labels, labels);
        var (oldSpace, newSpace) = (_old.FindNamespace(before.Namespace)!, _new.FindNamespace(after.Namespace)!);
        if (oldSpace.Declared != newSpace.Declared)
            yield return new Cause(CauseKind.Namespace, newSpace.Declared ? ObjectChange.Added : ObjectChange.Removed, after.Namespace, newSpace.Declared ? newSpace.Location : oldSpace.Location);
        else if (Difference(oldSpace.Labels, newSpace.Labels, _namespaceKeys) is { } spaceLabels)
            yield return new Cause(CauseKind.Namespace, ObjectChange.Changed, after.Namespace, newSpace.Location) { Detail = spaceLabels };
        if (!Named(oldPod).SetEquals(Named(newPod))) yield return Changed(CauseKind.Ports, null);
        if (!Addresses(oldPod).SetEquals(Addresses(newPod)) || oldPod.Network.HostNetwork != newPod.Network.HostNetwork)
            yield return Changed(CauseKind.Addresses, null);

        Cause Changed(CauseKind kind, string? detail) => new(kind, ObjectChange.Changed, name, newPod.Location) { Detail = detail };
    }

    private static void Mention(LabelSelector? selector, HashSet<string> keys)
    {
        if (selector is null) return;
        foreach (var requirement in selector.Requirements) keys.Add(requirement.Key);
    }

    private static string? Difference(LabelSet before, LabelSet after, HashSet<string> keys)
    {
        var parts = keys.Where(key => before[key] != after[key]).Order(StringComparer.Ordinal)
            .Select(key => $"{Label(key, after[key])}, was {Label(key, before[key])}").ToList();
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    private static string Label(string key, string? value) => value is null ? $"no {key}" : $"{key}={value}";

    private static ImmutableHashSet<ContainerPort> Named(Pod pod) => [.. pod.Network.Ports.Where(port => port.Name is not null)];

    private static ImmutableHashSet<Address> Addresses(Pod pod) => [.. pod.Addresses, .. pod.HostAddresses];
}
