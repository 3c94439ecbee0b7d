using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine.Enforcement;

/// <summary>A peer of rules. Its pods are those of now, as long as some rule in force has it.</summary>
public sealed class EnforcedPeer
{
    private readonly CompiledForm _form;
    private readonly IReadOnlyList<Pod?> _pods;

    // Several where it is a union.
    private readonly ImmutableArray<Peer> _peers;

    internal EnforcedPeer(string text, CompiledForm form, IReadOnlyList<Pod?> pods, ImmutableArray<Peer> peers) =>
        (Text, _form, _pods, _peers) = (text, form, pods, peers);

    /// <summary>What it means, in canonical text: peers with one text are one peer.</summary>
    public string Text { get; }

    /// <summary>The addresses; null for pods.</summary>
    public IpBlock? Block => _peers.Length == 1 ? _peers[0].Key.Block : null;

    /// <summary>The pods that some of several peers match, as one peer.</summary>
    /// <param name="peers">Peers by selector; none by addresses.</param>
    public static EnforcedPeer Union(ImmutableArray<EnforcedPeer> peers) => new(
        string.Join(" or ", peers.Select(peer => peer.Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
        peers[0]._form,
        peers[0]._pods,
        [.. peers.SelectMany(peer => peer._peers).Distinct()]);

    /// <summary>Whether it is the same peer of the same compiled form, so that what is known of its pods goes on to be true.</summary>
    public bool IsSame(EnforcedPeer other) => ReferenceEquals(_form, other._form) && _peers.AsSpan().SequenceEqual(other._peers.AsSpan());

    /// <summary>Finds the pods that match now, in no order, each once; none for addresses.</summary>
    public IEnumerable<Pod> FindPods()
    {
        // A block is a range of addresses, whoever has them.
        if (Block is not null) yield break;
        HashSet<int>? seen = _peers.Length > 1 ? [] : null;
        foreach (var peer in _peers)
            foreach (var column in peer.Columns.Members())
            {
                if (seen is not null && !seen.Add(column)) continue;
                for (var pod = _form.FirstPodOf(column); pod >= 0; pod = _form.NextPodOf(pod)) yield return _pods[pod]!;
            }
    }

    /// <summary>Finds how its pods changed, in no order.</summary>
    /// <param name="changes">What changed in the same compiled form.</param>
    public IEnumerable<MemberChange> ChangesIn(EnforcedChanges changes)
    {
        foreach (var move in changes.Moves)
        {
            var before = move.Class >= 0 && Matched(move.Class, changes) ? move.Before : null;
            var now = _form.HasClass(move.Pod) && Matches(_form.ClassOf(move.Pod).Id) ? _pods[move.Pod] : null;
            if (before is not null || now is not null) yield return new(before, now);
        }

        foreach (var podClass in changes.TogglesOf(_peers))
        {
            var (before, now) = (Matched(podClass, changes), Matches(podClass));
            if (before == now) continue;
            for (var pod = _form.FirstPodOf(podClass); pod >= 0; pod = _form.NextPodOf(pod))
                if (!changes.Has(pod)) yield return new(before ? _pods[pod] : null, now ? _pods[pod] : null);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool Matches(int column)
    {
        foreach (var peer in _peers)
            if (peer.Columns.Contains(column)) return true;
        return false;
    }

    private bool Matched(int column, EnforcedChanges changes)
    {
        foreach (var peer in _peers)
            if (peer.Columns.Contains(column) != changes.IsToggled(peer, column)) return true;
        return false;
    }
}

/// <summary>A pod of a peer that changed, came or went.</summary>
/// <param name="Before">What it was; null where the peer did not match it.</param>
/// <param name="Now">What it is; null where the peer does not match it.</param>
public readonly record struct MemberChange(Pod? Before, Pod? Now);
