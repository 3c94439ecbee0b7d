using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Authentication;
using Ringfence.Kubernetes.ApiServer.Objects;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Answers the questions who somebody is and what somebody may do, which are asked by creating objects that are not kept.</summary>
/// <param name="authenticator">Knows tokens.</param>
/// <param name="kinds">The kinds that are served now.</param>
/// <remarks>https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access</remarks>
internal sealed class ReviewHandler(Authenticator authenticator, Func<Schemas.ServedKinds> kinds)
{
    /// <summary>Whether a path is of such a question.</summary>
    public static bool IsReview(ResourcePath path) => (path.Group, path.Version, path.Resource, path.Name) is
        ("authentication.k8s.io", "v1", "selfsubjectreviews" or "tokenreviews", null)
        or ("authorization.k8s.io", "v1", "selfsubjectaccessreviews" or "selfsubjectrulesreviews" or "subjectaccessreviews" or "localsubjectaccessreviews", null);

    /// <summary>Answers.</summary>
    public async Task ServeAsync(HttpContext context, ResourcePath path, User user)
    {
        if (context.Request.Method != HttpMethods.Post) throw new ApiException(405, "MethodNotAllowed", $"{path.Resource} can only be created");
        var review = await RequestBody.ReadObjectAsync(context) ?? [];
        var spec = review["spec"] as JsonObject;
        var (kind, status) = path.Resource switch
        {
            "selfsubjectreviews" => ("SelfSubjectReview", new JsonObject { ["userInfo"] = Info(user) }),
            "tokenreviews" => ("TokenReview", Token(spec.Text("token"))),
            "selfsubjectaccessreviews" => ("SelfSubjectAccessReview", Access(user, spec)),
            "selfsubjectrulesreviews" => ("SelfSubjectRulesReview", Rules(user, kinds())),
            "localsubjectaccessreviews" => ("LocalSubjectAccessReview", Access(Subject(spec), spec)),
            _ => ("SubjectAccessReview", Access(Subject(spec), spec)),
        };
        review["kind"] = kind;
        review["apiVersion"] = $"{path.Group}/{path.Version}";
        review["metadata"] = new JsonObject();
        review["status"] = status;
        await Answer.WriteAsync(context, StatusCodes.Status201Created, review);
    }

    private JsonObject Token(string token) => authenticator.OfToken(token) is { } known
        ? new JsonObject { ["authenticated"] = true, ["user"] = Info(known) }
        : new JsonObject { ["authenticated"] = false, ["error"] = "the token is not known here, or has expired" };

    private static User Subject(JsonObject? spec) => new(spec.Text("user"), spec.Text("uid"), [.. spec.Texts("groups")]);

    private static JsonObject Info(User user)
    {
        var info = new JsonObject { ["username"] = user.Name };
        if (user.Uid.Length > 0) info["uid"] = user.Uid;
        info.SetTexts("groups", user.Groups);
        return info;
    }

    private static JsonObject Access(User user, JsonObject? spec)
    {
        var resource = spec?["resourceAttributes"] as JsonObject;
        var isAllowed = resource is not null
            ? Authorizer.Allows(user, new AccessRequest(
                resource.Text("verb"), resource.Text("group"), resource.Text("resource"), resource.Text("subresource"), resource.Text("namespace"), resource.Text("name")))
            : Authorizer.AllowsPath(user, (spec?["nonResourceAttributes"] as JsonObject).Text("verb"));
        return new JsonObject { ["allowed"] = isAllowed };
    }

    private static JsonObject Rules(User user, Schemas.ServedKinds kinds)
    {
        var (resources, paths) = Authorizer.Rules(user, kinds);
        return new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. resources.Select(rule => (JsonNode)new JsonObject
            {
                ["verbs"] = Texts(rule.Verbs), ["apiGroups"] = Texts(rule.Groups), ["resources"] = Texts(rule.Resources),
            })]),
            ["nonResourceRules"] = new JsonArray([.. paths.Select(verb => (JsonNode)new JsonObject { ["verbs"] = Texts([verb]), ["nonResourceURLs"] = Texts(["*"]) })]),
            ["incomplete"] = false,
        };
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);
}
