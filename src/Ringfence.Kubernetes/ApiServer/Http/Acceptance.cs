using System.Globalization;
using Microsoft.AspNetCore.Http;

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
            if (!type.IsJson) continue;
            switch (type.Parameter("as"))
            {
                case "":
                    return ObjectForm.Plain;
                case "Table" when type.Parameter("g") == MetaGroup && type.Parameter("v") == "v1":
                    return ObjectForm.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when type.Parameter("g") == MetaGroup && type.Parameter("v") == "v1":
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
            if (!type.IsJson) continue;
            if (type.Parameter("as") == "APIGroupDiscoveryList" && type.Parameter("g") == "apidiscovery.k8s.io" && type.Parameter("v") is "v2" or "v2beta1") return type.Parameter("v");
            if (type.Parameter("as").Length == 0) return null;
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
                if (type.Includes(each)) return each;
        }

        throw NotAcceptable(string.Join(", ", offered));
    }

    // Not by the rules of HTTP: the media types of OpenAPI have an '@' in them, which those do not allow.
    private static List<MediaRange> Accepted(HttpRequest request)
    {
        var all = new List<MediaRange>();
        foreach (var header in request.Headers.Accept)
        foreach (var part in (header ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var pieces = part.Split(';', StringSplitOptions.TrimEntries);
            var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var piece in pieces.AsSpan(1))
            {
                var at = piece.IndexOf('=', StringComparison.Ordinal);
                if (at > 0) parameters[piece[..at].TrimEnd()] = piece[(at + 1)..].Trim().Trim('"');
            }

            all.Add(new MediaRange(pieces[0].ToLowerInvariant(), parameters));
        }

        // Those that are liked as much stay in their order.
        return [.. all.OrderByDescending(range => range.Quality)];
    }

    private static ApiException NotAcceptable(string offered) => new(406, "NotAcceptable", $"only the following media types are accepted: {offered}");

    private sealed record MediaRange(string Type, Dictionary<string, string> Parameters)
    {
        public double Quality { get; } = double.TryParse(Parameters.GetValueOrDefault("q"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality) ? quality : 1;

        public bool IsJson => Includes("application/json");

        public bool Includes(string type) => Type == "*/*" || Type == type || (Type.EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(Type[..^1], StringComparison.Ordinal));

        public string Parameter(string name) => Parameters.GetValueOrDefault(name, "");
    }
}
