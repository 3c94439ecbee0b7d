using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>The packets that nodes denied, as their rules count them.</summary>
internal sealed class DeniedPackets
{
    private readonly Dictionary<string, long> _nodes = new(StringComparer.Ordinal);

    /// <summary>Those that policies denied, by node, direction and policies; without those that denied none.</summary>
    public ImmutableArray<DeniedStatus> ByPolicies { get; private set; } = [];

    /// <summary>All that a node denied.</summary>
    public long OfNode(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>Reads the counters of all nodes.</summary>
    public static DeniedPackets Read(LabCluster cluster)
    {
        var denied = new DeniedPackets();
        var found = new List<DeniedStatus>();
        foreach (var node in cluster.Nodes)
        {
            if (cluster.ProgramOf(node) is not { } program) continue;
            var counters = cluster.CountersOf(node);
            denied._nodes[node.Node.Name] = counters.Values.Sum(counter => counter.Packets);
            foreach (var ruleset in program.Rulesets.Values)
                if (counters.TryGetValue(ruleset.DeniedCounter, out var counter) && counter.Packets > 0)
                    found.Add(new DeniedStatus(
                        node.Node.Name,
                        ruleset.Direction == Direction.Ingress ? "ingress" : "egress",
                        [.. ruleset.Policies.Select(policy => policy.QualifiedName).Order(StringComparer.Ordinal)],
                        [.. ruleset.Pods.Order(StringComparer.Ordinal)],
                        counter.Packets));
        }

        denied.ByPolicies =
        [
            .. found.OrderBy(item => item.Node, StringComparer.Ordinal).ThenBy(item => item.Direction, StringComparer.Ordinal)
                .ThenBy(item => string.Join(' ', item.Policies), StringComparer.Ordinal),
        ];
        return denied;
    }
}
