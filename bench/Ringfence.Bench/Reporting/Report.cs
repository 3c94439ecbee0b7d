using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringfence.Bench.Measures;

namespace Ringfence.Bench.Reporting;

/// <summary>Collects measures and prints them, as a table or as JSON.</summary>
internal sealed class Report
{
    private readonly List<Measure> _items = [];

    public IReadOnlyList<Measure> Items => _items;

    public void Add(string subject, string name, double value, string unit, double? target = null, string? note = null)
    {
        _items.Add(new Measure(subject, name, value, unit, target, note));
        Progress($"{subject}: {name} {Number(value)} {unit}");
    }

    /// <summary>Adds a time, with the processor time in the note where other work on the machine lengthened it.</summary>
    public void Add(string subject, string name, Duration duration, double? target = null, string? note = null)
    {
        var busy = duration.Processor < duration.Milliseconds * 0.9 ? $"{Number(duration.Processor)} ms of processor time" : null;
        Add(subject, name, duration.Milliseconds, "ms", target, note is null || busy is null ? note ?? busy : $"{note}; {busy}");
    }

    public void Add(IEnumerable<Measure> measures) => _items.AddRange(measures);

    /// <summary>Tells on standard error what goes on; long runs would look dead otherwise.</summary>
    public static void Progress(string text) => Console.Error.WriteLine(text);

    public void Print(bool json)
    {
        if (json)
        {
            var results = new Results("ringfence.dev/v1alpha1", "Benchmark", Environment.ProcessorCount, RuntimeInformation.FrameworkDescription, _items);
            Console.WriteLine(JsonSerializer.Serialize(results, ResultsJson.Default.Results));
            return;
        }

        List<string[]> rows = [["ON", "MEASURE", "VALUE", "TARGET", "RATIO", "NOTE"]];
        rows.AddRange(_items.Select(item => new[]
        {
            item.Subject, item.Name, $"{Number(item.Value)} {item.Unit}", item.Target is { } target ? $"{Number(target)} {item.Unit}" : "",
            item.Ratio is { } ratio ? Number(ratio) : "", item.Note ?? "",
        }));
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) Console.WriteLine(string.Join("  ", row.Select((cell, column) => column is 2 or 3 or 4 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }

    public static IReadOnlyList<Measure> Read(string json) => JsonSerializer.Deserialize(json, ResultsJson.Default.Results)!.Items;

    /// <summary>Three digits that count.</summary>
    private static string Number(double value) => value switch
    {
        0 => "0",
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        >= 0.01 => value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("G2", CultureInfo.InvariantCulture),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Results))]
internal sealed partial class ResultsJson : JsonSerializerContext;
