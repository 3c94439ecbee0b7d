using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Judges one flow against the compiled form, rule by rule, and says why.</summary>
internal sealed class Judgement(Reachability reachability, Party source, Party destination, Protocol? protocol, int port)
{
    private readonly PeerReasons _reasons = new(reachability);

    public Verdict Decide()
    {
        var exemption = reachability.Exemption(source, destination);
        var egress = Judge(Direction.Egress, source, destination);
        var ingress = Judge(Direction.Ingress, destination, source);
        var outcome = exemption is not null ? Outcome.Allowed : Both(egress.Outcome, ingress.Outcome);
        var verdict = new Verdict(source, destination, protocol, port, outcome, exemption, egress, ingress);
        return outcome == Outcome.Unknown ? verdict with { Missing = Missing(egress, ingress) } : verdict;
    }

    private static Outcome Both(Outcome a, Outcome b) =>
        a == Outcome.Denied || b == Outcome.Denied ? Outcome.Denied
        : a == Outcome.Unknown || b == Outcome.Unknown ? Outcome.Unknown
        : Outcome.Allowed;

    private Side Judge(Direction direction, Party subject, Party other)
    {
        if (!subject.IsPod) return new Side(direction, Outcome.Allowed, Isolated: false, [], []);
        var possible = reachability.Possible.PoliciesOf(subject.Pod);
        var policies = reachability.Certain.PoliciesOf(subject.Pod)
            .Where(policy => policy.Policy.Affects(direction))
            .OrderBy(policy => policy.Policy.Name, StringComparer.Ordinal)
            .ToArray();
        if (policies.Length == 0) return new Side(direction, Outcome.Allowed, Isolated: false, [], []);

        var traces = ImmutableArray.CreateBuilder<RuleTrace>();
        foreach (var policy in policies)
        {
            var upper = Array.Find(possible, item => ReferenceEquals(item.Policy, policy.Policy))!;
            for (var i = 0; i < policy.Rules(direction).Length; i++)
                traces.Add(Trace(policy, i, direction, policy.Rules(direction)[i], upper.Rules(direction)[i], subject, other));
        }

        var outcome = traces.Any(trace => trace.Outcome == Outcome.Allowed) ? Outcome.Allowed
            : traces.Any(trace => trace.Outcome == Outcome.Unknown) ? Outcome.Unknown
            : Outcome.Denied;
        return new Side(direction, outcome, Isolated: true, [.. policies.Select(policy => policy.Policy)], traces.DrainToImmutable());
    }

    private RuleTrace Trace(
        CompiledPolicy policy, int index, Direction direction, CompiledRule lower, CompiledRule upper, Party subject, Party other)
    {
        RuleTrace Result(Outcome outcome, string reason, int nearness) =>
            new(policy.Policy, direction, index, lower.Rule, outcome, reason, nearness);

        var word = direction == Direction.Ingress ? "from" : "to";
        if (lower.Peers.Length == 0)
        {
            return Admits(lower.Ports, null, direction)
                ? Result(Outcome.Allowed, $"admits {PortReasons.Describe(lower.Rule.Ports)} {word} everyone", 100)
                : Result(Outcome.Denied, $"admits everyone, but {PortMismatch(lower, null, direction)}", 50);
        }

        RuleTrace? best = null;
        for (var i = 0; i < lower.Peers.Length; i++)
        {
            var written = lower.Rule.Peers[i];
            var admitsPort = Admits(lower.Ports, lower.Peers[i], direction);
            var certain = Matches(reachability.Certain, lower.Peers[i], other);
            var possible = certain || Matches(reachability.Possible, upper.Peers[i], other);
            var who = PeerReasons.Describe(written, policy.Policy.Namespace);
            RuleTrace trace;
            if (possible && admitsPort)
            {
                trace = certain
                    ? Result(Outcome.Allowed, $"admits {PortReasons.Describe(lower.Rule.Ports)} {word} {who}", 100)
                    : Result(Outcome.Unknown, _reasons.Unknown(written, other), 90);
            }
            else if (possible)
            {
                trace = Result(Outcome.Denied, $"admits {who}, but {PortMismatch(lower, lower.Peers[i], direction)}", 50);
            }
            else
            {
                var (reason, nearness) = _reasons.Mismatch(written, policy.Policy.Namespace, other);
                if (!admitsPort) reason += $"; and {PortMismatch(lower, lower.Peers[i], direction)}";
                trace = Result(Outcome.Denied, reason, nearness + (admitsPort ? 20 : 0));
            }

            if (best is null || trace.Nearness > best.Nearness) best = trace;
        }

        return best!;
    }

    private static bool Matches(CompiledForm form, Peer peer, Party party) =>
        party.IsPod ? form.Matches(peer, party.Pod) : peer.Holds(party.Address);

    private bool Admits(PortSpec ports, Peer? peer, Direction direction)
    {
        var connections = ports.Resolve(NamesKnownAt(peer, direction));
        return protocol is { } known ? connections.Contains(known, port) : connections.OtherProtocols;
    }

    /// <summary>The port names that mean something: those of the destination pod, but none where an egress rule names addresses.</summary>
    private PortSignature NamesKnownAt(Peer? peer, Direction direction) =>
        !destination.IsPod || (direction == Direction.Egress && peer?.Key.Block is not null)
            ? PortSignature.Empty
            : reachability.Certain.ClassOf(destination.Pod).Ports;

    private string PortMismatch(CompiledRule rule, Peer? peer, Direction direction)
    {
        var asked = protocol is { } known ? $"{known.ToText()} {port}" : "other protocols";
        var names = NamesKnownAt(peer, direction).Ports;
        var missing = rule.Ports.Names
            .Where(name => !names.Any(item => item.Name == name.Name && item.Protocol == name.Protocol))
            .Select(name => $"{name.Protocol.ToText()} port \"{name.Name}\"")
            .ToArray();
        var text = $"its ports are {PortReasons.Describe(rule.Rule.Ports)}, not {asked}";
        return missing.Length == 0 ? text : $"{text} (the destination has no {string.Join(" and no ", missing)})";
    }

    private ImmutableArray<string> Missing(Side egress, Side ingress)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (side, other) in ((Side, Party)[])[(egress, destination), (ingress, source)])
            foreach (var trace in side.Rules)
                if (trace.Outcome == Outcome.Unknown) missing.Add(_reasons.Missing(trace.Rule, other));
        return [.. missing];
    }
}
