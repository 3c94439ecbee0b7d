using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>The answer to a question about one flow.</summary>
public enum Outcome
{
    /// <summary>Policy forbids it.</summary>
    Denied,

    /// <summary>Policy lets it through, or does not concern it.</summary>
    Allowed,

    /// <summary>The input lacks what the answer depends on.</summary>
    Unknown,
}

/// <summary>The answer for one flow, with its reasons.</summary>
/// <param name="Source">Where the flow starts.</param>
/// <param name="Destination">Where it ends; a Service is resolved before.</param>
/// <param name="Protocol">The protocol; null for a protocol beside TCP, UDP and SCTP.</param>
/// <param name="Port">The destination's own port, after translation; 0 without a protocol.</param>
/// <param name="Outcome">The answer.</param>
/// <param name="Exemption">Why policy does not concern the flow at all (a pod to itself, a pod and its own node); null otherwise.</param>
/// <param name="Egress">The source's side.</param>
/// <param name="Ingress">The destination's side.</param>
public sealed record Verdict(
    Party Source, Party Destination, Protocol? Protocol, int Port, Outcome Outcome, string? Exemption, Side Egress, Side Ingress)
{
    /// <summary>What the input lacks where the outcome is unknown; empty otherwise.</summary>
    public ImmutableArray<string> Missing { get; init; } = [];
}

/// <summary>One direction of a verdict.</summary>
/// <param name="Direction">Egress is judged at the source, ingress at the destination.</param>
/// <param name="Outcome">Allowed where not isolated or some rule matches.</param>
/// <param name="Isolated">Whether some policy isolates the pod in this direction. Never for addresses and host-network pods.</param>
/// <param name="Policies">The policies that isolate it, by namespace and name.</param>
/// <param name="Rules">Every rule of those policies, in order, and what became of it.</param>
public sealed record Side(
    Direction Direction, Outcome Outcome, bool Isolated, ImmutableArray<NetworkPolicy> Policies, ImmutableArray<RuleTrace> Rules)
{
    /// <summary>The first rule that matched; null where none did.</summary>
    public RuleTrace? AllowedBy => Rules.FirstOrDefault(rule => rule.Outcome == Outcome.Allowed);

    /// <summary>The rule that came nearest to a match, where none matched; null without rules.</summary>
    public RuleTrace? Nearest => AllowedBy is null ? Rules.MaxBy(rule => rule.Nearness) : null;
}

/// <summary>What became of one rule.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Direction">The direction.</param>
/// <param name="Index">The rule's place in the policy's list of that direction, from 0.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Outcome">Allowed where a peer and a port match; unknown where a peer might.</param>
/// <param name="Reason">One sentence: why it matched, or what was nearest.</param>
/// <param name="Nearness">How near it came, higher is nearer; comparable within one verdict.</param>
public sealed record RuleTrace(
    NetworkPolicy Policy, Direction Direction, int Index, PolicyRule Rule, Outcome Outcome, string Reason, int Nearness)
{
    /// <summary>The rule's field path, <c>ingress[0]</c>.</summary>
    public string Path => $"{(Direction == Direction.Ingress ? "ingress" : "egress")}[{Index}]";
}
