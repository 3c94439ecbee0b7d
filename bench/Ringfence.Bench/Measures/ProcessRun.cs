using System.Diagnostics;
using System.Globalization;

namespace Ringfence.Bench.Measures;

/// <summary>One run of a program.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Milliseconds">From before it was started until it was gone.</param>
/// <param name="PeakBytes">The most memory it had; 0 where not asked for or not known.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record ProcessRun(int ExitCode, double Milliseconds, long PeakBytes, string Output, string Errors)
{
    public static ProcessRun Start(string program, IEnumerable<string> arguments, bool watchMemory = false)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var peak = 0L;
        while (watchMemory && !process.WaitForExit(10)) peak = Math.Max(peak, PeakOfTree(process.Id));
        process.WaitForExit();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new ProcessRun(process.ExitCode, elapsed, peak, output.Result, errors.Result);
    }

    /// <summary>The kernel keeps each process's high-water mark, so that looking now and then misses only the last moments.</summary>
    private static long PeakOfTree(int process)
    {
        var peak = PeakOf(process);
        try
        {
            foreach (var child in File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                peak = Math.Max(peak, PeakOfTree(int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            // Gone already.
        }

        return peak;
    }

    private static long PeakOf(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line["VmHWM:".Length..^" kB".Length], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
