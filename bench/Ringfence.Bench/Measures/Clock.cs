using System.Diagnostics;

namespace Ringfence.Bench.Measures;

/// <summary>How long something took.</summary>
/// <param name="Milliseconds">As people see it.</param>
/// <param name="Processor">Milliseconds of all processors together: what a machine without other work would need at most.</param>
internal readonly record struct Duration(double Milliseconds, double Processor);

/// <summary>Takes times.</summary>
internal static class Clock
{
    public static T Time<T>(Func<T> action, out double milliseconds)
    {
        var started = Stopwatch.GetTimestamp();
        var result = action();
        milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return result;
    }

    /// <summary>The best of several runs, garbage of the one before collected first.</summary>
    public static Duration Best(int runs, Action action)
    {
        var best = new Duration(double.MaxValue, double.MaxValue);
        for (var i = 0; i < runs; i++)
        {
            Collect();
            var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            action();
            best = new Duration(
                Math.Min(best.Milliseconds, Stopwatch.GetElapsedTime(started).TotalMilliseconds),
                Math.Min(best.Processor, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds));
        }

        return best;
    }

    /// <summary>Live bytes after everything unreachable is gone.</summary>
    public static long LiveBytes()
    {
        Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}

/// <summary>Times of many short events, in microseconds.</summary>
internal sealed class Latencies(int capacity)
{
    private readonly List<long> _ticks = new(capacity);

    public void Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        _ticks.Add(Stopwatch.GetTimestamp() - started);
    }

    public void Add(TimeSpan time) => _ticks.Add((long)(time.TotalSeconds * Stopwatch.Frequency));

    public double Percentile(double percent)
    {
        _ticks.Sort();
        var index = (int)Math.Ceiling(_ticks.Count * percent / 100) - 1;
        return _ticks[Math.Clamp(index, 0, _ticks.Count - 1)] * 1e6 / Stopwatch.Frequency;
    }
}
