using System.Text;
using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for ConfigMaps and Secrets.</summary>
internal static class ConfigRules
{
    private const int MaxBytes = 1024 * 1024;

    public static void Check(JsonObject value, JsonObject? old, FieldErrorList errors)
    {
        var (data, binary) = (JsonField.Of(value, "data"), JsonField.Of(value, "binaryData"));
        var size = 0L;
        foreach (var map in new[] { data, binary })
            foreach (var (key, text) in map.Texts ?? [])
            {
                errors.Invalid(map.Path.Key(key), key, NameFormat.ConfigMapKey(key));
                if (map.Path == binary.Path && data.Value is JsonObject plain && plain.ContainsKey(key))
                    errors.Invalid(data.Path.Key(key), key, "duplicate of key present in binaryData");
                size += Encoding.UTF8.GetByteCount(text);
            }

        if (size > MaxBytes) errors.TooLong(data.Path, MaxBytes);
        if (old is null || !JsonField.Of(old, "immutable").IsTrue) return;
        if (!JsonField.Of(value, "immutable").IsTrue) errors.Forbidden(FieldPath.Root("immutable"), "field is immutable when `immutable` is set");
        foreach (var field in new[] { "data", "binaryData" })
            if (!JsonNode.DeepEquals(value[field], old[field])) errors.Forbidden(FieldPath.Root(field), "field is immutable when `immutable` is set");
    }
}
