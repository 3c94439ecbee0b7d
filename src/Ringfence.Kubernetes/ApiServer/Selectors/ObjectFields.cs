using System.Text;
using System.Text.Json;

namespace Ringfence.Kubernetes.ApiServer.Selectors;

/// <summary>Reads single fields of an object out of its JSON, without the rest.</summary>
internal static class ObjectFields
{
    /// <summary>The text of a field; null where there is none. Numbers and truth values are as JSON writes them.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">The names that lead to it, from outside.</param>
    public static string? Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte[]> path)
    {
        var reader = new Utf8JsonReader(json);
        if (!Enter(ref reader, path)) return null;
        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => null,
        };
    }

    /// <summary>A map of texts, such as the labels; empty where there is none.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">The names that lead to it, from outside.</param>
    public static Dictionary<string, string> Map(ReadOnlySpan<byte> json, ReadOnlySpan<byte[]> path)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json);
        if (!Enter(ref reader, path) || reader.TokenType != JsonTokenType.StartObject) return map;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String) map[name] = reader.GetString()!;
            else reader.Skip();
        }

        return map;
    }

    /// <summary>A path as it is looked for.</summary>
    public static byte[][] Path(string dotted) => [.. dotted.Split('.').Select(Encoding.UTF8.GetBytes)];

    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte[]> path)
    {
        if (!reader.Read()) return false;
        foreach (var name in path)
        {
            if (reader.TokenType != JsonTokenType.StartObject) return false;
            while (true)
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName) return false;
                var isIt = reader.ValueTextEquals(name);
                if (!reader.Read()) return false;
                if (isIt) break;
                reader.Skip();
            }
        }

        return true;
    }
}
