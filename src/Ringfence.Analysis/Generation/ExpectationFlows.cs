using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Analysis.Expectations;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>Pods by their labels, as expectations name them.</summary>
/// <param name="Text">As messages call them.</param>
/// <param name="Pods">The labels of the pods.</param>
/// <param name="Namespace">The namespace's name; null where <paramref name="Namespaces"/> says which.</param>
/// <param name="Namespaces">The labels of the namespaces; null where <paramref name="Namespace"/> says which.</param>
public sealed record SelectedText(string Text, LabelSelector Pods, string? Namespace, LabelSelector? Namespaces) : EndpointText(Text, null);

/// <summary>Takes what expectations allow as wanted flows: their entries of <c>allow</c> and <c>only</c>.</summary>
public static class ExpectationFlows
{
    /// <summary>The flows. What is denied needs none, for nothing else is opened.</summary>
    public static WantedFlows Read(ExpectationSet set)
    {
        var (flows, notes) = (new List<WantedFlow>(), new List<string>());
        foreach (var item in set.Cases)
            foreach (var expectation in item.Expectations)
            {
                if (expectation.Mode == ExpectationMode.Deny) continue;
                if (expectation.From.Concat(expectation.To).Any(end => end is EveryoneEnd { Else: true }))
                {
                    notes.Add($"{expectation.Location}: {EveryoneEnd.EveryoneElse} is nobody who could be named in a policy; the entry is left out");
                    continue;
                }

                var ports = Ports(expectation.Ports);
                flows.AddRange(
                    from source in expectation.From
                    from destination in expectation.To
                    select new WantedFlow(Text(source), Text(destination), ports ?? (destination is NamedEnd { Endpoint: ServiceText } ? null : new PortList(ConnectionSet.All, [])), item.Name, expectation.Location));
            }

        return new WantedFlows(flows, notes);
    }

    private static EndpointText Text(ExpectedEnd end) => end switch
    {
        NamedEnd named => named.Endpoint,
        SelectedEnd selected => new SelectedText(selected.Text, selected.Pods, selected.Namespace, selected.Namespaces),
        _ => new EveryoneText(EveryoneEnd.Everyone, null),
    };

    private static PortList? Ports(ImmutableArray<ExpectedPort> ports) => ports.IsEmpty ? null : new PortList(
        ports.Where(port => port.Name is null).Aggregate(ConnectionSet.None, (sum, port) => sum.Union(ConnectionSet.Of(port.Protocol ?? Protocol.Tcp, port.First, port.Last))),
        [.. ports.Where(port => port.Name is not null).Select(port => (port.Name!, port.Protocol))]);
}
