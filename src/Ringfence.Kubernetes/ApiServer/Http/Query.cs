using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>Reading of query parameters as the API server reads them.</summary>
internal static class Query
{
    /// <summary>A text; empty where there is none.</summary>
    public static string Text(this IQueryCollection query, string name) => query[name] is [{ } text, ..] ? text : "";

    /// <summary>Whether a flag is set; null where nothing is said.</summary>
    /// <exception cref="ApiException">It is neither true nor false.</exception>
    public static bool? Flag(this IQueryCollection query, string name) => query[name] switch
    {
        [] => null,
        ["" or "0" or "f" or "F" or "false" or "False" or "FALSE", ..] => false,
        ["1" or "t" or "T" or "true" or "True" or "TRUE", ..] => true,
        [var other, ..] => throw Refusal.BadRequest($"{name}: \"{other}\" is neither true nor false"),
    };

    /// <summary>A whole number that is not negative; null where nothing is said.</summary>
    /// <exception cref="ApiException">It is none.</exception>
    public static long? Number(this IQueryCollection query, string name)
    {
        var text = query.Text(name);
        if (text.Length == 0) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Refusal.BadRequest($"{name}: \"{text}\" is not a whole number from 0 on");
    }

    /// <summary>Whether nothing is to be kept.</summary>
    /// <exception cref="ApiException">It is asked for in an unknown way.</exception>
    public static bool IsDryRun(this IQueryCollection query) => query["dryRun"] switch
    {
        [] => false,
        ["All"] => true,
        var other => throw new ApiException(422, "Invalid", $" \"\" is invalid: dryRun: Unsupported value: \"{other}\": supported values: \"All\""),
    };

    /// <summary>What becomes of fields that are not known: <c>Strict</c>, <c>Warn</c> or <c>Ignore</c>.</summary>
    /// <exception cref="ApiException">It is asked for in an unknown way.</exception>
    /// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation</remarks>
    public static string FieldValidation(this IQueryCollection query) => query.Text("fieldValidation") switch
    {
        "" => "Warn",
        ("Strict" or "Warn" or "Ignore") and var known => known,
        var other => throw new ApiException(422, "Invalid", $" \"\" is invalid: fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
    };
}
