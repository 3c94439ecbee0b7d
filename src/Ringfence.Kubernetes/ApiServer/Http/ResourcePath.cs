namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>A path that leads to objects: <c>/api/v1/…</c> or <c>/apis/GROUP/VERSION/…</c>.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version.</param>
/// <param name="Namespace">The namespace; null for all, or for kinds without.</param>
/// <param name="Resource">The plural name of the kind.</param>
/// <param name="Name">The object; null for all.</param>
/// <param name="Subresource">The subresource; null for the object itself.</param>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris</remarks>
internal sealed record ResourcePath(string Group, string Version, string? Namespace, string Resource, string? Name, string? Subresource)
{
    /// <summary>Reads a path; null where it leads to no objects.</summary>
    public static ResourcePath? Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, start) = parts switch
        {
            ["api", _, _, ..] => ("", 2),
            ["apis", var named, _, _, ..] => (named, 3),
            _ => ("", 0),
        };
        if (start == 0) return null;
        var version = parts[start - 1];
        // What is below a namespace is of a kind, but for the namespace's own subresources.
        return parts[start..] switch
        {
            ["namespaces", var name, "status" or "finalize"] and [.., var subresource] when group.Length == 0 => new(group, version, null, "namespaces", name, subresource),
            ["namespaces", var @namespace, var resource] => new(group, version, @namespace, resource, null, null),
            ["namespaces", var @namespace, var resource, var name] => new(group, version, @namespace, resource, name, null),
            ["namespaces", var @namespace, var resource, var name, var subresource] => new(group, version, @namespace, resource, name, subresource),
            [var resource] => new(group, version, null, resource, null, null),
            [var resource, var name] => new(group, version, null, resource, name, null),
            [var resource, var name, var subresource] => new(group, version, null, resource, name, subresource),
            _ => null,
        };
    }
}
