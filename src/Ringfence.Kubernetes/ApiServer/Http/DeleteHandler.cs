using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Objects;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers deletions, of one object or of many.</summary>
/// <param name="api">The objects.</param>
/// <param name="lists">Finds those that are meant.</param>
internal sealed class DeleteHandler(ObjectApi api, ListHandler lists)
{
    /// <summary>Deletes one object.</summary>
    public async Task DeleteAsync(HttpContext context, ResourceType type, string @namespace, string name)
    {
        var options = await ReadAsync(context);
        var (isGone, stored) = api.DeleteKnowingLast(type, @namespace, name, options);
        // A pod is answered with itself in any case.
        if (isGone && !type.IsCore("Pod")) await Answer.WriteAsync(context, StatusCodes.Status200OK, StatusDocument.Deleted(stored));
        else await Answer.WriteAsync(context, StatusCodes.Status200OK, stored.In(type));
    }

    /// <summary>Deletes all objects that a query asks for.</summary>
    public async Task DeleteAllAsync(HttpContext context, ListQuery query)
    {
        var options = await ReadAsync(context);
        var (objects, version, _) = lists.Select(query);
        var items = new JsonArray();
        foreach (var stored in objects)
        {
            try
            {
                items.Add((JsonNode)api.DeleteKnowingLast(stored.Type, stored.Namespace, stored.Name, options).Object.Parse());
            }
            catch (ApiException refusal) when (refusal.Code == 404)
            {
                // Somebody else was faster.
            }
        }

        await Answer.WriteAsync(context, StatusCodes.Status200OK, new JsonObject
        {
            ["kind"] = query.Type.ListKind,
            ["apiVersion"] = query.Type.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString() },
            ["items"] = items,
        });
    }

    /// <summary>Reads <c>DeleteOptions</c>, from the body and from the query.</summary>
    public static async Task<DeleteOptions> ReadAsync(HttpContext context) => Read(await RequestBody.ReadObjectAsync(context), context.Request.Query);

    /// <summary>Reads <c>DeleteOptions</c>.</summary>
    public static DeleteOptions Read(JsonObject? body, IQueryCollection query)
    {
        try
        {
            var preconditions = body?["preconditions"] as JsonObject;
            var orphan = query.Flag("orphanDependents") ?? (bool?)body?["orphanDependents"];
            var propagation = query.Text("propagationPolicy") is { Length: > 0 } asked ? asked : body.Text("propagationPolicy");
            if (propagation is not ("" or "Background" or "Foreground" or "Orphan"))
                throw new ApiException(422, "Invalid", $"DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"{propagation}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"");
            return new DeleteOptions
            {
                Propagation = propagation.Length > 0 ? propagation : orphan switch { true => "Orphan", false => "Background", _ => null },
                GracePeriodSeconds = (int?)Math.Min(int.MaxValue, query.Number("gracePeriodSeconds") ?? body.Number("gracePeriodSeconds") ?? -1) is >= 0 and var grace ? grace : null,
                Uid = preconditions.Text("uid") is { Length: > 0 } uid ? uid : null,
                ResourceVersion = preconditions.Text("resourceVersion") is { Length: > 0 } version ? version : null,
                DryRun = query.IsDryRun() || body.Texts("dryRun").Contains("All"),
            };
        }
        catch (Exception problem) when (problem is InvalidOperationException or FormatException or ArgumentException)
        {
            throw Refusal.BadRequest($"the DeleteOptions cannot be read: {problem.Message}");
        }
    }
}
