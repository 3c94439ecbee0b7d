using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>A connection of which an expectation says something.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Destination">Where it ends; one of the two is a pod.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The port there, 1–65535.</param>
public readonly record struct ExpectedConnection(Party Source, Party Destination, Protocol Protocol, int Port);

/// <summary>What expectations say about single connections, for those who can see what becomes of them.</summary>
public sealed class ExpectedFlows : IFlowListener
{
    private readonly List<Claim> _claims = [];
    private readonly Reachability _reachability;

    private ExpectedFlows(Reachability reachability) => _reachability = reachability;

    /// <summary>What became of the cases by the policies.</summary>
    public ImmutableArray<CaseResult> Results { get; private set; }

    /// <summary>Finds out what cases say.</summary>
    public static ExpectedFlows Of(ClusterView view, IEnumerable<ExpectationCase> cases)
    {
        var flows = new ExpectedFlows(view.Reachability);
        flows.Results = [.. new ExpectationJudge(view, (IFlowListener)flows).Judge(cases)];
        return flows;
    }

    /// <summary>Connections that show whether expectations hold: between each two ends, where the ports begin and end that are named.</summary>
    /// <param name="outside">The addresses outside that can be used.</param>
    public IEnumerable<ExpectedConnection> Samples(ImmutableArray<Address> outside)
    {
        foreach (var claim in _claims)
        {
            // Of everything, or everything else, any connection will do.
            if (claim.Connections.OtherProtocols) continue;
            foreach (var source in Parties(claim.Sources, outside))
                foreach (var destination in Parties(claim.Targets, outside))
                    foreach (var protocol in (Protocol[])[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
                        foreach (var range in claim.Connections.Ports(protocol))
                            foreach (var port in range.First == range.Last ? (int[])[range.First] : [range.First, range.Last])
                                if (source != destination) yield return new ExpectedConnection(source, destination, protocol, port);
        }
    }

    /// <summary>The expectations that say something about a connection, and whether they want it allowed or denied.</summary>
    public IEnumerable<(Expectation Expectation, Outcome Expected)> Find(ExpectedConnection connection) => _claims
        .Where(claim => claim.Connections.Contains(connection.Protocol, connection.Port)
            && Holds(claim.Sources, connection.Source) && Holds(claim.Targets, connection.Destination)
            && (claim.IsNamed || _reachability.Exemption(connection.Source, connection.Destination) is null))
        .Select(claim => (claim.Expectation, claim.Expected));

    /// <inheritdoc/>
    void IFlowListener.Judged(Expectation expectation, EndGroup sources, EndGroup targets, ConnectionSet asked, Outcome expected, Reach open) =>
        _claims.Add(new Claim(expectation, new Members(sources), new Members(targets), asked, expected, sources.First.IsNamed && targets.First.IsNamed));

    private static bool Holds(Members members, Party party) => party.IsPod
        ? members.Pods.Contains(party.Pod)
        : members.Ranges.Exists(range => range.First.Family == party.Address.Family && range.First <= party.Address && party.Address <= range.Last);

    // One pod of each workload: its replicas are alike.
    private static IEnumerable<Party> Parties(Members members, ImmutableArray<Address> outside) => members.Group.Ends.SelectMany(end => end.Range is { } range
        ? outside.Where(address => range.First.Family == address.Family && range.First <= address && address <= range.Last).Select(Party.OfAddress)
        : [end.Party]);

    private sealed record Claim(Expectation Expectation, Members Sources, Members Targets, ConnectionSet Connections, Outcome Expected, bool IsNamed);

    private sealed record Members(EndGroup Group)
    {
        public HashSet<int> Pods { get; } = [.. Group.Ends.SelectMany(end => end.Pods)];

        public List<AddressRange> Ranges { get; } = [.. Group.Ends.Select(end => end.Range).OfType<AddressRange>()];
    }
}
