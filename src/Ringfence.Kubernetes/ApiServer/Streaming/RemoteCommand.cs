using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Ringfence.Kubernetes.ApiServer.Streaming;

/// <summary>The subresources <c>exec</c> and <c>attach</c>: a command in a pod, another one or its own, over a WebSocket.</summary>
/// <remarks>https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/; the subprotocols are those of <see cref="ChannelSocket"/>.</remarks>
internal static class RemoteCommand
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    // kubectl throws away what comes before it has made its streams, and a network that is this machine alone is faster than it.
    private static readonly TimeSpan Start = TimeSpan.FromMilliseconds(30);

    // The server itself holds a connection only while it reads from it or writes. Where the client's input waits for the command, nobody does: the connection would be
    // collected, and with it what waits for its end.
    private static readonly ConcurrentDictionary<ChannelSocket, HttpContext> s_open = new();

    /// <summary>Answers <c>exec</c>: runs the command to its end.</summary>
    /// <exception cref="ApiException">It is refused, and nothing has been written.</exception>
    public static Task ExecuteAsync(HttpContext context, JsonObject pod, IPodRuntime runtime)
    {
        var query = context.Request.Query;
        var command = new CommandRequest(
            (string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!, ContainerChoice.Of(pod, query["container"]),
            [.. query["command"].OfType<string>()], PodLog.Flag(query, "tty"));
        return command.Words.IsEmpty || command.Words[0].Length == 0
            ? throw ContainerChoice.Refused("you must specify at least one command for the container")
            : ServeAsync(context, pod, "exec into", command.IsTerminal, (streams, gone) => runtime.ExecuteAsync(command, streams, gone));
    }

    /// <summary>Answers <c>attach</c>: joins a container's own command until it has ended.</summary>
    /// <exception cref="ApiException">It is refused, and nothing has been written.</exception>
    public static Task AttachAsync(HttpContext context, JsonObject pod, IPodRuntime runtime)
    {
        var query = context.Request.Query;
        var request = new AttachRequest((string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!, ContainerChoice.Of(pod, query["container"]));
        return ServeAsync(context, pod, "attach to", PodLog.Flag(query, "tty"), async (streams, gone) =>
        {
            // Its exit code is the container's, in the pod's status.
            var end = await runtime.AttachAsync(request, streams, gone).ConfigureAwait(false);
            return end with { ExitCode = 0 };
        });
    }

    private static async Task ServeAsync(
        HttpContext context, JsonObject pod, string what, bool isTerminal, Func<CommandStreams, CancellationToken, Task<CommandEnd>> run)
    {
        var wanted = Wanted(context.Request.Query);
        if (string.IsNullOrEmpty((string?)pod["spec"]?["nodeName"])) throw ContainerChoice.Refused($"pod {(string?)pod["metadata"]?["name"]} does not have a host assigned");
        if ((string?)pod["status"]?["phase"] is var phase && phase is "Succeeded" or "Failed")
            throw ContainerChoice.Refused($"cannot {what} a container in a completed pod; current phase is {phase}");
        var subprotocol = Subprotocol(context.Request);

        using var socket = await WebSocketUpgrade.AcceptAsync(context, subprotocol).ConfigureAwait(false);
        using var channels = new ChannelSocket(socket);
        s_open[channels] = context;
        try
        {
            await RunAsync(channels, isTerminal, wanted, run, context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            s_open.TryRemove(channels, out _);
        }
    }

    private static async Task RunAsync(
        ChannelSocket channels, bool isTerminal, WantedStreams wanted, Func<CommandStreams, CancellationToken, Task<CommandEnd>> run, CancellationToken aborted)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var receiving = new CancellationTokenSource();
        var received = ReceiveAsync();
        try
        {
            await Task.Delay(Start, gone.Token).ConfigureAwait(false);
            var streams = new CommandStreams(
                wanted.Input ? channels.Input : null,
                wanted.Output ? channels.Output(StreamChannel.Output) : null,
                wanted.Errors ? channels.Output(StreamChannel.Errors) : null,
                channels.Sizes);
            var status = await EndAsync(run, isTerminal, streams, gone.Token).ConfigureAwait(false);
            await channels.SendAsync(StreamChannel.Status, Encoding.UTF8.GetBytes(status.ToJsonString()), gone.Token).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The client has gone; nobody is left to be told.
        }
        finally
        {
            using var patience = new CancellationTokenSource(Farewell);
            await channels.CloseAsync(patience.Token).ConfigureAwait(false);
            // The client closes its side, which ends what is received.
            await Task.WhenAny(received, Task.Delay(Farewell, aborted)).ConfigureAwait(false);
            await receiving.CancelAsync().ConfigureAwait(false);
            await received.ConfigureAwait(false);
        }

        async Task ReceiveAsync()
        {
            await channels.ReceiveAsync(receiving.Token).ConfigureAwait(false);
            await gone.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Runs it, and says how it ended as the API does.</summary>
    private static async Task<JsonObject> EndAsync(
        Func<CommandStreams, CancellationToken, Task<CommandEnd>> run, bool isTerminal, CommandStreams streams, CancellationToken gone)
    {
        CommandEnd end;
        try
        {
            end = await run(streams, gone).ConfigureAwait(false);
        }
        catch (ApiException refused)
        {
            return new JsonObject
            {
                ["metadata"] = new JsonObject(),
                ["status"] = "Failure",
                ["message"] = refused.Message,
                ["reason"] = refused.Reason,
                ["code"] = refused.Code,
            };
        }

        if (end.Problem is { } problem && (streams.Errors ?? streams.Output) is { } told)
            await told.WriteAsync(Encoding.UTF8.GetBytes(problem + (isTerminal ? "\r\n" : "\n")), gone).ConfigureAwait(false);
        if (end.ExitCode == 0) return new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" };
        var code = end.ExitCode.ToString(CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = end.Problem ?? $"command terminated with non-zero exit code: exit status {code}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = code }) },
        };
    }

    private static WantedStreams Wanted(IQueryCollection query)
    {
        var wanted = new WantedStreams(PodLog.Flag(query, "stdin"), PodLog.Flag(query, "stdout"), PodLog.Flag(query, "stderr") && !PodLog.Flag(query, "tty"));
        return wanted is { Input: false, Output: false, Errors: false }
            ? throw ContainerChoice.Refused("you must specify at least one of stdin, stdout, stderr")
            : wanted;
    }

    /// <summary>The subprotocol that both sides speak.</summary>
    private static string Subprotocol(HttpRequest request)
    {
        var accepted = string.Join(", ", ChannelSocket.Subprotocols);
        switch (WebSocketUpgrade.Wanted(request))
        {
            case "websocket":
                break;
            case { } other when other.StartsWith("spdy", StringComparison.Ordinal):
                throw ContainerChoice.Refused($"SPDY is not spoken here: use a client that speaks WebSocket ({accepted}), such as kubectl from 1.31 on");
            default:
                throw ContainerChoice.Refused($"Upgrade request required: this speaks WebSocket ({accepted})");
        }

        var offered = WebSocketUpgrade.Offered(request).ToImmutableArray();
        return ChannelSocket.Subprotocols.FirstOrDefault(offered.Contains)
            ?? throw ContainerChoice.Refused($"unable to negotiate protocol: client supports [{string.Join(' ', offered)}], server accepts [{accepted}]");
    }

    private readonly record struct WantedStreams(bool Input, bool Output, bool Errors);
}
