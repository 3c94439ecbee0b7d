using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>A snapshot compiled to answer questions about reach. Reading is thread-safe; <see cref="Apply"/> is not, and has one caller at a time.</summary>
public sealed class Reachability
{
    private Reachability(Snapshot snapshot) => Snapshot = snapshot;

    /// <summary>The state that the answers are about.</summary>
    public Snapshot Snapshot { get; private set; }

    /// <summary>Compiles a snapshot.</summary>
    public static Reachability Compile(Snapshot snapshot) => new(snapshot);

    /// <summary>Whether a flow between two pods is certainly allowed. Allocates nothing.</summary>
    /// <param name="source">The source's number in the snapshot.</param>
    /// <param name="destination">The destination's number in the snapshot.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="port">The destination's port, 1–65535.</param>
    public bool IsAllowed(int source, int destination, Protocol protocol, int port) => throw new NotSupportedException(Snapshot.ToString());

    /// <summary>Every connection that one party can open to another; a pod reaches itself, and a pod and its own node each other.</summary>
    public Reach Between(Party source, Party destination) => throw new NotSupportedException(Snapshot.ToString());

    /// <summary>
    /// Like <see cref="Between"/>, but by policy alone: without the exemptions for a pod itself and its own node. For a pod on both
    /// sides this is what its replicas can open to each other.
    /// </summary>
    public Reach BetweenByPolicy(Party source, Party destination) => throw new NotSupportedException(Snapshot.ToString());

    /// <summary>Judges one flow, with reasons.</summary>
    /// <param name="source">Where it starts.</param>
    /// <param name="destination">Where it ends.</param>
    /// <param name="protocol">The protocol; null for one beside TCP, UDP and SCTP.</param>
    /// <param name="port">The destination's port, 1–65535; 0 without a protocol.</param>
    public Verdict Judge(Party source, Party destination, Protocol? protocol, int port) => throw new NotSupportedException(Snapshot.ToString());

    /// <summary>Takes a change of one object over; answers are then the same as after compiling anew.</summary>
    public void Apply(Change change) => throw new NotSupportedException(Snapshot.ToString() + change);
}
