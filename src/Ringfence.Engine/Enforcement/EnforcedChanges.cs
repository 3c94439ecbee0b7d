using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine.Enforcement;

/// <summary>A moment in the life of a compiled cluster.</summary>
public readonly record struct EnforcedMoment
{
    internal EnforcedMoment(CompiledForm form) => (Form, (Pods, Peers)) = (form, form.Journal.Now);

    internal CompiledForm? Form { get; }

    internal long Pods { get; }

    internal long Peers { get; }
}

/// <summary>What happened to pods, and to what peers match, since a moment. Good until the next change of the cluster.</summary>
public sealed class EnforcedChanges
{
    private readonly CompiledForm _form;
    private readonly Dictionary<Peer, HashSet<int>> _toggles = [];
    private readonly HashSet<int> _pods;

    private EnforcedChanges(CompiledForm form, IReadOnlyCollection<PodMove> moves, IReadOnlySet<(Peer, int)> toggles)
    {
        (_form, Moves) = (form, moves);
        foreach (var (peer, podClass) in toggles)
        {
            if (!_toggles.TryGetValue(peer, out var classes)) _toggles.Add(peer, classes = []);
            classes.Add(podClass);
        }

        _pods = toggles.Count == 0 ? [] : [.. moves.Select(move => move.Pod)];
    }

    /// <summary>Whether nothing happened.</summary>
    public bool IsEmpty => Moves.Count == 0 && _toggles.Count == 0;

    internal IReadOnlyCollection<PodMove> Moves { get; }

    /// <summary>Finds what changed of all pods that have a network of their own, whoever matches them.</summary>
    /// <param name="pods">The pods by number, as they are now.</param>
    public IEnumerable<MemberChange> OfAll(IReadOnlyList<Pod?> pods)
    {
        foreach (var move in Moves)
        {
            var before = move.Before is { Network.HostNetwork: false } ? move.Before : null;
            var now = _form.HasClass(move.Pod) && pods[move.Pod] is { Network.HostNetwork: false } pod ? pod : null;
            if (before is not null || now is not null) yield return new(before, now);
        }
    }

    internal static EnforcedChanges? Since(EnforcedMoment then, CompiledForm form) =>
        ReferenceEquals(then.Form, form) && form.Journal.PodsSince(then.Pods) is { } pods && form.Journal.PeersSince(then.Peers) is { } peers
            ? new EnforcedChanges(form, pods, peers)
            : null;

    internal bool Has(int pod) => _pods.Contains(pod);

    internal bool IsToggled(Peer peer, int podClass) => _toggles.Count > 0 && _toggles.TryGetValue(peer, out var classes) && classes.Contains(podClass);

    internal IEnumerable<int> TogglesOf(ImmutableArray<Peer> peers)
    {
        if (_toggles.Count == 0) return [];
        return peers.Length == 1
            ? _toggles.GetValueOrDefault(peers[0]) ?? []
            : peers.SelectMany(peer => _toggles.GetValueOrDefault(peer) ?? []).Distinct();
    }
}
