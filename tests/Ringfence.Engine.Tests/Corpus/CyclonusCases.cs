using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>The cases of the Cyclonus generator.</summary>
internal static class CyclonusCases
{
    private static readonly JsonElement? File = CorpusFolder.Find("cyclonus/cases.json") is { } file
        ? JsonDocument.Parse(System.IO.File.ReadAllBytes(file)).RootElement
        : null;

    /// <summary>The cluster in which every case begins.</summary>
    public static CorpusWorld NewWorld() => new(
        new[] { "x", "y", "z" }.Select(space => new Namespace { Name = space, Labels = LabelSet.Of("ns", space) }),
        File!.Value.GetProperty("podIPs").EnumerateObject().Select(pod => (pod.Name, Address.Parse(pod.Value.GetString()!))),
        [80, 81]);

    public static ImmutableSortedDictionary<string, JsonElement> Read() =>
        (File?.GetProperty("cases").EnumerateArray() ?? Enumerable.Empty<JsonElement>())
            .ToImmutableSortedDictionary(
                item => $"{item.GetProperty("number").GetInt32():000} {item.GetProperty("group").GetString()}: {item.GetProperty("description").GetString()}",
                item => item,
                StringComparer.Ordinal);
}
