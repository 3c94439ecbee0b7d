using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>What one rule admits by labels: any pod that has them, whether or not there is one.</summary>
/// <param name="Namespaces">The namespaces; those of a peer without namespaceSelector by their name's label.</param>
/// <param name="Pods">The pods of these namespaces.</param>
/// <param name="Ports">The connections. Names remain only for egress: for ingress the workload's own ports say what they mean.</param>
/// <param name="Matching">How many pods of the input match; null where the input does not decide it.</param>
public sealed record Admission(LabelSelector Namespaces, LabelSelector Pods, PortTerms Ports, int? Matching);

/// <summary>
/// What the policies of each workload admit by labels. One-sided: what the policies of the other end say is not looked at. Rules by
/// address (ipBlock) are left out.
/// </summary>
public sealed class Admissions(ClusterView view)
{
    private readonly CompiledForm _form = view.Reachability.Certain;
    private readonly Dictionary<(Entry[] Entries, PortSignature Ports), ImmutableArray<Admission>> _known = [];
    private readonly Dictionary<Peer, int?> _matching = [];

    /// <summary>How many pods of the input selectors can match: all but those on their node's network and those without address yet.</summary>
    public int EveryPod { get; } = view.Reachability.Certain.Classes.Where(item => item.Kind == ClassKind.Ordinary).Sum(item => item.Pods);

    /// <summary>
    /// What may come into or go out of a workload, entry by entry as written; null where no policy isolates it, so that everything may.
    /// Workloads whose policies say the same have the same list.
    /// </summary>
    /// <param name="workload">One of the view's workloads.</param>
    /// <param name="direction">Whether it is the destination or the source.</param>
    public ImmutableArray<Admission>? Of(ViewEntry workload, Direction direction)
    {
        var pod = workload.Pods[0];
        if (_form.EntriesOf(pod, direction) is not { } entries) return null;
        var ports = direction == Direction.Ingress && entries.Any(entry => entry.Ports.HasNames) ? _form.PortsOf(pod) : PortSignature.Empty;
        if (!_known.TryGetValue((entries, ports), out var admissions))
            _known[(entries, ports)] = admissions = [.. Read(entries, direction, ports)];
        return admissions;
    }

    private IEnumerable<Admission> Read(Entry[] entries, Direction direction, PortSignature destination)
    {
        foreach (var entry in entries)
        {
            if (entry.Peer?.Key.Block is not null) continue;
            var ports = direction == Direction.Ingress
                ? new PortTerms(entry.Ports.Resolve(destination), [])
                : new PortTerms(entry.Ports.Numbers, entry.Ports.Names);
            if (ports.IsEmpty) continue;
            yield return entry.Peer is { } peer
                ? new Admission(NamespacesOf(peer.Key), peer.Key.PodSelector, ports, Matching(peer))
                : new Admission(LabelSelector.Everything, LabelSelector.Everything, ports, EveryPod);
        }
    }

    private static LabelSelector NamespacesOf(PeerKey key) => key.NamespaceSelector ?? LabelSelector.Label(Namespace.NameLabel, key.Namespace!);

    private int? Matching(Peer peer)
    {
        if (_matching.TryGetValue(peer, out var known)) return known;
        var certain = Count(_form, peer);
        var possible = _form.HasUnknowns ? Count(view.Reachability.Possible, view.Reachability.Possible.Find(peer.Key)) : certain;
        return _matching[peer] = certain == possible ? certain : null;
    }

    private static int Count(CompiledForm form, Peer peer) => peer.Columns.Members().Sum(id => form.Classes[id].Pods);
}
