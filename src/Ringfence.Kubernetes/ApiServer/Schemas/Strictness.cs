using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.CustomResources;

namespace Ringfence.Kubernetes.ApiServer.Schemas;

/// <summary>Reads what clients send, as the API server does: what has no place in the kind's fields is dropped and told.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation</remarks>
public static class Strictness
{
    private static readonly ResourceType s_scale = new("autoscaling", "v1", "Scale", "scales", true);

    /// <summary>Reads an object of a kind. Nulls are dropped; where it does not say its kind and version, it gets them.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="json">The object as UTF-8 JSON.</param>
    /// <param name="value">The object with the fields of its kind alone.</param>
    /// <returns>The fields that are unknown or given twice, in the API server's words: <c>unknown field "spec.foo"</c>.</returns>
    /// <exception cref="ApiException">
    /// 400: it is no JSON, is nested too deeply, is of another kind or version, or a field has a value of the wrong type.
    /// </exception>
    public static ImmutableArray<string> Check(ResourceType type, ReadOnlyMemory<byte> json, out JsonObject value)
    {
        ArgumentNullException.ThrowIfNull(type);
        var faults = Check(type, type.Custom is null ? SchemaCatalog.Of(type) : null, json, out value);
        CheckKind(type, value);
        return faults;
    }

    /// <summary>Reads <c>autoscaling/v1</c> <c>Scale</c>, which the subresource <c>scale</c> of workloads takes.</summary>
    /// <param name="json">The scale as UTF-8 JSON.</param>
    /// <param name="value">The scale.</param>
    /// <returns>As of <see cref="Check(ResourceType, ReadOnlyMemory{byte}, out JsonObject)"/>.</returns>
    /// <exception cref="ApiException">As of <see cref="Check(ResourceType, ReadOnlyMemory{byte}, out JsonObject)"/>.</exception>
    internal static ImmutableArray<string> CheckScale(ReadOnlyMemory<byte> json, out JsonObject value)
    {
        var faults = Check(s_scale, SchemaCatalog.Scale, json, out value);
        CheckKind(s_scale, value);
        return faults;
    }

    private static ImmutableArray<string> Check(ResourceType type, SchemaType? schema, ReadOnlyMemory<byte> json, out JsonObject value)
    {
        try
        {
            if (schema is null)
            {
                value = CustomReader.Read(json.Span, type, type.Custom!.Schema, out var faults);
                return faults;
            }

            var reader = new ObjectReader(json.Span, type);
            value = reader.Read(schema);
            return reader.Faults;
        }
        catch (JsonException exception)
        {
            throw Malformed(type, exception.Message);
        }
        catch (InvalidOperationException)
        {
            // Of the reader alone: a string that is not UTF-8, or half a surrogate pair.
            throw Malformed(type, "a string is not UTF-8 text");
        }
    }

    private static void CheckKind(ResourceType type, JsonObject value)
    {
        var version = (string?)value["apiVersion"] ?? "";
        if (version.Length == 0) value["apiVersion"] = type.ApiVersion;
        else if (version != type.ApiVersion)
            throw new ApiException(
                400, "BadRequest", $"the API version in the data ({version}) does not match the expected API version ({type.ApiVersion})");

        var kind = (string?)value["kind"] ?? "";
        if (kind.Length == 0) value["kind"] = type.Kind;
        else if (kind != type.Kind)
            throw new ApiException(
                400, "BadRequest", $"{kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: the kind in the data does not match");
    }

    private static ApiException Malformed(ResourceType type, string message)
    {
        var end = message.IndexOf(" LineNumber", StringComparison.Ordinal);
        var what = end < 0 ? message : message[..end];
        return new ApiException(
            400, "BadRequest", $"the object provided is unrecognized (must be of type {type.Kind}): couldn't get version/kind; json parse error: {what}");
    }
}
