using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Patches;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Storage;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers creations, updates and patches.</summary>
/// <param name="api">The objects.</param>
internal sealed class WriteHandler(ObjectApi api)
{
    /// <summary>Creates an object.</summary>
    public async Task CreateAsync(HttpContext context, ResourceType type, string? @namespace, ObjectEncoder encoder)
    {
        var isDryRun = context.Request.Query.IsDryRun();
        var value = Read(context, encoder.Type, await RequestBody.ReadJsonAsync(context));
        if (type.IsNamespaced && @namespace is null) throw new ApiException(405, "MethodNotAllowed", $"{type} are created in a namespace: /namespaces/NAME/{type.Plural}");
        Place(value, @namespace, null);
        if (type == Definition.Kind) Answer.Warn(context, DefinitionRules.Warnings(value));
        await encoder.WriteAsync(context, StatusCodes.Status201Created, api.Create(type, KindConversion.ToKept(encoder.Type, value, null), new WriteOptions { DryRun = isDryRun }));
    }

    /// <summary>Replaces an object, or a subresource of it.</summary>
    public async Task UpdateAsync(HttpContext context, ResourceType type, string @namespace, string name, string? subresource, ObjectEncoder encoder)
    {
        var options = new WriteOptions { Subresource = subresource, DryRun = context.Request.Query.IsDryRun() };
        var body = await RequestBody.ReadJsonAsync(context);
        var value = Read(context, encoder.Type, body);
        Place(value, type.IsNamespaced ? @namespace : null, name);
        // It is written into: where somebody else was faster, the next attempt needs it as it came.
        await encoder.WriteAsync(context, StatusCodes.Status200OK, api.Update(type, @namespace, name, old => KindConversion.ToKept(encoder.Type, value.DeepClone().AsObject(), old), options));
    }

    /// <summary>Patches an object, or a subresource of it.</summary>
    public async Task PatchAsync(HttpContext context, ResourceType type, string @namespace, string name, string? subresource, ObjectEncoder encoder)
    {
        var options = new WriteOptions { Subresource = subresource, DryRun = context.Request.Query.IsDryRun() };
        var patch = await ReadPatchAsync(context, encoder.Type);
        ImmutableArray<string> problems = [];
        var patched = api.Update(type, @namespace, name, old =>
        {
            var text = ObjectJson.Write(patch(KindConversion.ToServed(encoder.Type, old.DeepClone().AsObject())));
            problems = Strictness.Check(encoder.Type, text, out var value);
            if (problems.Length > 0 && context.Request.Query.FieldValidation() == "Strict") throw NotStrict(type, name, problems);
            Place(value, type.IsNamespaced ? @namespace : null, name);
            return KindConversion.ToKept(encoder.Type, value, old);
        }, options);
        if (context.Request.Query.FieldValidation() == "Warn") Answer.Warn(context, problems);
        await encoder.WriteAsync(context, StatusCodes.Status200OK, patched);
    }

    /// <summary>Reads a patch.</summary>
    /// <returns>What makes a patched copy of an object.</returns>
    /// <exception cref="ApiException">It is of a kind that is not known.</exception>
    public static async Task<Func<JsonObject, JsonObject>> ReadPatchAsync(HttpContext context, ResourceType type)
    {
        var media = RequestBody.MediaType(context.Request);
        var bytes = await RequestBody.ReadAsync(context);
        return media switch
        {
            "application/json-patch+json" => old => JsonPatch.Apply(old, bytes),
            "application/merge-patch+json" => old => MergePatch.Apply(old, bytes),
            // What a definition says of its lists is not enough to merge them by.
            "application/strategic-merge-patch+json" when type.Custom is not null => throw new ApiException(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json"),
            "application/strategic-merge-patch+json" => old => StrategicMergePatch.Apply(type, old, bytes),
            "application/apply-patch+yaml" or "application/apply-patch+cbor" => throw new ApiException(
                415, "UnsupportedMediaType", "server-side apply is not supported here; use client-side apply (kubectl apply without --server-side)"),
            _ => throw new ApiException(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json"),
        };
    }

    /// <summary>What a patch makes of an object has fields that are not known, and the client wants to be told.</summary>
    public static ApiException NotStrict(ResourceType type, string name, ImmutableArray<string> problems) => Refusal.Invalid(
        type, name, [new FieldError(FieldErrorType.FieldValueInvalid, "patch", "\"\"", $"strict decoding error: {string.Join(", ", problems)}")]);

    // What has no place in the kind is dropped: said aloud or refused, as the client wants it.
    private static JsonObject Read(HttpContext context, ResourceType type, ReadOnlyMemory<byte> body)
    {
        if (body.Length == 0) throw Refusal.BadRequest($"the body of the request is empty: {type.Kind} in version \"{type.Version}\" is expected");
        var problems = Strictness.Check(type, body, out var value);
        var (kind, apiVersion) = (value.Text("kind"), value.Text("apiVersion"));
        if ((kind.Length > 0 && kind != type.Kind) || (apiVersion.Length > 0 && apiVersion != type.ApiVersion))
            throw Refusal.BadRequest($"the object provided is of kind {kind} in version \"{apiVersion}\": {type.Kind} in version \"{type.ApiVersion}\" is expected here");
        switch (context.Request.Query.FieldValidation())
        {
            case "Strict" when problems.Length > 0:
                throw Refusal.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: strict decoding error: {string.Join(", ", problems)}");
            case "Warn":
                Answer.Warn(context, problems);
                break;
        }

        return value;
    }

    // The object is where the path says.
    private static void Place(JsonObject value, string? @namespace, string? name)
    {
        var metadata = Meta.Of(value);
        if (name is not null)
        {
            if (metadata.Text("name") is { Length: > 0 } given && given != name) throw Refusal.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
            metadata["name"] = name;
        }

        if (@namespace is null) return;
        if (metadata.Text("namespace") is { Length: > 0 } other && other != @namespace)
            throw Refusal.BadRequest($"the namespace of the provided object does not match the namespace sent on the request ({other}, {@namespace})");
        metadata["namespace"] = @namespace;
    }
}
