using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ringfence.Kubernetes.ApiServer.Http;

/// <summary>In which form a client wants objects.</summary>
internal enum ObjectForm
{
    /// <summary>As they are.</summary>
    Plain,

    /// <summary>As rows of a <c>Table</c>.</summary>
    Table,

    /// <summary>Their metadata alone.</summary>
    Metadata,
}

/// <summary>What a client accepts as an answer.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-representations</remarks>
internal static class Acceptance
{
    private const string MetaGroup = "meta.k8s.io";

    /// <summary>The form that a client likes best among those that there are.</summary>
    /// <exception cref="ApiException">It accepts none of them.</exception>
    public static ObjectForm Choose(HttpRequest request)
    {
        var all = Accepted(request);
        if (all.Count == 0) return ObjectForm.Plain;
        foreach (var type in all)
        {
            if (!IsJson(type)) continue;
            switch (Parameter(type, "as"))
            {
                case "":
                    return ObjectForm.Plain;
                case "Table" when Parameter(type, "g") == MetaGroup && Parameter(type, "v") == "v1":
                    return ObjectForm.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when Parameter(type, "g") == MetaGroup && Parameter(type, "v") == "v1":
                    return ObjectForm.Metadata;
            }
        }

        throw NotAcceptable("application/json");
    }

    /// <summary>The version of aggregated discovery that a client likes best; null where it wants the plain one.</summary>
    /// <exception cref="ApiException">It accepts none.</exception>
    public static string? Discovery(HttpRequest request)
    {
        var all = Accepted(request);
        if (all.Count == 0) return null;
        foreach (var type in all)
        {
            if (!IsJson(type)) continue;
            if (Parameter(type, "as") == "APIGroupDiscoveryList" && Parameter(type, "g") == "apidiscovery.k8s.io" && Parameter(type, "v") is "v2" or "v2beta1") return Parameter(type, "v");
            if (Parameter(type, "as").Length == 0) return null;
        }

        throw NotAcceptable("application/json");
    }

    /// <summary>Which of some media types a client likes best.</summary>
    /// <exception cref="ApiException">It accepts none.</exception>
    public static string Choose(HttpRequest request, params ReadOnlySpan<string> offered)
    {
        var all = Accepted(request);
        if (all.Count == 0) return offered[0];
        foreach (var type in all)
        {
            foreach (var each in offered)
                if (type.MatchesAllTypes || type.MediaType.Equals(each, StringComparison.OrdinalIgnoreCase) || (type.MatchesAllSubTypes && IsJson(type) && each == "application/json"))
                    return each;
        }

        throw NotAcceptable(string.Join(", ", offered));
    }

    private static List<MediaTypeHeaderValue> Accepted(HttpRequest request)
    {
        // Those that are liked as much stay in their order.
        return MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var all) ? [.. all.OrderByDescending(type => type.Quality ?? 1)] : [];
    }

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.MatchesAllTypes || (type.MatchesAllSubTypes && type.Type.Equals("application", StringComparison.OrdinalIgnoreCase)) || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    private static string Parameter(MediaTypeHeaderValue type, string name)
    {
        foreach (var parameter in type.Parameters)
            if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return HeaderUtilities.RemoveQuotes(parameter.Value).ToString();
        return "";
    }

    private static ApiException NotAcceptable(string offered) => new(406, "NotAcceptable", $"only the following media types are accepted: {offered}");
}
