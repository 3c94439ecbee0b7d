using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ringfence.Engine;
using Ringfence.Lab.Planning;
using Ringfence.Model;

namespace Ringfence.Lab.Services;

/// <summary>Writes what a node's kernel does with Services, as nft's own language has it; the way of kube-proxy.</summary>
/// <remarks>https://kubernetes.io/docs/reference/networking/virtual-ips/</remarks>
internal sealed class ServiceScript
{
    /// <summary>The name of the tables, one a family.</summary>
    public const string Table = "ringfence-services";

    // Marks of packets: to be sent with the node's own address, and come in by a node port.
    private const string Hairpin = "0x4000";
    private const string External = "0x8000";

    // https://kubernetes.io/docs/reference/networking/virtual-ips/#session-stickiness-timeout
    private const string AffinityTime = "3h";

    private readonly IpFamily _family;
    private readonly PlannedNode _node;
    private readonly string _ip;
    private readonly string _type;
    private readonly StringBuilder _sets = new();
    private readonly StringBuilder _chains = new();
    private readonly List<string> _clusterElements = [];
    private readonly List<string> _nodeElements = [];

    private ServiceScript(IpFamily family, PlannedNode node)
    {
        (_family, _node) = (family, node);
        (_ip, _type) = family == IpFamily.V4 ? ("ip", "ipv4_addr") : ("ip6", "ipv6_addr");
    }

    /// <summary>The script for a node: it replaces what was there in one transaction.</summary>
    public static string Write(Snapshot state, PlannedNode node, LabFamilies families)
    {
        var routes = state.Objects.Services
            .Where(service => !service.ClusterIPs.IsEmpty)
            .OrderBy(service => service.QualifiedName, StringComparer.Ordinal)
            .SelectMany(service => service.Ports.Select(port => ServiceRoutes.Resolve(state, service, port)))
            .ToList();
        var text = new StringBuilder();
        foreach (var family in LabAddresses.Families(families))
        {
            var script = new ServiceScript(family, node);
            foreach (var route in routes) script.Add(state, route);
            script.Finish(text);
        }

        return text.ToString();
    }

    private void Add(Snapshot state, ServiceRoute route)
    {
        var endpoints = route.Targets
            .SelectMany(target => AddressesOf(state, target.Party).Select(address => (Address: address, target.Port)))
            .Where(endpoint => endpoint.Address.Family == _family)
            .Distinct()
            .ToList();
        if (endpoints.Count == 0) return;
        var protocol = route.Port.Protocol.ToText().ToLowerInvariant();
        var name = NameHash.Of($"{route.Service.QualifiedName}/{route.Port.Port}/{protocol}", 12);
        foreach (var address in route.Service.ClusterIPs)
            if (address.Family == _family) _clusterElements.Add(Text($"{address} . {protocol} . {route.Port.Port} : goto svc-{name}"));
        if (route.Port.NodePort is { } nodePort)
        {
            _nodeElements.Add(Text($"{_node.Address(_family)} . {protocol} . {nodePort} : goto ext-{name}"));
            _chains.Append(Text($"  chain ext-{name} {{ meta mark set meta mark | {External} goto svc-{name}; }}\n"));
        }

        AddChains(name, endpoints, protocol, route.Service.HasClientAffinity);
    }

    private void AddChains(string name, List<(Address Address, int Port)> endpoints, string protocol, bool sticky)
    {
        var service = new StringBuilder();
        var ways = new List<string>();
        for (var i = 0; i < endpoints.Count; i++)
        {
            var (address, port) = endpoints[i];
            var endpoint = Text($"{name}-{i}");
            var target = _family == IpFamily.V4 ? Text($"{address}:{port}") : Text($"[{address}]:{port}");
            _chains.Append(Text($"  chain ep-{endpoint} {{\n    {_ip} saddr {address} meta mark set meta mark | {Hairpin}\n"));
            if (sticky)
            {
                _sets.Append(Text($"  set af-{endpoint} {{ type {_type}; flags dynamic,timeout; timeout {AffinityTime}; }}\n"));
                service.Append(Text($"    {_ip} saddr @af-{endpoint} goto ep-{endpoint}\n"));
                _chains.Append(Text($"    update @af-{endpoint} {{ {_ip} saddr }}\n"));
            }

            _chains.Append(Text($"    meta l4proto {protocol} dnat to {target}\n  }}\n"));
            ways.Add(Text($"{i} : goto ep-{endpoint}"));
        }

        service.Append(Text($"    numgen random mod {endpoints.Count} vmap {{ {string.Join(", ", ways)} }}\n"));
        _chains.Append(Text($"  chain svc-{name} {{\n{service}  }}\n"));
    }

    private void Finish(StringBuilder text)
    {
        var services = LabAddresses.Of(LabAddresses.Services, _family);
        var own = _node.Address(_family);
        text.Append(Text($"table {_ip} {Table}\ndelete table {_ip} {Table}\ntable {_ip} {Table} {{\n"));
        text.Append(_sets).Append(_chains);
        Map(text, "cluster", _clusterElements);
        Map(text, "node", _nodeElements);
        text.Append(Text($$"""
              chain translate {
                {{_ip}} daddr . meta l4proto . th dport vmap @cluster
                {{_ip}} daddr . meta l4proto . th dport vmap @node
              }
              chain prerouting { type nat hook prerouting priority dstnat; jump translate; }
              chain output { type nat hook output priority -100; jump translate; }
              chain postrouting {
                type nat hook postrouting priority srcnat;
                meta mark & {{Hairpin}} != 0 snat to {{own}}
                meta mark & {{External}} != 0 oifname "eth0" snat to {{own}}
              }
              chain refuse { {{_ip}} daddr {{services}} reject; }
              chain refuse-forward { type filter hook forward priority filter - 10; jump refuse; }
              chain refuse-output { type filter hook output priority filter - 10; jump refuse; }
            }

            """));
    }

    private void Map(StringBuilder text, string name, List<string> elements)
    {
        text.Append(Text($"  map {name} {{\n    type {_type} . inet_proto . inet_service : verdict\n"));
        if (elements.Count > 0) text.Append(Text($"    elements = {{ {string.Join(",\n      ", elements)} }}\n"));
        text.Append("  }\n");
    }

    private static ImmutableArray<Address> AddressesOf(Snapshot state, Party party) =>
        party.IsPod ? state.Pods[party.Pod].Pod.Addresses : [party.Address];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
