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
    private static readonly ImmutableArray<string> s_replicas = ["spec", "replicas"];

    /// <summary>Answers with the scale.</summary>
    public Task GetAsync(HttpContext context, ResourceType type, string @namespace, string name) =>
        Answer.WriteAsync(context, StatusCodes.Status200OK, Scale(type, (api.Find(type, @namespace, name) ?? throw Refusal.NotFound(type, name)).Parse()));

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
            problems = Strictness.CheckScale(change(Scale(type, value)), out var scale);
            if (problems.Length > 0 && context.Request.Query.FieldValidation() == "Strict") throw WriteHandler.NotStrict(type, name, problems);
            if (Meta.Of(scale).Text("resourceVersion") is { Length: > 0 } version) Meta.Of(value)["resourceVersion"] = version;
            Set(value, type.Custom?.Scale?.Wanted ?? s_replicas, (scale["spec"] as JsonObject).Number("replicas") ?? 0);
            return value;
        }, new WriteOptions { DryRun = context.Request.Query.IsDryRun() });
        if (context.Request.Query.FieldValidation() == "Warn") Answer.Warn(context, problems);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, Scale(type, written.Parse()));
    }

    private static JsonObject Scale(ResourceType type, JsonObject value)
    {
        var (old, paths) = (Meta.Of(value), type.Custom?.Scale);
        var selector = paths is null ? Selector(value["spec"]?["selector"] as JsonObject) : JsonValues.AsText(At(value, paths.Selector)) ?? "";
        var metadata = new JsonObject();
        foreach (var field in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"]) metadata.Keep(old, field);
        var status = new JsonObject { ["replicas"] = Count(value, paths?.Counted ?? ["status", "replicas"]) };
        if (selector.Length > 0) status["selector"] = selector;
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = Count(value, paths?.Wanted ?? s_replicas) },
            ["status"] = status,
        };
    }

    private static JsonNode? At(JsonNode? value, ImmutableArray<string> path) =>
        path.IsEmpty ? null : path.Aggregate(value, (inner, field) => (inner as JsonObject)?[field]);

    private static long Count(JsonObject value, ImmutableArray<string> path) =>
        path.IsEmpty ? 0 : (At(value, path[..^1]) as JsonObject ?? (path.Length == 1 ? value : null)).Number(path[^1]) ?? 0;

    private static void Set(JsonObject value, ImmutableArray<string> path, long number)
    {
        foreach (var field in path[..^1]) value = value[field] as JsonObject ?? (JsonObject)(value[field] = new JsonObject());
        value[path[^1]] = number;
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
