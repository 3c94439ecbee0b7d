using System.Collections.Immutable;
using System.Text.Json;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Corpus;

/// <summary>The cases of Kubernetes' own end-to-end suite.</summary>
internal static class UpstreamCases
{
    private static readonly ImmutableArray<string> Namespaces = ["x", "y", "z"];

    /// <summary>The cluster in which a case begins; its pods have addresses of one family.</summary>
    public static CorpusWorld WorldOf(JsonElement item, IpFamily family = IpFamily.V4) => new(
        Namespaces.Select(space => new Namespace { Name = space }),
        Strings(item.GetProperty("pods")).Select((pod, index) => (pod, Address.Parse(family == IpFamily.V4 ? $"10.244.{1 + (index % 3)}.{10 + index}" : $"fd00:10:244:{1 + (index % 3)}::{10 + index}"))),
        [.. item.GetProperty("ports").EnumerateArray().Select(port => port.GetInt32())]);

    public static List<string> Strings(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    public static ImmutableSortedDictionary<string, JsonElement> Read() =>
        CorpusFolder.Find("upstream-e2e/cases.json") is not { } file
            ? ImmutableSortedDictionary<string, JsonElement>.Empty
            : JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("cases").EnumerateArray()
                .Select((item, index) => KeyValuePair.Create($"{index + 1:00} {item.GetProperty("suite").GetString()} {item.GetProperty("name").GetString()}", item))
                .ToImmutableSortedDictionary(StringComparer.Ordinal);
}
