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
        if (runtime is null)
            throw NotImplemented($"no pods run here: this server keeps objects alone, and has no {subresource} of pod {pod.Name}");
        return subresource switch
        {
            "exec" => RemoteCommand.ExecuteAsync(context, value, runtime),
            "attach" => RemoteCommand.AttachAsync(context, value, runtime),
            "log" => PodLog.ServeAsync(context, value, runtime),
            _ => throw NotImplemented($"{subresource} is not supported here; exec, attach and logs are"),
        };
    }

    private static ApiException NotImplemented(string message) => new(StatusCodes.Status501NotImplemented, "NotImplemented", message);
}
