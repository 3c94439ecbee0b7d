using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Every request comes in here: who asks, what for, may they, and which handler answers.</summary>
/// <param name="authenticator">Knows who asks.</param>
/// <param name="handlers">What answers.</param>
/// <param name="api">The objects.</param>
/// <param name="time">Tells the time.</param>
/// <param name="onProblem">Is told of what should not happen.</param>
/// <param name="stopping">The server ends.</param>
internal sealed class ApiEndpoint(
    Authenticator authenticator, ApiHandlers handlers, ObjectApi api, TimeProvider time, Action<Exception> onProblem, CancellationToken stopping)
{
    /// <summary>Answers a request.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        try
        {
            await ServeOrRefuseAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be told.
        }
        catch (Exception problem) when (!context.Response.HasStarted)
        {
            await Answer.RefuseAsync(context, Explain(problem));
        }
    }

    private ApiException Explain(Exception problem)
    {
        switch (problem)
        {
            case ApiException refusal:
                return refusal;
            case BadHttpRequestException bad:
                return new ApiException(bad.StatusCode, bad.StatusCode == 413 ? "RequestEntityTooLarge" : "BadRequest", bad.Message);
            default:
                onProblem(problem);
                return new ApiException(500, "InternalError", $"Internal error occurred: {problem.Message}");
        }
    }

    private async Task ServeOrRefuseAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "/";
        var user = Impersonation.Apply(request.Headers, authenticator.Find(request.Headers.Authorization.ToString(), context.Connection.ClientCertificate)
            ?? throw new ApiException(401, "Unauthorized", "Unauthorized"));
        if (ResourcePath.Parse(path) is { } resource && !path.StartsWith("/openapi", StringComparison.Ordinal))
        {
            await ServeAsync(context, resource, user);
            return;
        }

        if (!DocumentHandler.IsOpen(path))
        {
            if (user.IsAnonymous) throw new ApiException(401, "Unauthorized", "Unauthorized");
            if (!Authorizer.AllowsPath(user, request.Method.ToLowerInvariant())) throw new ApiException(403, "Forbidden", $"forbidden: User \"{user.Name}\" cannot {request.Method.ToLowerInvariant()} path \"{path}\"");
        }

        if (request.Method is not ("GET" or "HEAD")) throw MethodNotAllowed();
        if (!await DocumentHandler.ServeAsync(context, path, api.Kinds)) throw NoSuchPath();
    }

    private async Task ServeAsync(HttpContext context, ResourcePath path, User user)
    {
        if (user.IsAnonymous) throw new ApiException(401, "Unauthorized", "Unauthorized");
        var verb = Verb(context.Request, path);
        var access = new AccessRequest(verb, path.Group, path.Resource, path.Subresource ?? "", path.Namespace ?? "", path.Name ?? "");
        if (!Authorizer.Allows(user, access)) throw Authorizer.Refuse(user, access);
        if (ReviewHandler.IsReview(path))
        {
            await handlers.Reviews.ServeAsync(context, path, user);
            return;
        }

        var type = api.Kinds.Find(path.Group, path.Version, path.Resource);
        if (type is null || (path.Namespace is not null && !type.IsNamespaced) || (path is { Namespace: null, Name: not null } && type.IsNamespaced)) throw NoSuchPath();
        if (type.Custom is { IsDeprecated: true } custom) Answer.Warn(context, [custom.DeprecationWarning.Length > 0 ? custom.DeprecationWarning : $"{type.ApiVersion} {type.Kind} is deprecated"]);
        if (path.Subresource is { } subresource) await ServeSubresourceAsync(context, type, path, subresource);
        else if (path.Name is { } name && verb != "watch") await ServeObjectAsync(context, type, path.Namespace ?? "", name);
        else await ServeCollectionAsync(context, type, path, verb);
    }

    private async Task ServeCollectionAsync(HttpContext context, ResourceType type, ResourcePath path, string verb)
    {
        var encoder = ObjectEncoder.Of(context.Request, type, time);
        switch (verb)
        {
            case "create":
                await handlers.Writes.CreateAsync(context, type.KeptAs ?? type, path.Namespace, encoder);
                break;
            case "list":
                await handlers.Lists.ServeAsync(context, ListQuery.Read(type, path.Namespace, context.Request.Query), encoder);
                break;
            case "watch":
                var query = ListQuery.Read(type, path.Namespace, context.Request.Query);
                if (path.Name is { } name) query = query with { Filter = query.Filter with { Fields = Selectors.FieldRequirements.OfName(name) } };
                await handlers.Watches.ServeAsync(context, query, encoder, stopping);
                break;
            case "deletecollection" when ServedResource.CanDeleteAll(type):
                await handlers.Deletes.DeleteAllAsync(context, ListQuery.Read(type, path.Namespace, context.Request.Query));
                break;
            default:
                throw MethodNotAllowed();
        }
    }

    private async Task ServeObjectAsync(HttpContext context, ResourceType served, string @namespace, string name)
    {
        var encoder = ObjectEncoder.Of(context.Request, served, time);
        var type = served.KeptAs ?? served;
        switch (context.Request.Method)
        {
            case "GET" or "HEAD":
                var stored = api.Find(type, @namespace, name) ?? throw Refusal.NotFound(type, name);
                await encoder.WriteAsync(context, StatusCodes.Status200OK, stored);
                break;
            case "PUT":
                await handlers.Writes.UpdateAsync(context, type, @namespace, name, null, encoder);
                break;
            case "PATCH":
                await handlers.Writes.PatchAsync(context, type, @namespace, name, null, encoder);
                break;
            case "DELETE":
                await handlers.Deletes.DeleteAsync(context, type, @namespace, name);
                break;
            default:
                throw MethodNotAllowed();
        }
    }

    private Task ServeSubresourceAsync(HttpContext context, ResourceType type, ResourcePath path, string subresource)
    {
        var (method, @namespace, name) = (context.Request.Method, path.Namespace ?? "", path.Name!);
        return (type.Group, type.Plural, subresource, method) switch
        {
            ("", "pods", _, "GET" or "POST") when PodHandler.IsStream(subresource) => handlers.Pods.StreamAsync(context, @namespace, name, subresource),
            ("", "pods", "binding", "POST") => handlers.Pods.BindAsync(context, @namespace, name),
            ("", "pods", "eviction", "POST") => handlers.Pods.EvictAsync(context, @namespace, name),
            ("", "serviceaccounts", "token", "POST") => handlers.Pods.IssueTokenAsync(context, @namespace, name),
            ("", "pods", "ephemeralcontainers", "GET") => ServeObjectAsync(context, type, @namespace, name),
            ("", "pods", "ephemeralcontainers", "PUT") => handlers.Writes.UpdateAsync(context, type, @namespace, name, subresource, ObjectEncoder.Of(context.Request, type, time)),
            ("", "pods", "ephemeralcontainers", "PATCH") => handlers.Writes.PatchAsync(context, type, @namespace, name, subresource, ObjectEncoder.Of(context.Request, type, time)),
            _ when !type.Subresources.Contains(subresource) => throw NoSuchPath(),
            (_, _, "scale", "GET") => handlers.Scales.GetAsync(context, type, @namespace, name),
            (_, _, "scale", "PUT") => handlers.Scales.UpdateAsync(context, type, @namespace, name),
            (_, _, "scale", "PATCH") => handlers.Scales.PatchAsync(context, type, @namespace, name),
            (_, _, "status", "GET") => ServeObjectAsync(context, type, @namespace, name),
            (_, _, "status" or "finalize", "PUT") => handlers.Writes.UpdateAsync(context, type.KeptAs ?? type, @namespace, name, subresource, ObjectEncoder.Of(context.Request, type, time)),
            (_, _, "status", "PATCH") => handlers.Writes.PatchAsync(context, type.KeptAs ?? type, @namespace, name, subresource, ObjectEncoder.Of(context.Request, type, time)),
            _ => throw MethodNotAllowed(),
        };
    }

    private static string Verb(HttpRequest request, ResourcePath path) => request.Method switch
    {
        "GET" when path.Subresource is null && request.Query.Flag("watch") == true => "watch",
        "GET" or "HEAD" => path.Name is null ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => path.Name is null ? "deletecollection" : "delete",
        _ => request.Method.ToLowerInvariant(),
    };

    private static ApiException NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource");

    private static ApiException MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
}

/// <summary>What answers requests.</summary>
internal sealed record ApiHandlers(
    ListHandler Lists, WatchHandler Watches, WriteHandler Writes, DeleteHandler Deletes, ScaleHandler Scales, PodHandler Pods, ReviewHandler Reviews);
