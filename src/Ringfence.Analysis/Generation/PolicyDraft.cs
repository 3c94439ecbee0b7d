using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>The rules of a policy while flows are gathered.</summary>
/// <param name="namespace">The policy's namespace.</param>
internal sealed class PolicyDraft(string @namespace)
{
    private const int MostOrigins = 3;

    private readonly Dictionary<Direction, Side> _sides = new() { [Direction.Ingress] = new(), [Direction.Egress] = new() };

    /// <summary>Opens a direction to or from the other side of a flow.</summary>
    public void Open(Direction direction, FlowSide other, FlowPorts ports, string origin)
    {
        var side = _sides[direction];
        switch (other)
        {
            case AddressSide addresses:
                side.Addresses.Add((addresses, ports, origin));
                break;
            case EveryoneSide:
                (side.Everyone ??= new Opened("everyone")).Add(ports, origin);
                break;
            case ClusterSide:
                Add(side, null, null, ports, "every pod of every namespace", origin);
                break;
            case NamespaceSide all:
                Add(side, all.Namespace, null, ports, $"every pod of {all.Namespace}", origin);
                break;
            case SelectedSide pods:
                Add(side, pods.Namespace, pods.Selector, ports, pods.Name, origin);
                break;
        }
    }

    /// <summary>The rules of a direction.</summary>
    public ImmutableArray<GeneratedRule> Rules(Direction direction)
    {
        var side = _sides[direction];
        var peers = side.Pods
            .Select(pair => (Peer: PeerOf(pair.Key.Namespace, pair.Key.Selector), pair.Value.Ports, Comment: CommentOf(pair.Value)))
            .OrderBy(item => item.Comment, StringComparer.Ordinal)
            .Concat(Blocks(side));
        return
        [
            .. side.Everyone is { } everyone ? [new GeneratedRule([], PortsOf(everyone.Ports), CommentOf(everyone))] : Array.Empty<GeneratedRule>(),
            .. peers.GroupBy(item => item.Ports).Select(group =>
                new GeneratedRule([.. group.Select(item => new GeneratedPeer(item.Peer, item.Comment))], PortsOf(group.Key))),
        ];
    }

    private static void Add(Side side, string? @namespace, LabelSelector? selector, FlowPorts ports, string name, string origin)
    {
        if (!side.Pods.TryGetValue((@namespace, selector), out var opened)) side.Pods[(@namespace, selector)] = opened = new Opened(name);
        opened.Add(ports, origin);
    }

    // Addresses with the same ports are one set, whoever asked for them.
    private static IEnumerable<(PolicyPeer Peer, FlowPorts Ports, string Comment)> Blocks(Side side)
    {
        foreach (var group in side.Addresses.GroupBy(item => item.Ports))
        {
            var opened = new Opened(string.Join(", ", group.Select(item => item.Side.Name).Distinct().Order(StringComparer.Ordinal).Take(MostOrigins)));
            opened.Origins.UnionWith(group.Select(item => item.Origin));
            var first = true;
            foreach (var block in AddressRanges.Blocks(AddressRanges.Join(group.SelectMany(item => item.Side.Ranges))))
            {
                yield return (new PolicyPeer(null, null, block, default), group.Key, first ? CommentOf(opened) : "");
                first = false;
            }
        }
    }

    private PolicyPeer PeerOf(string? name, LabelSelector? selector) => new(
        name is null ? null : selector ?? (name == @namespace ? LabelSelector.Everything : null),
        name is null ? LabelSelector.Everything : name == @namespace ? null : LabelSelector.Label(Namespace.NameLabel, name),
        null,
        default);

    private static ImmutableArray<PolicyPort> PortsOf(FlowPorts ports)
    {
        if (ports.Numbers.IsAll) return [];
        var result = ImmutableArray.CreateBuilder<PolicyPort>();
        foreach (var protocol in (ReadOnlySpan<Protocol>)[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
        {
            foreach (var range in ports.Numbers.Ports(protocol))
                result.Add(range == PortRange.All ? new PolicyPort(protocol, null, 0, 0, default) : new PolicyPort(protocol, null, range.First, range.Last, default));
            foreach (var port in ports.Names)
                if (port.Protocol == protocol) result.Add(new PolicyPort(protocol, port.Name, 0, 0, default));
        }

        return result.ToImmutable();
    }

    private static string CommentOf(Opened opened)
    {
        var origins = opened.Origins.Where(origin => origin.Length > 0).ToList();
        if (origins.Count == 0) return opened.Name;
        var more = origins.Count - MostOrigins;
        return $"{opened.Name}: {string.Join(", ", origins.Take(MostOrigins))}{(more > 0 ? $" and {more} more" : "")}";
    }

    private sealed class Opened(string name)
    {
        public string Name { get; } = name;

        public FlowPorts Ports { get; private set; } = FlowPorts.None;

        public SortedSet<string> Origins { get; } = new(StringComparer.Ordinal);

        public void Add(FlowPorts ports, string origin)
        {
            Ports = Ports.Union(ports);
            Origins.Add(origin);
        }
    }

    private sealed class Side
    {
        public Dictionary<(string? Namespace, LabelSelector? Selector), Opened> Pods { get; } = [];

        public Opened? Everyone { get; set; }

        public List<(AddressSide Side, FlowPorts Ports, string Origin)> Addresses { get; } = [];
    }
}
