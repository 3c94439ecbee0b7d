using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>The refusals of the API server, in its own words, as kubectl and other programs look for them.</summary>
internal static class Refusal
{
    /// <summary>There is no such object.</summary>
    public static ApiException NotFound(ResourceType type, string name) => About(404, "NotFound", $"{type} \"{name}\" not found", type, name);

    /// <summary>There is one of this name.</summary>
    public static ApiException AlreadyExists(ResourceType type, string name) => About(409, "AlreadyExists", $"{type} \"{name}\" already exists", type, name);

    /// <summary>Somebody else wrote it meanwhile.</summary>
    public static ApiException Modified(ResourceType type, string name) =>
        Conflict(type, name, "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>It is not as the request says it is.</summary>
    public static ApiException Conflict(ResourceType type, string name, string why) =>
        About(409, "Conflict", $"Operation cannot be fulfilled on {type} \"{name}\": {why}", type, name);

    /// <summary>It may not be.</summary>
    public static ApiException Forbidden(ResourceType type, string name, string why) => About(403, "Forbidden", $"{type} \"{name}\" is forbidden: {why}", type, name);

    /// <summary>Nothing new may be put into a namespace that is being deleted.</summary>
    public static ApiException NamespaceTerminates(ResourceType type, string name, string @namespace) => new(
        403, "Forbidden", $"{type} \"{name}\" is forbidden: unable to create new content in namespace {@namespace} because it is being terminated")
    {
        About = (type.Group, type.Plural, name),
        OtherCause = ("NamespaceTerminating", $"namespace {@namespace} is being terminated", "metadata.namespace"),
    };

    /// <summary>Its fields are wrong.</summary>
    public static ApiException Invalid(ResourceType type, string name, ImmutableArray<FieldError> errors)
    {
        var kind = type.Group.Length == 0 ? type.Kind : $"{type.Kind}.{type.Group}";
        var list = errors.Select(error => error.ToString()).Distinct(StringComparer.Ordinal).ToArray();
        return new ApiException(422, "Invalid", $"{kind} \"{name}\" is invalid: {(list.Length == 1 ? list[0] : $"[{string.Join(", ", list)}]")}")
        {
            About = (type.Group, type.Kind, name),
            Causes = errors,
        };
    }

    /// <summary>The request makes no sense.</summary>
    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    /// <summary>Changes after a version are not kept any more.</summary>
    public static ApiException Expired(long version, long floor) => new(410, "Expired", $"too old resource version: {version} ({floor})");

    /// <summary>The pages of a list are too old to go on with.</summary>
    public static ApiException ContinueExpired() => new(
        410, "Expired", "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.");

    private static ApiException About(int code, string reason, string message, ResourceType type, string name) =>
        new(code, reason, message) { About = (type.Group, type.Plural, name) };
}
