using Ringfence.Model;

namespace Ringfence.Analysis.Generation.Observed;

/// <summary>One end of an observed connection, as far as a log tells.</summary>
/// <param name="Address">The address.</param>
/// <param name="Namespace">The pod's namespace; null where the log names none.</param>
/// <param name="Pod">The pod's name; null where the log names none.</param>
/// <param name="Workload">The name of the pod's workload; null where the log names none.</param>
internal readonly record struct ObservedEnd(Address Address, string? Namespace, string? Pod, string? Workload);

/// <summary>A connection that was seen to be let through.</summary>
/// <param name="Source">Who opened it.</param>
/// <param name="Destination">To whom, after translation of Services where the log knows it.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The destination's port, 1–65535.</param>
internal readonly record struct ObservedFlow(ObservedEnd Source, ObservedEnd Destination, Protocol Protocol, int Port);

/// <summary>Why a line of a log is no connection to open.</summary>
internal enum LeftOut
{
    /// <summary>It was denied or dropped.</summary>
    Denied,

    /// <summary>Nobody answered.</summary>
    Unanswered,

    /// <summary>It is an answer, not a question.</summary>
    Reply,

    /// <summary>It does not say which side asked, or whether it was let through.</summary>
    Undetermined,

    /// <summary>Its protocol has no ports.</summary>
    OtherProtocol,
}

/// <summary>What a line says: a flow, a reason to leave it out, or neither where it cannot be read.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="LeftOut">Why there is none.</param>
internal readonly record struct ObservedLine(ObservedFlow? Flow, LeftOut? LeftOut)
{
    public static ObservedLine Unreadable => default;

    public static ObservedLine Of(ObservedFlow flow) => new(flow, null);

    public static ObservedLine Without(LeftOut reason) => new(null, reason);
}
