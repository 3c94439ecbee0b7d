namespace Ringfence.Analysis.Differences;

/// <summary>What became of a connection.</summary>
public enum ChangeKind
{
    /// <summary>Nothing was open, and now something is.</summary>
    Appear,

    /// <summary>More is open than before.</summary>
    Widen,

    /// <summary>Something else is open than before: some ports are new, and some are gone.</summary>
    Shift,

    /// <summary>Less is open than before.</summary>
    Narrow,

    /// <summary>Something was open, and now nothing is.</summary>
    Vanish,

    /// <summary>What the input leaves undecided is not what it was; nothing has certainly opened or closed.</summary>
    Unknown,
}
