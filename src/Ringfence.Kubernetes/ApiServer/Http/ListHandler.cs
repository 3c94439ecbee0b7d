using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Storage;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers lists, whole or in pages.</summary>
/// <param name="api">The objects.</param>
internal sealed class ListHandler(ObjectApi api)
{
    private const int FlushBytes = 64 << 10;

    /// <summary>Answers a list.</summary>
    public async Task ServeAsync(HttpContext context, ListQuery query, ObjectEncoder encoder)
    {
        var (objects, version, isMore) = Select(query);
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString() };
        if (isMore) metadata["continue"] = new ContinueToken(version, objects[^1].Namespace, objects[^1].Name).ToString();
        if (encoder.Form == ObjectForm.Table)
        {
            var table = encoder.Table(objects);
            table["metadata"] = metadata;
            await Answer.WriteAsync(context, StatusCodes.Status200OK, table);
            return;
        }

        if (context.Request.Query.ContainsKey("pretty"))
        {
            await Answer.WriteAsync(context, StatusCodes.Status200OK, new JsonObject
            {
                ["kind"] = encoder.List.Kind,
                ["apiVersion"] = encoder.List.ApiVersion,
                ["metadata"] = metadata,
                ["items"] = new JsonArray([.. objects.Select(each => (JsonNode)encoder.Document(each))]),
            });
            return;
        }

        context.Response.ContentType = Answer.Json;
        // Without a length, HTTP/2 has no way to leave away a body that was begun.
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await WriteAsync(context.Response.BodyWriter, encoder, metadata, objects, context.RequestAborted);
    }

    /// <summary>The objects that a query asks for, with the version as of which they are so, and whether there are more.</summary>
    /// <exception cref="ApiException">That version is not kept any more, or not there yet.</exception>
    public (List<StoredObject> Objects, long Version, bool IsMore) Select(ListQuery query)
    {
        var state = api.State;
        var wanted = query.Continue?.Version ?? query.Version ?? 0;
        if (wanted > state.Version) throw ListQuery.TooLarge(wanted, state.Version);
        if ((query.Continue is not null || query.IsExact) && wanted < state.Version) state = AsOf(state, query, wanted);
        var behind = query.Continue is { } last ? (last.Namespace, last.Name) : default((string, string)?);
        var objects = new List<StoredObject>();
        foreach (var each in Candidates(state, query, behind))
        {
            if (!query.Filter.Matches(each)) continue;
            if (objects.Count == query.Limit) return (objects, state.Version, true);
            objects.Add(each);
        }

        return (objects, state.Version, false);
    }

    /// <summary>Objects among which are all that a query asks for, in order: fewer than all, where they can be found without looking at each.</summary>
    /// <param name="state">The objects.</param>
    /// <param name="query">The query.</param>
    /// <param name="behind">The place behind which they begin; null for the first.</param>
    public static IEnumerable<StoredObject> Candidates(StoreState state, ListQuery query, (string Namespace, string Name)? behind)
    {
        var (type, filter) = (query.Type, query.Filter);
        if (filter.Fields?.Name is { } name && (filter.Namespace is not null || !type.IsNamespaced) && behind is null)
            return state.Find(type, filter.Namespace ?? "", name) is { } found ? [found] : [];
        if (filter.Fields?.Node is { } node && PodsByNode.IsOf(type) && state.Nodes is { } nodes)
            return behind is var (@namespace, last) ? nodes.On(node).SkipWhile(pod => ByName.Compare(pod, @namespace, last) <= 0) : nodes.On(node);
        return state.In(type, filter.Namespace, behind);
    }

    private StoreState AsOf(StoreState state, ListQuery query, long version)
    {
        var changes = api.Log.Since(query.Type, version);
        if (changes is null) throw query.Continue is null ? Refusal.Expired(version, api.Log.Floor) : Refusal.ContinueExpired();
        // The log may be ahead of the state by now.
        return state.AsOf(query.Type, version, changes.Where(change => change.Object.Version <= state.Version));
    }

    private static async Task WriteAsync(PipeWriter output, ObjectEncoder encoder, JsonObject metadata, List<StoredObject> objects, CancellationToken aborted)
    {
        Write(output, $"{{\"kind\":\"{encoder.List.Kind}\",\"apiVersion\":\"{encoder.List.ApiVersion}\",\"metadata\":{metadata.ToJsonString()},\"items\":[");
        for (var i = 0; i < objects.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            output.Write(encoder.Encode(objects[i]).Span);
            // Who reads slowly makes us wait, instead of filling the memory.
            if (output.UnflushedBytes > FlushBytes && (await output.FlushAsync(aborted)).IsCompleted) return;
        }

        Write(output, "]}\n");
        await output.FlushAsync(aborted);
    }

    private static void Write(PipeWriter output, string text) => Encoding.UTF8.GetBytes(text, output);
}
