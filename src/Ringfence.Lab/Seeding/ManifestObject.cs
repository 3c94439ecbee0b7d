using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer;

namespace Ringfence.Lab.Seeding;

/// <summary>An object of a manifest, on its way to the API.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Value">What the manifest says.</param>
/// <param name="File">Where it stands.</param>
internal sealed record ManifestObject(ResourceType Type, JsonObject Value, string File)
{
    /// <summary>Its namespace; empty for a kind without.</summary>
    public string Namespace => Type.IsNamespaced ? (string?)Metadata["namespace"] ?? "default" : "";

    /// <summary>Its name; empty where it is to be made up.</summary>
    public string Name => (string?)Metadata["name"] ?? "";

    /// <summary>The <c>uid</c> that it had where it comes from; null where the manifest has none.</summary>
    public string? FormerUid => (string?)Metadata["uid"];

    /// <summary>Its metadata.</summary>
    public JsonObject Metadata => Value["metadata"] as JsonObject ?? throw new LabException($"{File}: an object of kind {Type.Kind} has no metadata");
}
