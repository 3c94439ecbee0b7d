using Ringfence.Engine;

namespace Ringfence.Analysis.Differences;

/// <summary>A connection that is not what it was.</summary>
/// <param name="Source">Where it starts.</param>
/// <param name="Destination">Where it ends.</param>
/// <param name="Before">What was open; nothing where the old state lacks an end.</param>
/// <param name="After">What is open; nothing where the new state lacks an end.</param>
public sealed record ConnectionChange(Counterpart Source, Counterpart Destination, Reach Before, Reach After)
{
    /// <summary>What was certainly closed and is certainly open.</summary>
    public ConnectionSet Opened { get; } = After.Certain.Except(Before.Possible);

    /// <summary>What was certainly open and is certainly closed.</summary>
    public ConnectionSet Closed { get; } = Before.Certain.Except(After.Possible);

    /// <summary>What became of it.</summary>
    public ChangeKind Kind => (Opened.IsEmpty, Closed.IsEmpty) switch
    {
        (true, true) => ChangeKind.Unknown,
        (false, false) => ChangeKind.Shift,
        (false, true) => Before.Possible.IsEmpty ? ChangeKind.Appear : ChangeKind.Widen,
        (true, false) => After.Possible.IsEmpty ? ChangeKind.Vanish : ChangeKind.Narrow,
    };

    /// <summary>Of several ends that one state alone has, the first; null where both states have both.</summary>
    public Counterpart? Alone => !Source.IsInBoth ? Source : !Destination.IsInBoth ? Destination : null;
}
