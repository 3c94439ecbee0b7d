using System.Diagnostics;
using Xunit;

namespace Ringfence.Lab.Tests;

/// <summary>Waits until something is so, looking often, and not forever.</summary>
internal static class Polling
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(Func<bool> isSo, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"not in time: {what}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
