using System.Collections.Immutable;
using System.Text.Json;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>Cells in which our answer rightly differs from np-guard's, as a file <c>known-differences.json</c> lists them.</summary>
/// <param name="Cases">The cases where it occurs.</param>
/// <param name="Sources">The sources of the cells; <c>*</c> for any.</param>
/// <param name="Destinations">The destinations of the cells; <c>*</c> for any.</param>
/// <param name="Expected">What np-guard has in all of them; null for whatever it has.</param>
/// <param name="Ours">What we have in all of them.</param>
/// <param name="Cells">How many cells there are in each case, ranges that differ alike joined.</param>
/// <param name="Reason">Why we are right.</param>
/// <param name="Kubernetes">The page that says so.</param>
internal sealed record KnownDifference(
    ImmutableArray<string> Cases,
    ImmutableArray<string> Sources,
    ImmutableArray<string> Destinations,
    string? Expected,
    string Ours,
    int Cells,
    string Reason,
    Uri Kubernetes)
{
    private const string Anything = "*";

    /// <summary>Reads the file that lies in a folder of the tests.</summary>
    public static ImmutableArray<KnownDifference> ReadAll(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, folder, "known-differences.json")));
        return [.. document.RootElement.GetProperty("differences").EnumerateArray().Select(Read)];
    }

    public bool Matches(TableDifference difference) =>
        IsAmong(Sources, difference.Source) && IsAmong(Destinations, difference.Destination)
        && (Expected is null || Expected == difference.Expected) && Ours == difference.Ours;

    public override string ToString() => $"{string.Join(',', Sources)} => {string.Join(',', Destinations)}: {Ours}, {Cells} cells";

    private static bool IsAmong(ImmutableArray<string> names, string name) => names.Contains(Anything) || names.Contains(name);

    private static KnownDifference Read(JsonElement entry) => new(
        Strings(entry, "cases"),
        Strings(entry, "sources"),
        Strings(entry, "destinations"),
        entry.TryGetProperty("expected", out var expected) ? expected.GetString() : null,
        entry.GetProperty("ours").GetString()!,
        entry.GetProperty("cells").GetInt32(),
        entry.GetProperty("reason").GetString()!,
        new Uri(entry.GetProperty("kubernetes").GetString()!, UriKind.Absolute));

    private static ImmutableArray<string> Strings(JsonElement entry, string name) =>
        [.. entry.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}
