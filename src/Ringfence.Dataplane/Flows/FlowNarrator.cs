using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>
/// Says what a logged packet means: between which pods, and by which policies and rule. For one state of a node; thread-safe as long as no
/// change is applied to the cluster.
/// </summary>
/// <remarks>
/// The engine names policies and rule. Where it judges otherwise now, the ruleset's id in the packet's prefix still names the policies that denied it.
/// </remarks>
public sealed class FlowNarrator
{
    private readonly string _node;
    private readonly Reachability _cluster;
    private readonly Snapshot _snapshot;
    private readonly ImmutableSortedDictionary<string, RulesetInfo> _rulesets;

    /// <summary>A narrator for a node.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cluster">The state of the cluster. Its snapshot is read once, here.</param>
    /// <param name="rulesets">What the ids in prefixes stand for (<see cref="NodeProgram.Rulesets"/>); former ones may be among them.</param>
    public FlowNarrator(string node, Reachability cluster, ImmutableSortedDictionary<string, RulesetInfo> rulesets) =>
        (_node, _cluster, _snapshot, _rulesets) = (node, cluster, cluster.Snapshot, rulesets);

    /// <summary>Tells a packet.</summary>
    public FlowRecord Tell(LoggedPacket packet)
    {
        var header = packet.Header;
        var (source, sourceName) = Find(header.Source);
        var (destination, destinationName) = Find(header.Destination);
        var known = header.Protocol is not null && header.DestinationPort > 0 ? header.Protocol : null;
        var verdict = _cluster.Of(header.Source.Family).Judge(source, destination, known, known is null ? 0 : header.DestinationPort);
        var record = new FlowRecord
        {
            Time = packet.Time,
            Node = _node,
            IsAllowed = packet.Prefix.Verdict == LoggedVerdict.Allowed,
            Direction = packet.Prefix.Verdict switch
            {
                LoggedVerdict.IngressDenied => Direction.Ingress,
                LoggedVerdict.EgressDenied => Direction.Egress,
                _ => null,
            },
            Source = new FlowParty(sourceName, header.Source),
            Destination = new FlowParty(destinationName, header.Destination),
            Protocol = IpProtocols.Name(header.ProtocolNumber),
            Port = IpProtocols.HasPorts(header.ProtocolNumber) && !header.IsLaterFragment ? header.DestinationPort : null,
            IcmpType = header.IcmpType,
            Policies = [],
            Count = packet.Count,
        };
        return record.Direction is { } direction ? Denied(record, direction, packet.Prefix, verdict) : Allowed(record, verdict);
    }

    /// <summary>Tells an established flow that was cut.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="time">When it was cut.</param>
    public FlowRecord Tell(in TrackedFlow flow, DateTimeOffset time)
    {
        var (source, sourceName) = Find(flow.Source);
        var (destination, destinationName) = Find(flow.ReplySource);
        var verdict = _cluster.Of(flow.Source.Family).Judge(source, destination, flow.Protocol, flow.Protocol is null ? 0 : flow.ReplySourcePort);
        var side = verdict.Egress.Outcome != Outcome.Allowed ? verdict.Egress : verdict.Ingress;
        var isDenied = verdict.Exemption is null && side.Outcome != Outcome.Allowed;
        return new FlowRecord
        {
            Time = time,
            Node = _node,
            IsAllowed = false,
            Direction = isDenied ? side.Direction : null,
            Source = new FlowParty(sourceName, flow.Source),
            Destination = new FlowParty(destinationName, flow.ReplySource),
            Protocol = IpProtocols.Name(flow.ProtocolNumber),
            Port = IpProtocols.HasPorts(flow.ProtocolNumber) ? flow.ReplySourcePort : null,
            IcmpType = flow.IsIcmp ? flow.DestinationPort >> 8 : null,
            Policies = isDenied ? side.Policies : [],
            Nearest = isDenied && side.Nearest is { } nearest ? Rule(nearest) : null,
            Note = isDenied ? "established, and cut" : "established, and cut: its pod is gone",
        };
    }

    private FlowRecord Denied(FlowRecord record, Direction direction, LogPrefix prefix, Verdict verdict)
    {
        var side = direction == Direction.Ingress ? verdict.Ingress : verdict.Egress;
        if (verdict.Exemption is null && side.Outcome != Outcome.Allowed)
            return record with { Policies = side.Policies, Nearest = side.Nearest is { } nearest ? Rule(nearest) : null };

        // Pods whose policies admit the same share a ruleset: it may name policies of other pods too.
        return record with
        {
            Policies = side.Isolated ? side.Policies : _rulesets.TryGetValue(prefix.Key, out var ruleset) ? ruleset.Policies : [],
            Note = "policy allows this flow now: the packet belonged to no known connection, or was judged before the last change",
        };
    }

    private static FlowRecord Allowed(FlowRecord record, Verdict verdict)
    {
        if (verdict.Exemption is { } exemption) return record with { Note = exemption };
        if (verdict.Outcome != Outcome.Allowed)
            return record with { Note = "policy denies this flow now: the packet was judged before the last change" };

        var decision = Decision.Of(verdict);
        return decision.Rule is { } rule
            ? record with { Policies = decision.Policies, Rule = Rule(rule) }
            : record with { Note = "no policy isolates either end" };
    }

    private static FlowRule Rule(RuleTrace trace) => new(Decision.Name(trace), trace.Reason, trace.Rule.Location);

    private (Party Party, string Name) Find(Address address)
    {
        var pod = _snapshot.FindPod(address);
        return pod >= 0 ? (Party.OfPod(pod), _snapshot.Pods[pod].Pod.QualifiedName) : (Party.OfAddress(address), address.ToString());
    }
}
