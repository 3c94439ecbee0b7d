using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.CustomResources;

/// <summary>Fills in the defaults of a custom resource's schema.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting</remarks>
internal sealed class CustomDefaults
{
    // A list of nothing but empty objects must not grow without end.
    private const int MostValues = 500_000;

    private int _left = MostValues;

    /// <summary>Fills in what is missing, in place. Applying it again changes nothing.</summary>
    /// <exception cref="ApiException">413: it would be far too much.</exception>
    public static void Apply(CustomSchema schema, JsonObject value) => new CustomDefaults().Fill(schema, value, isRoot: true);

    private void Fill(CustomSchema schema, JsonNode? value, bool isRoot = false)
    {
        switch (value)
        {
            case JsonObject fields:
                foreach (var name in schema.Defaulted)
                    if (!(isRoot && SchemaWords.IsOfEveryObject(name)) && IsMissing(fields, name, schema.Properties[name])) fields[name] = Copy(schema.Properties[name]);
                foreach (var (name, child) in fields.ToArray())
                {
                    if (isRoot && SchemaWords.IsOfEveryObject(name)) continue;
                    if (schema.Properties.TryGetValue(name, out var known)) Fill(known, child);
                    else if (schema.Values is { } values)
                    {
                        if (child is null && values is { IsNullable: false, Default: not null }) fields[name] = Copy(values);
                        Fill(values, fields[name]);
                    }
                }

                break;
            case JsonArray list when schema.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is null && items is { IsNullable: false, Default: not null }) list[i] = Copy(items);
                    Fill(items, list[i]);
                }

                break;
        }
    }

    // A null where none may be says nothing.
    private static bool IsMissing(JsonObject fields, string name, CustomSchema schema) =>
        schema.Default is not null && (!fields.TryGetPropertyValue(name, out var value) || (value is null && !schema.IsNullable));

    private JsonNode Copy(CustomSchema schema)
    {
        _left -= schema.DefaultSize;
        return _left >= 0 ? schema.Default!.DeepClone() : throw new ApiException(413, "RequestEntityTooLarge", $"Request entity too large: its defaults are more than {MostValues} values");
    }
}
