using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.ApiServer.Streaming;

/// <summary>The subresources of pods that are streams: <c>exec</c>, <c>attach</c>, <c>portforward</c> and <c>log</c>.</summary>
public static class PodStreaming
{
    /// <summary>Answers a request for one of them, GET or POST.</summary>
    /// <param name="context">The request, whose user may do this; nothing is written yet.</param>
    /// <param name="subresource">Its name in the path.</param>
    /// <param name="pod">The pod as it is kept.</param>
    /// <param name="runtime">What runs pods; null where nothing does.</param>
    /// <exception cref="ApiException">It is refused, and nothing has been written.</exception>
    public static Task ServeAsync(HttpContext context, string subresource, StoredObject pod, IPodRuntime? runtime)
    {
        var value = pod.Parse();
        if (runtime is null || subresource is not ("exec" or "log"))
            throw new ApiException(
                StatusCodes.Status501NotImplemented, "NotImplemented",
                runtime is null ? $"no pods run here: this server keeps objects alone, and has no {subresource} of pod {pod.Name}" : $"{subresource} is not supported here; exec and logs are");
        return subresource == "exec" ? RemoteCommand.ServeAsync(context, value, runtime) : PodLog.ServeAsync(context, value, runtime);
    }
}
