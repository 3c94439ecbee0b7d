using System.Collections.Immutable;
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
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(objects);
        var columns = TableColumns.Of(type);
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = new JsonObject(),
            ["columnDefinitions"] = new JsonArray([.. columns.Select(column => (JsonNode)column.Definition())]),
            ["rows"] = new JsonArray([.. objects.Select(value => (JsonNode)Row(columns, new TableRow(value, now), includeObject))]),
        };
    }

    private static JsonObject Row(ImmutableArray<TableColumn> columns, TableRow row, RowObject includeObject)
    {
        var result = new JsonObject { ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(row))]) };
        if (includeObject == RowObject.Object) result["object"] = row.Object.DeepClone();
        else if (includeObject == RowObject.Metadata)
            result["object"] = new JsonObject
            {
                ["kind"] = "PartialObjectMetadata",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = row.Object["metadata"]?.DeepClone(),
            };
        return result;
    }
}
