using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>An object as it is kept: immutable, one version of it.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Namespace">Its namespace; empty for one without.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its <c>metadata.resourceVersion</c>: rises with every change of any object of the server.</param>
/// <param name="Json">The object as UTF-8 JSON, complete with kind, version and metadata.</param>
public sealed record StoredObject(ResourceType Type, string Namespace, string Name, long Version, ReadOnlyMemory<byte> Json)
{
    /// <summary>A copy to read and change.</summary>
    public JsonObject Parse() => JsonNode.Parse(Json.Span)!.AsObject();

    /// <summary>The object in another version or form of its kind; of a custom kind the same, but for what it says of its version.</summary>
    /// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/</remarks>
    internal StoredObject In(ResourceType type)
    {
        if (type.KeptAs is not null) return this with { Type = type, Json = ObjectJson.Write(KindConversion.ToServed(type, Parse())) };
        if (type.Custom is null || Json.Span.StartsWith(Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}\",\"apiVersion\":\"{type.ApiVersion}\","))) return this;
        var value = Parse();
        value["apiVersion"] = type.ApiVersion;
        return this with { Type = type, Json = ObjectJson.Write(value) };
    }
}

/// <summary>What became of an object.</summary>
public enum ChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is different.</summary>
    Modified,

    /// <summary>It is gone.</summary>
    Deleted,
}

/// <summary>A change of one object.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Object">Its new state; where it is gone, its last state under the version of its removal.</param>
/// <param name="Before">Its state before; null where it is new.</param>
public sealed record StoredChange(ChangeKind Kind, StoredObject Object, StoredObject? Before);
