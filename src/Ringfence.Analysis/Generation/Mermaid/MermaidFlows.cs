using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation.Mermaid;

/// <summary>
/// Reads the arrows of a flowchart as wanted flows: a node's text or id names the workload, a subgraph's title its namespace, an arrow's words are
/// ports. What <c>list</c> and <c>matrix</c> draw reads back.
/// </summary>
/// <param name="snapshot">The cluster.</param>
/// <param name="defaultNamespace">The namespace of nodes in no subgraph that is one.</param>
public sealed class MermaidFlows(Snapshot snapshot, string defaultNamespace)
{
    private const string OtherOutside = "other external";

    private readonly EndpointFinder _finder = new(snapshot);
    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);

    /// <summary>Reads a flowchart.</summary>
    /// <exception cref="InputException">It is none, or nodes name what is not there.</exception>
    public WantedFlows Read(TextReader reader, string file)
    {
        var graph = MermaidGraph.Read(reader, file);
        var (flows, problems) = (new List<WantedFlow>(), new ProblemList());
        foreach (var arrow in graph.Arrows)
        {
            var place = new Location(file, arrow.Line, 0);
            problems.Try(place, () => flows.AddRange(Flows(graph, arrow, place)));
        }

        problems.Throw();
        if (graph.Arrows.Count == 0) _notes.Add($"{file} has no arrows");
        return new WantedFlows(flows, [.. _notes]);
    }

    private IEnumerable<WantedFlow> Flows(MermaidGraph graph, MermaidArrow arrow, Location place)
    {
        var (start, end) = (graph[arrow.From], graph[arrow.To]);
        if ((start.Text ?? start.Id).StartsWith('{'))
        {
            _notes.Add($"{place}: {start.Text ?? start.Id} is no pod of the input, and is left out");
            return [];
        }

        var label = arrow.Label;
        if (label is not null && label.EndsWith('?'))
        {
            label = label.TrimEnd('?').TrimEnd(',');
            _notes.Add($"{place}: what the picture leaves undecided is left out");
            if (label.Length == 0) return [];
        }

        var destinations = Ends(graph, end, isSource: false).ToList();
        var ports = string.IsNullOrEmpty(label) ? null : PortList.TryParse(label.TrimStart(':'));
        // A word may be a port's name; more often it says what the arrow is about.
        if (ports is not null && !ports.Names.All(name => destinations.TrueForAll(destination => Declares(destination.End, name.Name)))) ports = null;
        if (ports is null && !string.IsNullOrEmpty(label)) _notes.Add($"{place}: '{label}' names no ports");
        var asked = $"{start.Text ?? start.Id} -> {end.Text ?? end.Id}{(ports is null ? "" : ":" + label)}";
        return
        [
            .. from source in Ends(graph, start, isSource: true)
               from destination in destinations
               select new WantedFlow(source.End, destination.End, ports ?? destination.Ports, asked, place),
        ];
    }

    private bool Declares(EndpointText end, string port) => _finder.Find(end) switch
    {
        PodsEndpoint pods => pods.Pods.Any(pod => snapshot.Pods[pod].Pod.Network.Ports.Any(declared => declared.Name == port)),
        ServiceEndpoint service => service.Service.Ports.Any(declared => declared.Name == port),
        _ => false,
    };

    private IEnumerable<(EndpointText End, PortList? Ports)> Ends(MermaidGraph graph, MermaidNode node, bool isSource)
    {
        if (node.Text == OtherOutside) return OtherRanges(graph, node, isSource).Select(WithoutPorts);
        var texts = (node.Text ?? node.Id).Split(", ");
        // A text with commas names several ranges; else text and id are two ways to say one thing.
        if (texts.Length == 1) return [End(node)];
        return texts.Select(text => WithoutPorts(EndpointSyntax.Parse(text, defaultNamespace)));
    }

    private static (EndpointText End, PortList? Ports) WithoutPorts(EndpointText end) => (end, null);

    private (EndpointText End, PortList? Ports) End(MermaidNode node)
    {
        InputException? first = null;
        var @namespace = node.Groups.FirstOrDefault(group => snapshot.FindNamespace(group) is not null) ?? defaultNamespace;
        foreach (var name in new[] { node.Text, node.Id }.OfType<string>())
        {
            // Below its namespace a node may be called by kind and name.
            var isQualified = node.Groups.Count > 0 && name.Count(c => c == '/') == 1 && Kinds.Shorten(Kinds.Expand(name[..name.IndexOf('/')])) != Kinds.Expand(name[..name.IndexOf('/')]);
            try
            {
                var (end, ports) = new FlowSyntax(@namespace).Destination(isQualified ? $"{@namespace}/{name}" : name);
                _finder.Find(end);
                return (end, ports);
            }
            catch (InputException problem)
            {
                first ??= problem;
            }
        }

        throw first!;
    }

    // What matrix leaves after the ranges that it names beside it.
    private static ImmutableArray<RangeText> OtherRanges(MermaidGraph graph, MermaidNode node, bool isSource)
    {
        var starts = graph.Arrows.Select(arrow => arrow.From).ToHashSet(StringComparer.Ordinal);
        var ends = graph.Arrows.Select(arrow => arrow.To).ToHashSet(StringComparer.Ordinal);
        var named = new List<AddressRange>();
        foreach (var other in graph.Nodes)
        {
            if (other.Id == node.Id || other.Text is null || (isSource ? ends : starts).Contains(other.Id)) continue;
            foreach (var text in other.Text.Split(", "))
                if (Prefix.TryParse(text, out var prefix)) named.Add(new AddressRange(prefix.First, prefix.Last));
                else if (EndpointSyntax.Parse(text, "-") is RangeText range) named.Add(new AddressRange(range.First, range.Last));
                else if (text.Contains(" more", StringComparison.Ordinal))
                    throw new InputException($"'{other.Text}' does not say which ranges it is", "Draw the picture with list -o mermaid, which names every range.");
        }

        var holes = AddressRanges.Join(named);
        var families = holes.Select(hole => hole.First.Family).Append(IpFamily.V4).Distinct().Order();
        return
        [
            .. families.SelectMany(family => AddressRanges.Without(new AddressRange(Address.Min(family), Address.Max(family)), holes))
                .Select(range => new RangeText(range.ToString(), null, range.First, range.Last)),
        ];
    }
}
