using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.ApiServer.Streaming;

/// <summary>Which of a pod's containers a request means.</summary>
internal static class ContainerChoice
{
    /// <summary>The annotation of a pod that names the container that is meant where none is named.</summary>
    /// <remarks>https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container</remarks>
    private const string DefaultAnnotation = "kubectl.kubernetes.io/default-container";

    /// <summary>Chooses.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="wanted">The name that the request gives; null or empty for none.</param>
    /// <exception cref="ApiException">The pod has no such container, or several where none is named.</exception>
    public static string Of(JsonObject pod, string? wanted)
    {
        var podName = (string?)pod["metadata"]?["name"];
        var spec = pod["spec"];
        var main = Names(spec?["containers"]).ToList();
        var named = string.IsNullOrEmpty(wanted) ? (string?)pod["metadata"]?["annotations"]?[DefaultAnnotation] : wanted;
        if (named is not null)
            return main.Contains(named) || Names(spec?["initContainers"]).Contains(named) || Names(spec?["ephemeralContainers"]).Contains(named)
                ? named
                : throw Refused($"container {named} is not valid for pod {podName}");
        return main.Count == 1 ? main[0] : throw Refused($"a container name must be specified for pod {podName}, choose one of: [{string.Join(' ', main)}]");
    }

    /// <summary>A request that is wrong.</summary>
    public static ApiException Refused(string message) => new(StatusCodes.Status400BadRequest, "BadRequest", message);

    private static IEnumerable<string> Names(JsonNode? containers) =>
        (containers as JsonArray)?.Select(container => (string?)container?["name"]).OfType<string>() ?? [];
}
