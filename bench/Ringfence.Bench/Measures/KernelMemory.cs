using System.Globalization;

namespace Ringfence.Bench.Measures;

/// <summary>The kernel's own memory, of the whole machine: what nftables takes is not told apart.</summary>
internal static class KernelMemory
{
    private static readonly string[] Kinds = ["Slab", "VmallocUsed", "Percpu"];

    public static long Bytes()
    {
        var sum = 0L;
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            var parts = line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (Kinds.Contains(parts[0])) sum += 1024 * long.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        return sum;
    }
}
