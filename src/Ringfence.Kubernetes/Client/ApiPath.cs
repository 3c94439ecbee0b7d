using System.Text;
using Ringfence.Kubernetes.ApiServer;

namespace Ringfence.Kubernetes.Client;

/// <summary>Paths of the API, relative to the server's address.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris</remarks>
internal static class ApiPath
{
    /// <summary>The path of a kind's version, where its discovery document is.</summary>
    public static string OfVersion(ResourceType type) => type.Group.Length == 0 ? $"api/{Escaped(type.Version)}" : $"apis/{Escaped(type.Group)}/{Escaped(type.Version)}";

    /// <summary>The path of a kind's objects.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">Of one namespace; null for all.</param>
    public static string OfKind(ResourceType type, string? @namespace) =>
        type.IsNamespaced && @namespace is { Length: > 0 } ? $"{OfVersion(type)}/namespaces/{Escaped(@namespace)}/{Escaped(type.Plural)}" : $"{OfVersion(type)}/{Escaped(type.Plural)}";

    /// <summary>The path of one object, or of a part of it.</summary>
    public static string OfObject(ResourceType type, string @namespace, string name, string? subresource = null)
    {
        // An empty name would be the path of all of them.
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (type.IsNamespaced) ArgumentException.ThrowIfNullOrEmpty(@namespace);
        return $"{OfKind(type, @namespace)}/{Escaped(name)}{(subresource is null ? "" : "/" + Escaped(subresource))}";
    }

    /// <summary>A path with parameters; those that are null are left out.</summary>
    public static string With(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var text = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (value is null) continue;
            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return text.ToString();
    }

    // Dots alone would be taken for steps in the path.
    private static string Escaped(string part) => part is "." or ".." ? throw new ArgumentException($"'{part}' is no name", nameof(part)) : Uri.EscapeDataString(part);
}
