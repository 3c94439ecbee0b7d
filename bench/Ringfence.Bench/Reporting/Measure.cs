namespace Ringfence.Bench.Reporting;

/// <summary>One number that was measured.</summary>
/// <param name="Subject">What it was measured on: a shape, a file.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Target">What it should not exceed, in the same unit; null where nothing is asked.</param>
/// <param name="Note">What a reader must know to judge it.</param>
internal sealed record Measure(string Subject, string Name, double Value, string Unit, double? Target = null, string? Note = null)
{
    /// <summary>Value divided by target: at most 1 is within the target.</summary>
    public double? Ratio => Target is > 0 and var target ? Value / target : Target is 0 ? Value : null;
}

/// <summary>Everything that one run measured.</summary>
/// <param name="ApiVersion">Always <c>ringfence.dev/v1alpha1</c>.</param>
/// <param name="Kind">Always <c>Benchmark</c>.</param>
/// <param name="Processors">Processors that the run could use.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Items">The measures, in the order in which they were taken.</param>
internal sealed record Results(string ApiVersion, string Kind, int Processors, string Runtime, IReadOnlyList<Measure> Items);
