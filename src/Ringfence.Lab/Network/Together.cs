using System.Runtime.ExceptionServices;

namespace Ringfence.Lab.Network;

/// <summary>Does one thing to many at once.</summary>
internal static class Together
{
    /// <summary>Waits for all; throws the first problem as it is.</summary>
    public static void Do<T>(IEnumerable<T> items, Action<T> action, CancellationToken cancellation = default)
    {
        try
        {
            Parallel.ForEach(items, new ParallelOptions { CancellationToken = cancellation }, action);
        }
        catch (AggregateException problems)
        {
            ExceptionDispatchInfo.Throw(problems.InnerExceptions[0]);
        }
    }
}
