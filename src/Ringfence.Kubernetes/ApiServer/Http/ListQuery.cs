using System.Globalization;
using Microsoft.AspNetCore.Http;
using Ringfence.Kubernetes.ApiServer.Selectors;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>What a list or watch asks for.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions</remarks>
internal sealed record ListQuery
{
    /// <summary>The kind, as it is kept.</summary>
    public required ResourceType Type { get; init; }

    /// <summary>Which objects.</summary>
    public required ObjectFilter Filter { get; init; }

    /// <summary>At most so many; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>Where to go on; null for the beginning.</summary>
    public ContinueToken? Continue { get; init; }

    /// <summary>The version that is known; null where none is, 0 for any.</summary>
    public long? Version { get; init; }

    /// <summary>Whether exactly that version is wanted, and not a later one.</summary>
    public bool IsExact { get; init; }

    /// <summary>Whether a watch begins with the objects that there are; null where nothing is said.</summary>
    public bool? SendInitialEvents { get; init; }

    /// <summary>Whether a watch may tell versions without a change.</summary>
    public bool AllowBookmarks { get; init; }

    /// <summary>How long a watch lasts; null for the server's choice.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Reads a query.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">The namespace; null for all.</param>
    /// <param name="query">The query.</param>
    /// <exception cref="ApiException">It makes no sense.</exception>
    public static ListQuery Read(ResourceType type, string? @namespace, IQueryCollection query)
    {
        var (match, version, token) = (query.Text("resourceVersionMatch"), query.Text("resourceVersion"), query.Text("continue"));
        var isWatch = query.Flag("watch") == true;
        var initial = query.Flag("sendInitialEvents");
        if (match.Length > 0 && match is not ("Exact" or "NotOlderThan"))
            throw Invalid(type, FieldErrorType.FieldValueNotSupported, "resourceVersionMatch", $"\"{match}\"", "supported values: \"Exact\", \"NotOlderThan\", \"\"");
        if (match.Length > 0 && !isWatch && version.Length == 0) throw Invalid(type, FieldErrorType.FieldValueForbidden, "resourceVersionMatch", null, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        if (match == "Exact" && version == "0") throw Invalid(type, FieldErrorType.FieldValueForbidden, "resourceVersionMatch", null, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        if (initial is not null && !isWatch) throw Invalid(type, FieldErrorType.FieldValueForbidden, "sendInitialEvents", null, "sendInitialEvents is forbidden for list");
        if (initial is not null && match != "NotOlderThan")
            throw Invalid(type, FieldErrorType.FieldValueForbidden, "resourceVersionMatch", null, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        if (isWatch && match.Length > 0 && initial is null) throw Invalid(type, FieldErrorType.FieldValueForbidden, "resourceVersionMatch", null, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        if (token.Length > 0 && version is not ("" or "0")) throw Refusal.BadRequest("specifying resource version is not allowed when using continue");
        return new ListQuery
        {
            Type = type.KeptAs ?? type,
            Filter = new ObjectFilter(@namespace, LabelRequirements.Parse(query.Text("labelSelector")), FieldRequirements.Parse(type, query.Text("fieldSelector"))),
            Limit = query.Number("limit") is > 0 and var limit ? (int)Math.Min(limit, int.MaxValue) : null,
            Continue = token.Length > 0 ? ContinueToken.Parse(token) : null,
            Version = version.Length == 0 ? null : ReadVersion(type, version),
            IsExact = match == "Exact",
            SendInitialEvents = initial,
            AllowBookmarks = query.Flag("allowWatchBookmarks") == true,
            Timeout = query.Number("timeoutSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(Math.Min(seconds, 24 * 60 * 60)) : null,
        };
    }

    /// <summary>The refusal of a version that does not exist yet.</summary>
    public static ApiException TooLarge(long version, long current) => new(504, "Timeout", $"Too large resource version: {version}, current: {current}")
    {
        OtherCause = ("ResourceVersionTooLarge", "Too large resource version", ""),
        RetryAfterSeconds = 1,
    };

    private static long ReadVersion(ResourceType type, string version) =>
        long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid(type, FieldErrorType.FieldValueInvalid, "resourceVersion", $"\"{version}\"", "strconv.ParseUint: parsing \"" + version + "\": invalid syntax");

    private static ApiException Invalid(ResourceType type, FieldErrorType error, string field, string? value, string why)
    {
        var problem = new FieldError(error, field, value, why);
        return new ApiException(422, "Invalid", $"ListOptions.meta.k8s.io \"\" is invalid: {problem}") { About = ("meta.k8s.io", "ListOptions", ""), Causes = [problem] };
    }
}
