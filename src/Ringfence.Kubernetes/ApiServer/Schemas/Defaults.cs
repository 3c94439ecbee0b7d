using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The API server's defaults: what an object is given where it says nothing.</summary>
public static class Defaults
{
    /// <summary>Fills in the defaults of a kind, in place. Applying it again changes nothing.</summary>
    public static void Apply(ResourceType type, JsonObject value)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(value);
    }
}
