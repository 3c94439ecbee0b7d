using System.Text.Json;

namespace Ringfence.Kubernetes.Client;

/// <summary>Reads which groups of kinds a server serves.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#discovery-api</remarks>
internal static class ApiGroups
{
    /// <summary>The groups with their versions, the preferred one first; none where the document is none.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Read(byte[] document)
    {
        var groups = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(document);
            if (!json.RootElement.TryGetProperty("groups", out var list)) return groups;
            foreach (var group in list.EnumerateArray())
            {
                var versions = group.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version").GetString()!);
                if (group.TryGetProperty("preferredVersion", out var preferred) && preferred.TryGetProperty("version", out var first)) versions = versions.Prepend(first.GetString()!);
                if (versions.Distinct().ToList() is { Count: > 0 } known) groups[group.GetProperty("name").GetString()!] = known;
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // What is no discovery document names no group.
        }

        return groups;
    }
}
