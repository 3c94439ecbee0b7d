using System.Diagnostics.CodeAnalysis;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>One attempt at a comparison.</summary>
internal static class Trial
{
    /// <summary>What went wrong, an exception of the engine included; null where all is well.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A failure of the engine is a difference as well.")]
    public static string? Difference(Action compare)
    {
        try
        {
            compare();
            return null;
        }
        catch (DifferenceException difference)
        {
            return difference.Message;
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
    }
}
