using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Tables;

/// <summary>An object whose cells are made.</summary>
/// <param name="Object">The object.</param>
/// <param name="Now">The time, for ages.</param>
internal sealed record TableRow(JsonObject Object, DateTimeOffset Now)
{
    public const string None = "<none>";

    /// <summary>A field of the object.</summary>
    public JsonField this[string name] => JsonField.Of(Object, name);

    public JsonField Metadata => this["metadata"];

    public JsonField Spec => this["spec"];

    public JsonField Status => this["status"];

    public string Name => Metadata["name"].Text;

    /// <summary>How old it is.</summary>
    public string Age => HumanDuration.Since(Metadata["creationTimestamp"], Now);

    public bool IsDeleting => Metadata["deletionTimestamp"].Exists;

    /// <summary>A number; 0 where it is absent.</summary>
    public static JsonNode Count(JsonField field) => JsonValue.Create(field.Number ?? 0);

    /// <summary>A text, or the word for none.</summary>
    public static string TextOr(JsonField field, string none = None) => field.Text.Length > 0 ? field.Text : none;

    /// <summary>The condition of a type; a field that does not exist where it is absent.</summary>
    public JsonField Condition(string type) =>
        Status["conditions"].Items.FirstOrDefault(condition => condition["type"].Text == type, new JsonField(null, FieldPath.Root(type)));

    /// <summary>Some of many: as many as fit, and how many more there are.</summary>
    public static string Some(IEnumerable<string> texts, string none)
    {
        const int most = 3;
        var all = texts.ToArray();
        return all.Length == 0 ? none : all.Length <= most ? string.Join(',', all) : $"{string.Join(',', all.Take(most))} + {all.Length - most} more...";
    }
}
