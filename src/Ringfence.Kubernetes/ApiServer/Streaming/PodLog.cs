using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.ApiServer.Streaming;

/// <summary>The subresource <c>log</c>: the lines of a container's log as plain text.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod</remarks>
internal static class PodLog
{
    /// <summary>Answers.</summary>
    public static async Task ServeAsync(HttpContext context, JsonObject pod, IPodRuntime runtime)
    {
        var query = context.Request.Query;
        var (@namespace, name) = ((string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!);
        var container = ContainerChoice.Of(pod, query["container"]);
        if (Flag(query, "previous"))
            throw ContainerChoice.Refused($"previous terminated container \"{container}\" in pod \"{name}\" not found");
        if (string.IsNullOrEmpty((string?)pod["spec"]?["nodeName"])) throw ContainerChoice.Refused($"pod {name} does not have a host assigned");
        var timestamps = Flag(query, "timestamps");
        var left = Number(query, "limitBytes", least: 1) ?? long.MaxValue;
        var lines = runtime.ReadLogAsync(
            new LogRequest(@namespace, name, container)
            {
                Follow = Flag(query, "follow"),
                Tail = (int?)Number(query, "tailLines", least: 0),
                Since = Since(query),
            },
            context.RequestAborted);
        try
        {
            var enumerator = lines.GetAsyncEnumerator(context.RequestAborted);
            await using (enumerator.ConfigureAwait(false))
            {
                // What is refused is refused at the first step, before anything is written.
                var next = enumerator.MoveNextAsync().AsTask();
                if (next.IsFaulted) await next.ConfigureAwait(false);
                context.Response.ContentType = "text/plain";
                while (left > 0)
                {
                    if (!next.IsCompleted) await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
                    if (!await next.ConfigureAwait(false)) break;
                    var bytes = Encoding.UTF8.GetBytes(Text(enumerator.Current, timestamps));
                    var count = (int)Math.Min(left, bytes.Length);
                    await context.Response.Body.WriteAsync(bytes.AsMemory(0, count), context.RequestAborted).ConfigureAwait(false);
                    left -= count;
                    next = enumerator.MoveNextAsync().AsTask();
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // Who read it has gone.
        }
    }

    private static string Text(LogLine line, bool timestamps) => timestamps
        ? string.Create(CultureInfo.InvariantCulture, $"{line.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff}00Z {line.Text}\n")
        : line.Text + "\n";

    private static DateTimeOffset? Since(IQueryCollection query)
    {
        if (Number(query, "sinceSeconds", least: 1) is { } seconds)
            return DateTimeOffset.UtcNow - TimeSpan.FromSeconds(Math.Min(seconds, (long)TimeSpan.FromDays(36500).TotalSeconds));
        if (query["sinceTime"] is not [{ Length: > 0 } text]) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw ContainerChoice.Refused($"sinceTime: '{text}' is not a time such as 2006-01-02T15:04:05Z");
    }

    private static long? Number(IQueryCollection query, string name, long least)
    {
        if (query[name] is not [{ Length: > 0 } text]) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= int.MaxValue
            ? number
            : throw ContainerChoice.Refused($"{name}: '{text}' is not a number from {least} to {int.MaxValue}");
    }

    /// <summary>Whether a flag of a query is set.</summary>
    public static bool Flag(IQueryCollection query, string name) => query[name] is [var text] && text is "" or "true" or "True" or "1" or "t" or "T" or "TRUE";
}
