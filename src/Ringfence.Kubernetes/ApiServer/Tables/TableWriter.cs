using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>How much of each object a table row carries (the parameter <c>includeObject</c>).</summary>
public enum RowObject
{
    /// <summary>Its metadata: the default.</summary>
    Metadata,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>All of it.</summary>
    Object,
}

/// <summary>Objects as <c>meta.k8s.io/v1</c> <c>Table</c>, which <c>kubectl get</c> prints.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables</remarks>
public static class TableWriter
{
    /// <summary>A table without list metadata, which the caller puts into <c>metadata</c>.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="objects">The objects; they are not changed.</param>
    /// <param name="includeObject">How much of each object the rows carry.</param>
    /// <param name="now">The time, for ages.</param>
    public static JsonObject Write(ResourceType type, IEnumerable<JsonObject> objects, RowObject includeObject, DateTimeOffset now)
    {
        var rows = new JsonArray();
        foreach (var value in objects)
        {
            var row = new JsonObject { ["cells"] = new JsonArray((string?)value["metadata"]?["name"], (string?)value["metadata"]?["creationTimestamp"]) };
            if (includeObject == RowObject.Object) row["object"] = value.DeepClone();
            else if (includeObject == RowObject.Metadata)
                row["object"] = new JsonObject
                {
                    ["kind"] = "PartialObjectMetadata",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = value["metadata"]?.DeepClone(),
                };
            rows.Add((JsonNode)row);
        }

        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["columnDefinitions"] = new JsonArray(
                new JsonObject { ["name"] = "Name", ["type"] = "string", ["format"] = "name", ["description"] = "", ["priority"] = 0 },
                new JsonObject { ["name"] = "Age", ["type"] = "string", ["format"] = "", ["description"] = "", ["priority"] = 0 }),
            ["rows"] = rows,
        };
    }
}
