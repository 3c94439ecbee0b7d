namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>What somebody wants to do.</summary>
/// <param name="Verb">Such as <c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>.</param>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Resource">The plural name of the kind.</param>
/// <param name="Subresource">The subresource; empty for the object itself.</param>
/// <param name="Namespace">The namespace; empty for all, or for kinds without.</param>
/// <param name="Name">The object; empty for all.</param>
internal sealed record AccessRequest(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name)
{
    /// <summary>Whether nothing is changed by it.</summary>
    public bool IsReading => Verb is "get" or "list" or "watch";

    /// <summary>The kind and subresource, as messages name them.</summary>
    public string Target => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";
}

/// <summary>
/// Says who may do what. Masters may do everything; node agents read everything but secrets and write <c>pods/status</c>, <c>nodes/status</c>, events and
/// leases; everybody else who is known reads everything but secrets.
/// </summary>
internal static class Authorizer
{
    // What is read through the last three leads into pods, and a token is as good as its account.
    private static readonly string[] Reading = ["get", "list", "watch"];
    private static readonly string[] Inner = ["exec", "attach", "portforward", "token", "proxy"];

    /// <summary>Whether somebody may do something.</summary>
    public static bool Allows(User user, AccessRequest request)
    {
        if (user.Groups.Contains(User.Masters)) return true;
        if (user.IsAnonymous) return false;
        // Everybody may ask what they may do.
        if (request is { Verb: "create", Resource: "selfsubjectaccessreviews" or "selfsubjectrulesreviews" or "selfsubjectreviews" }) return true;
        if (request.IsReading) return request.Resource is not ("secrets" or "*") && !Inner.Contains(request.Subresource);
        return user.Groups.Contains(User.Agents) && IsForAgents(request);
    }

    private static bool IsForAgents(AccessRequest request) => (request.Group, request.Resource, request.Subresource) switch
    {
        ("", "pods" or "nodes", "status") => request.Verb is "update" or "patch",
        ("" or "events.k8s.io", "events", "") or ("coordination.k8s.io", "leases", "") => request.Verb is "create" or "update" or "patch" or "delete",
        _ => false,
    };

    /// <summary>Whether somebody may use paths that lead to no objects, such as discovery.</summary>
    public static bool AllowsPath(User user, string verb) => user.Groups.Contains(User.Masters) || (!user.IsAnonymous && verb is "get" or "head");

    /// <summary>What somebody may do, for people: rules about objects, and the verbs for other paths.</summary>
    public static (IReadOnlyList<(string[] Verbs, string[] Groups, string[] Resources)> Objects, IReadOnlyList<string> Paths) Rules(User user, Schemas.ServedKinds kinds)
    {
        if (user.Groups.Contains(User.Masters)) return ([(["*"], ["*"], ["*"])], ["*"]);
        if (user.IsAnonymous) return ([], []);
        var readable = kinds.All.Distinct().Where(type => type.Plural != "secrets").Select(type => (Group: type.Group, Name: type.Plural))
            .GroupBy(type => type.Group).Select(group => (Reading, (string[])[group.Key], group.Select(type => type.Name).ToArray()));
        (string[], string[], string[])[] own =
        [
            (["create"], ["authentication.k8s.io"], ["selfsubjectreviews"]),
            (["create"], ["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
        ];
        (string[], string[], string[])[] ofAgents = !user.Groups.Contains(User.Agents) ? [] :
        [
            (["update", "patch"], [""], ["pods/status", "nodes/status"]),
            (["create", "update", "patch", "delete"], ["", "events.k8s.io"], ["events"]),
            (["create", "update", "patch", "delete"], ["coordination.k8s.io"], ["leases"]),
        ];
        return ([.. own, .. readable, .. ofAgents], ["get"]);
    }

    /// <summary>The refusal, in the API server's words.</summary>
    public static ApiException Refuse(User user, AccessRequest request)
    {
        var where = request.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\"";
        var what = request.Group.Length == 0 ? request.Resource : $"{request.Resource}.{request.Group}";
        var named = request.Name.Length == 0 ? what : $"{what} \"{request.Name}\"";
        return new ApiException(
            403, "Forbidden", $"{named} is forbidden: User \"{user.Name}\" cannot {request.Verb} resource \"{request.Target}\" in API group \"{request.Group}\" {where}")
        {
            About = (request.Group, request.Resource, request.Name),
        };
    }
}
