using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers the subresource <c>scale</c>: how many replicas there are to be.</summary>
/// <param name="api">The objects.</param>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/scale-v1/</remarks>
internal sealed class ScaleHandler(ObjectApi api)
{
    /// <summary>Answers with the scale.</summary>
    public Task GetAsync(HttpContext context, ResourceType type, string @namespace, string name) =>
        Answer.WriteAsync(context, StatusCodes.Status200OK, Scale((api.Find(type, @namespace, name) ?? throw Refusal.NotFound(type, name)).Parse()));

    /// <summary>Replaces the scale.</summary>
    public async Task UpdateAsync(HttpContext context, ResourceType type, string @namespace, string name)
    {
        var body = await RequestBody.ReadJsonAsync(context);
        if (body.Length == 0) throw Refusal.BadRequest("a Scale is expected as the body");
        await ChangeAsync(context, type, @namespace, name, _ => body);
    }

    /// <summary>Patches the scale.</summary>
    public async Task PatchAsync(HttpContext context, ResourceType type, string @namespace, string name)
    {
        var patch = await WriteHandler.ReadPatchAsync(context, type);
        await ChangeAsync(context, type, @namespace, name, scale => ObjectJson.Write(patch(scale)));
    }

    private async Task ChangeAsync(HttpContext context, ResourceType type, string @namespace, string name, Func<JsonObject, ReadOnlyMemory<byte>> change)
    {
        ImmutableArray<string> problems = [];
        var written = api.Update(type, @namespace, name, value =>
        {
            problems = Strictness.CheckScale(change(Scale(value)), out var scale);
            if (problems.Length > 0 && context.Request.Query.FieldValidation() == "Strict") throw WriteHandler.NotStrict(type, name, problems);
            if (Meta.Of(scale).Text("resourceVersion") is { Length: > 0 } version) Meta.Of(value)["resourceVersion"] = version;
            value["spec"]!["replicas"] = (scale["spec"] as JsonObject).Number("replicas") ?? 0;
            return value;
        }, new WriteOptions { DryRun = context.Request.Query.IsDryRun() });
        if (context.Request.Query.FieldValidation() == "Warn") Answer.Warn(context, problems);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, Scale(written.Parse()));
    }

    private static JsonObject Scale(JsonObject value)
    {
        var (old, spec) = (Meta.Of(value), value["spec"] as JsonObject);
        var metadata = new JsonObject();
        foreach (var field in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"]) metadata.Keep(old, field);
        var status = new JsonObject { ["replicas"] = (value["status"] as JsonObject).Number("replicas") ?? 0 };
        if (Selector(spec?["selector"] as JsonObject) is { Length: > 0 } selector) status["selector"] = selector;
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = spec.Number("replicas") ?? 0 },
            ["status"] = status,
        };
    }

    private static string Selector(JsonObject? selector)
    {
        if (selector is null) return "";
        // A replication controller's selector is the labels themselves.
        var isPlain = !selector.ContainsKey("matchLabels") && !selector.ContainsKey("matchExpressions");
        var labels = isPlain ? selector : selector["matchLabels"] as JsonObject;
        var parts = (labels ?? []).Select(label => $"{label.Key}={label.Value}").ToList();
        foreach (var expression in (selector["matchExpressions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var (key, values) = (expression.Text("key"), string.Join(',', expression.Texts("values")));
            parts.Add(expression.Text("operator") switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "Exists" => key,
                _ => $"!{key}",
            });
        }

        return string.Join(',', parts.Order(StringComparer.Ordinal));
    }
}
