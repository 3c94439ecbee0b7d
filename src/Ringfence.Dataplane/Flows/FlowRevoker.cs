using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>What one pass did.</summary>
/// <param name="Cut">Flows that are denied and were not cut before; ended ones are marked, but not told.</param>
/// <param name="Restored">Flows that had been cut and are allowed again.</param>
/// <param name="Considered">How many flows were looked at.</param>
public sealed record Revocation(ImmutableArray<TrackedFlow> Cut, ImmutableArray<TrackedFlow> Restored, int Considered);

/// <summary>
/// Cuts established flows that policy denies now, by a bit of their conntrack mark: the base chain drops what has it before it accepts what is
/// established, and answers TCP with a reset.
/// </summary>
/// <remarks>
/// <para>A reset answers the end that speaks. The first end to send after the cut is told at once; from then on the kernel keeps the flow for ten
/// seconds (<c>nf_conntrack_tcp_timeout_close</c>), in which the other end is told as well. An end that speaks later still is judged as one that
/// begins a flow, from the middle, by the policy in force. An idle flow stays until it speaks or times out; not a byte passes.</para>
/// <para>Deleting a flow's conntrack entry would not cut it: it is picked up again from the middle.</para>
/// <para>Commit the rules first, then revoke: what begins meanwhile is judged by the new rules, and what the former rules let through at the last moment is
/// waited for.</para>
/// </remarks>
public sealed class FlowRevoker
{
    private readonly ConnectionTracker _tracker;
    private readonly uint _bit;

    /// <summary>A revoker for the flows of one namespace.</summary>
    /// <param name="tracker">Its flows.</param>
    /// <param name="bit">The bits of the mark that mean "revoked"; usually one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such bits.</exception>
    public FlowRevoker(ConnectionTracker tracker, uint bit)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bit);
        (_tracker, _bit) = (tracker, bit);
    }

    /// <summary>
    /// Whether a pass first waits for packets that former rules may have let through (<see cref="PacketBarrier"/>); false where the caller has
    /// done so, once for several namespaces.
    /// </summary>
    public bool WaitsForPackets { get; init; } = true;

    /// <summary>Makes every flow's mark agree with a verdict.</summary>
    /// <param name="isAllowed">The verdict. A flow that is none of its business is allowed.</param>
    /// <exception cref="MachineException">The kernel cannot list flows.</exception>
    public Revocation Revoke(TrackedFlowFilter isAllowed)
    {
        if (WaitsForPackets) PacketBarrier.Wait();
        var considered = 0;
        var flows = _tracker.List((in TrackedFlow flow) => Disagrees(flow, isAllowed, ref considered));
        return Settle(flows, considered);
    }

    /// <summary>Makes the marks of the flows from or to some addresses agree with a verdict.</summary>
    /// <param name="isAllowed">The verdict.</param>
    /// <param name="touching">The addresses of the pods that a change concerns.</param>
    /// <exception cref="MachineException">The kernel cannot list flows.</exception>
    public Revocation Revoke(TrackedFlowFilter isAllowed, IReadOnlySet<Address> touching)
    {
        if (WaitsForPackets) PacketBarrier.Wait();
        var considered = 0;
        var flows = _tracker.List(touching, (in TrackedFlow flow) => Disagrees(flow, isAllowed, ref considered));
        return Settle(flows, considered);
    }

    /// <summary>Lists the flows that a change may concern, once what former rules let through has arrived.</summary>
    /// <param name="touching">The addresses of the pods that the change concerns; null for all flows.</param>
    /// <exception cref="MachineException">The kernel cannot list flows.</exception>
    public ImmutableArray<TrackedFlow> Candidates(IReadOnlySet<Address>? touching)
    {
        if (WaitsForPackets) PacketBarrier.Wait();
        return touching is null ? _tracker.List() : _tracker.List(touching);
    }

    /// <summary>Whether a flow's mark says another thing than its verdict.</summary>
    public bool Disagrees(in TrackedFlow flow, TrackedFlowFilter isAllowed) => isAllowed(flow) == IsCut(flow);

    /// <summary>Changes the marks of flows that disagree with their verdicts.</summary>
    /// <param name="flows">Those for which <see cref="Disagrees(in TrackedFlow, TrackedFlowFilter)"/> said so.</param>
    /// <param name="considered">How many were looked at.</param>
    public Revocation Change(ImmutableArray<TrackedFlow> flows, int considered) => Settle(flows, considered);

    private bool Disagrees(in TrackedFlow flow, TrackedFlowFilter isAllowed, ref int considered)
    {
        considered++;
        return Disagrees(flow, isAllowed);
    }

    private Revocation Settle(ImmutableArray<TrackedFlow> flows, int considered)
    {
        var cut = flows.RemoveAll(flow => IsCut(flow));
        var restored = flows.RemoveAll(flow => !IsCut(flow));
        _tracker.SetMark(cut.AsSpan(), _bit, _bit);
        _tracker.SetMark(restored.AsSpan(), _bit, 0);
        return new Revocation(cut.RemoveAll(flow => flow.IsEnded), restored.RemoveAll(flow => flow.IsEnded), considered);
    }

    private bool IsCut(in TrackedFlow flow) => (flow.Mark & _bit) != 0;
}
