using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>One end of a flow in the log.</summary>
/// <param name="Name"><c>ns/pod</c>; the address where it is no pod's.</param>
/// <param name="Address">The address.</param>
public sealed record FlowParty(string Name, Address Address);

/// <summary>A rule that a flow met.</summary>
/// <param name="Name"><c>ns/policy ingress[0]</c>.</param>
/// <param name="Reason">Why it matched, or why it did not.</param>
/// <param name="Location">Where it stands.</param>
public sealed record FlowRule(string Name, string Reason, Location Location);

/// <summary>A logged connection with what decided it.</summary>
public sealed record FlowRecord
{
    /// <summary>When it was seen.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The node that decided.</summary>
    public required string Node { get; init; }

    /// <summary>Whether it was let through.</summary>
    public required bool IsAllowed { get; init; }

    /// <summary>The direction that denied it; null where it was let through.</summary>
    public required Direction? Direction { get; init; }

    /// <summary>Where it came from.</summary>
    public required FlowParty Source { get; init; }

    /// <summary>Where it went, after translation of Services.</summary>
    public required FlowParty Destination { get; init; }

    /// <summary><c>TCP</c>, <c>UDP</c>, <c>SCTP</c>, <c>ICMP</c>, <c>ICMPv6</c>, or <c>IP</c> and the protocol's number.</summary>
    public required string Protocol { get; init; }

    /// <summary>The destination's port; null for protocols without ports.</summary>
    public required int? Port { get; init; }

    /// <summary>The type of an ICMP message; null for other protocols.</summary>
    public int? IcmpType { get; init; }

    /// <summary>The policies that deny it (all that isolate the pod in that direction), or whose rules let it through.</summary>
    public required ImmutableArray<NetworkPolicy> Policies { get; init; }

    /// <summary>The rule that let it through; null where none did.</summary>
    public FlowRule? Rule { get; init; }

    /// <summary>The rule that came nearest to letting it through, where none did.</summary>
    public FlowRule? Nearest { get; init; }

    /// <summary>What is to be said beside; null where the policies say it all.</summary>
    public string? Note { get; init; }

    /// <summary>How many packets this stands for.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Where the rule stands, else the first of the policies; null where neither is known.</summary>
    public Location? Location => Rule?.Location ?? (Policies.IsEmpty ? null : Policies[0].Location);
}
