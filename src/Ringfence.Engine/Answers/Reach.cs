namespace Ringfence.Engine;

/// <summary>What one party can open to another.</summary>
/// <param name="Certain">The connections that are allowed whatever the input lacks.</param>
/// <param name="Possible">The connections that may be allowed, those that are certain included.</param>
public readonly record struct Reach(ConnectionSet Certain, ConnectionSet Possible)
{
    /// <summary>Nothing at all.</summary>
    public static readonly Reach None = new(ConnectionSet.None, ConnectionSet.None);

    /// <summary>True where the input answers the question fully.</summary>
    public bool IsCertain => Certain.Equals(Possible);

    /// <summary>The connections that the input cannot decide.</summary>
    public ConnectionSet Unknown => Possible.Except(Certain);
}
