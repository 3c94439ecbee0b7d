using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Objects;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary><c>Status</c> documents.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/</remarks>
internal static class StatusDocument
{
    /// <summary>That a request was refused.</summary>
    public static JsonObject Of(ApiException refusal)
    {
        var details = new JsonObject();
        if (refusal.About is { } about)
        {
            if (about.Name.Length > 0) details["name"] = about.Name;
            if (about.Group.Length > 0) details["group"] = about.Group;
            details["kind"] = about.Kind;
        }

        var causes = refusal.Causes
            .Select(error => Cause(error.Type.ToString(), Detail(error.ToString(), error.Field), error.Field))
            .Concat(refusal.OtherCause is { } other ? [Cause(other.Reason, other.Message, other.Field)] : []).ToArray();
        if (causes.Length > 0) details["causes"] = new JsonArray([.. causes]);
        if (refusal.RetryAfterSeconds is { } seconds) details["retryAfterSeconds"] = seconds;
        var status = Start("Failure");
        status["message"] = refusal.Message;
        status["reason"] = refusal.Reason;
        // Clients tell a path that is not there from an object that is not there by the name in here, and count on the place for it.
        if (details.Count > 0 || refusal.Code == 404) status["details"] = details;
        status["code"] = refusal.Code;
        return status;
    }

    /// <summary>That an object is gone.</summary>
    public static JsonObject Deleted(StoredObject gone)
    {
        var details = new JsonObject { ["name"] = gone.Name };
        if (gone.Type.Group.Length > 0) details["group"] = gone.Type.Group;
        details["kind"] = gone.Type.Plural;
        details["uid"] = Meta.Of(gone.Parse()).Text("uid");
        var status = Start("Success");
        status["details"] = details;
        return status;
    }

    /// <summary>That something was done.</summary>
    public static JsonObject Success() => Start("Success");

    private static JsonObject Start(string status) => new() { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = status };

    // The field has a place of its own.
    private static string Detail(string error, string field) => error.StartsWith(field + ": ", StringComparison.Ordinal) ? error[(field.Length + 2)..] : error;

    private static JsonObject Cause(string reason, string message, string field)
    {
        var cause = new JsonObject { ["reason"] = reason, ["message"] = message };
        if (field.Length > 0) cause["field"] = field;
        return cause;
    }
}
