using System.Collections.Immutable;
using System.Numerics;
using Ringfence.Model;

namespace Ringfence.Bench.Baseline;

/// <summary>
/// A matrix of one bit for each pair of pods, as fast research tools make it: a bitmap of pods for every label, policies combined with
/// whole-row operations. It knows no ports and no addresses (a CIDR matches no pod), so its answer is coarser than Ringfence's.
/// </summary>
internal sealed class PodBitMatrix
{
    private readonly ImmutableArray<Pod> _pods;
    private readonly int _words;
    private readonly ulong[] _everyone;
    private readonly Dictionary<(string, string), ulong[]> _labels = [];
    private readonly Dictionary<string, ulong[]> _keys = [];
    private readonly Dictionary<string, ulong[]> _namespaces = [];
    private readonly Dictionary<LabelSelector, ulong[]> _namespaceSelectors = [];
    private readonly ImmutableArray<Namespace> _declared;

    private PodBitMatrix(ClusterObjects objects)
    {
        _pods = [.. objects.Pods.Where(pod => !pod.IsFinished)];
        _words = (_pods.Length + 63) / 64;
        _everyone = new ulong[_words];
        _declared = objects.Namespaces;
        for (var i = 0; i < _pods.Length; i++)
        {
            Set(_everyone, i);
            Set(Row(_namespaces, _pods[i].Namespace), i);
            foreach (var (key, value) in _pods[i].Labels)
            {
                Set(Row(_labels, (key, value)), i);
                Set(Row(_keys, key), i);
            }
        }
    }

    /// <summary>Builds the matrix.</summary>
    /// <returns>The number of ordered pairs that no policy forbids, and the bytes of the matrix.</returns>
    public static (long OpenPairs, long Bytes) Build(ClusterObjects objects)
    {
        var matrix = new PodBitMatrix(objects);
        var ingress = matrix.Direction(objects, Model.Direction.Ingress);
        var egress = matrix.Direction(objects, Model.Direction.Egress);

        // Rows of ingress are destinations, rows of egress are sources: turn one round, then intersect.
        var open = 0L;
        var count = matrix._pods.Length;
        var turned = new ulong[matrix._words];
        for (var source = 0; source < count; source++)
        {
            Array.Clear(turned);
            for (var destination = 0; destination < count; destination++)
                if ((ingress[destination][source >> 6] >> source & 1) != 0) Set(turned, destination);
            for (var word = 0; word < turned.Length; word++) open += BitOperations.PopCount(turned[word] & egress[source][word]);
        }

        return (open, 2L * count * matrix._words * sizeof(ulong));
    }

    private ulong[][] Direction(ClusterObjects objects, Direction direction)
    {
        var isolated = new ulong[_words];
        var rows = new ulong[_pods.Length][];
        for (var i = 0; i < rows.Length; i++) rows[i] = new ulong[_words];
        foreach (var policy in objects.NetworkPolicies)
        {
            if (!policy.Affects(direction) || !_namespaces.TryGetValue(policy.Namespace, out var local)) continue;
            var selected = And(local, Select(policy.PodSelector));
            Or(isolated, selected);
            var peers = new ulong[_words];
            foreach (var rule in policy.Rules(direction))
            {
                if (rule.Peers.IsEmpty) Or(peers, _everyone);
                foreach (var peer in rule.Peers) Or(peers, Peer(peer, local));
            }

            foreach (var pod in Members(selected)) Or(rows[pod], peers);
        }

        for (var i = 0; i < rows.Length; i++)
            if ((isolated[i >> 6] >> i & 1) == 0) Or(rows[i], _everyone);
        return rows;
    }

    private ulong[] Peer(PolicyPeer peer, ulong[] local)
    {
        if (peer.IpBlock is not null) return new ulong[_words];
        var pods = peer.PodSelector is { } selector ? Select(selector) : _everyone;
        return And(peer.NamespaceSelector is { } namespaces ? InNamespaces(namespaces) : local, pods);
    }

    private ulong[] InNamespaces(LabelSelector selector)
    {
        if (_namespaceSelectors.TryGetValue(selector, out var row)) return row;
        row = new ulong[_words];
        foreach (var item in _declared)
            if (selector.Matches(item.Labels) && _namespaces.TryGetValue(item.Name, out var pods)) Or(row, pods);
        return _namespaceSelectors[selector] = row;
    }

    private ulong[] Select(LabelSelector selector)
    {
        var result = (ulong[])_everyone.Clone();
        foreach (var requirement in selector.Requirements)
        {
            var row = new ulong[_words];
            if (requirement.Operator is SelectorOperator.In or SelectorOperator.NotIn)
            {
                foreach (var value in requirement.Values)
                    if (_labels.TryGetValue((requirement.Key, value), out var pods)) Or(row, pods);
            }
            else if (_keys.TryGetValue(requirement.Key, out var pods))
            {
                Or(row, pods);
            }

            var negative = requirement.Operator is SelectorOperator.NotIn or SelectorOperator.DoesNotExist;
            for (var i = 0; i < result.Length; i++) result[i] &= negative ? ~row[i] : row[i];
        }

        return result;
    }

    private ulong[] Row<TKey>(Dictionary<TKey, ulong[]> rows, TKey key)
        where TKey : notnull
    {
        if (!rows.TryGetValue(key, out var row)) rows[key] = row = new ulong[_words];
        return row;
    }

    private static void Set(ulong[] row, int bit) => row[bit >> 6] |= 1UL << bit;

    private static ulong[] And(ulong[] a, ulong[] b)
    {
        var result = new ulong[a.Length];
        for (var i = 0; i < result.Length; i++) result[i] = a[i] & b[i];
        return result;
    }

    private static void Or(ulong[] into, ulong[] row)
    {
        for (var i = 0; i < into.Length; i++) into[i] |= row[i];
    }

    private static IEnumerable<int> Members(ulong[] row)
    {
        for (var word = 0; word < row.Length; word++)
            for (var rest = row[word]; rest != 0; rest &= rest - 1)
                yield return (word << 6) + BitOperations.TrailingZeroCount(rest);
    }
}
