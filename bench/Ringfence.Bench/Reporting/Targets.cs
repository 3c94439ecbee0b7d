namespace Ringfence.Bench.Reporting;

/// <summary>What Ringfence means to reach on two processors.</summary>
internal static class Targets
{
    /// <summary>Milliseconds from objects in memory to a compiled cluster; null where nothing is asked of the shape.</summary>
    public static double? Build(string shape) => shape switch { "100k" => 80, "1M" => 2_000, _ => null };

    /// <summary>Megabytes that the compiled cluster keeps, without the objects.</summary>
    public static double? Heap(string shape) => shape switch { "100k" => 64, "1M" => 700, _ => null };

    /// <summary>Milliseconds from kubectl's JSON on disk to the first answer, whole process.</summary>
    public const double EndToEnd = 450;

    public const double QueryNanoseconds = 25;

    public const double QueryBytes = 0;

    public const double KnownPodMicroseconds = 1;

    public const double NewClassMicroseconds = 100;

    public const double PolicyEditMicroseconds = 50;
}
