using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Tables;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>The columns that a definition gives its kind.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns</remarks>
internal static class CustomColumns
{
    /// <summary>The columns; name and age where it gives none.</summary>
    public static ImmutableArray<TableColumn> Read(JsonObject version)
    {
        if (version["additionalPrinterColumns"] is not JsonArray { Count: > 0 } columns) return [TableColumns.Name, TableColumns.Age];
        return [TableColumns.Name, .. columns.OfType<JsonObject>().Select(Column)];
    }

    private static TableColumn Column(JsonObject column)
    {
        var (path, type) = (SimpleJsonPath.Parse(column.Text("jsonPath")), column.Text("type"));
        return new TableColumn(column.Text("name"), row => Cell(path?.Find(row.Object), type, row.Now), column.Number("priority") is > 0, type)
        {
            Format = column.Text("format"), Description = column.Text("description"),
        };
    }

    private static JsonNode? Cell(JsonNode? value, string type, DateTimeOffset now) => (value, type) switch
    {
        (null, _) => null,
        (_, "string") => JsonValues.AsText(value) ?? value.ToJsonString(),
        (_, "date") when JsonValues.AsText(value) is { } time =>
            HumanDuration.TimeOf(new JsonField(value, FieldPath.Root(""))) is { } then ? HumanDuration.Of(now - then) : time.Length == 0 ? "<unknown>" : "<invalid>",
        (_, "integer") when CustomSchema.Real(value) is { } number => (long)number,
        (_, "number") when CustomSchema.Real(value) is { } number => number,
        (_, "boolean") when value.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => value.DeepClone(),
        _ => null,
    };
}
