using System.Collections.Immutable;
using Ringfence.Analysis.Endpoints;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Questions;

/// <summary>A question, with everything that it names found in the cluster.</summary>
/// <param name="Source">Who asks for a connection.</param>
/// <param name="Destination">To whom.</param>
/// <param name="Port">The port as written; null where every connection is meant.</param>
/// <param name="Sources">The pods and addresses that the source stands for.</param>
/// <param name="Targets">The pods, addresses and ports that the destination stands for; empty where nothing is behind a Service.</param>
public sealed record Question(
    Endpoint Source, Endpoint Destination, PortText? Port, ImmutableArray<FlowEnd> Sources, ImmutableArray<FlowTarget> Targets)
{
    /// <summary>How the Service's ports were followed; empty without a Service.</summary>
    public ImmutableArray<ServiceRoute> Routes { get; init; } = [];

    /// <summary>What the user should know about how the question was understood.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Whether every connection is asked about.</summary>
    public bool IsEverything => Port is null && Routes.IsEmpty;

    /// <summary>The protocol of all targets; null where every connection is meant or they differ.</summary>
    public Protocol? Protocol => Targets.Select(target => target.Protocol).Distinct().ToList() is [var one] ? one : Port?.Protocol;

    /// <summary>The port as asked: the Service's own, or the one that all targets share; 0 where there is none.</summary>
    public int PortNumber => Routes switch
    {
        [var route] => route.Port.Port,
        { Length: > 1 } => 0,
        _ => Targets.Select(target => target.Port).Distinct().ToList() is [var one] ? one : 0,
    };

    /// <summary>The destination as answers call it, port included.</summary>
    public string DestinationText
    {
        get
        {
            if (IsEverything) return Destination.Name;
            var name = Destination is AddressEndpoint or OutsideEndpoint && Destination.Name.Contains(':') ? $"[{Destination.Name}]" : Destination.Name;
            var port = PortNumber > 0 ? $":{PortNumber}" : Port is null ? "" : $":{Port.Name}";
            return port.Length == 0 ? name : $"{name}{port}{(Protocol is { } protocol ? "/" + protocol.ToText() : "")}";
        }
    }

    /// <summary>Every flow that the question stands for.</summary>
    public IEnumerable<Flow> Flows()
    {
        var among = Source is PodsEndpoint { AsWorkload: true } && Destination is PodsEndpoint { AsWorkload: true };
        foreach (var source in Sources)
            foreach (var target in Targets)
            {
                var self = source.Party.IsPod && source.Party == target.End.Party;
                // Of a workload that reaches itself, the question is what its pods can open to each other.
                if (self && among && Sources.Length > 1) continue;
                yield return new Flow(source, target, AmongReplicas: self && among);
            }
    }
}
