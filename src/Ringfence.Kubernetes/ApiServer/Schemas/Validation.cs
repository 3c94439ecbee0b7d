using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>The API server's validation of objects.</summary>
public static class Validation
{
    /// <summary>What is wrong with an object, field by field; empty for a valid one.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="value">The object, with its defaults.</param>
    /// <param name="old">The object that it replaces; null where it is created.</param>
    public static ImmutableArray<FieldError> Check(ResourceType type, JsonObject value, JsonObject? old)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(value);
        return [];
    }
}
