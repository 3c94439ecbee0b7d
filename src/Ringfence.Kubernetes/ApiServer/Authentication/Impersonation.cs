using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.ApiServer.Authentication;

/// <summary>Lets masters act as somebody else (<c>kubectl --as</c>), to see what those may do.</summary>
/// <remarks>https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation</remarks>
internal static class Impersonation
{
    /// <summary>Whom a request counts as.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="user">Who sent it.</param>
    /// <exception cref="ApiException">The sender may not act as somebody else.</exception>
    public static User Apply(IHeaderDictionary headers, User user)
    {
        var name = headers["Impersonate-User"].ToString();
        var groups = headers["Impersonate-Group"];
        if (name.Length == 0)
            return groups.Count == 0 ? user : throw Refusal.BadRequest("Impersonate-Group is of no use without Impersonate-User");
        if (user.IsAnonymous) throw new ApiException(401, "Unauthorized", "Unauthorized");
        var access = new AccessRequest("impersonate", "", "users", "", "", name);
        if (!Authorizer.Allows(user, access)) throw Authorizer.Refuse(user, access);
        return new User(name, headers["Impersonate-Uid"].ToString(), [.. groups.OfType<string>().Append(User.Authenticated).Distinct()]);
    }
}
