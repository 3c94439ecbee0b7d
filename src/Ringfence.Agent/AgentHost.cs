using System.Net;
using Microsoft.Extensions.Logging;
using Ringfence.Agent.Health;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Kubernetes.Client;
using Ringfence.Kubernetes.Client.Access;

namespace Ringfence.Agent;

/// <summary>What an agent of the Kubernetes API is told.</summary>
public sealed record AgentHostOptions
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>The cluster.</summary>
    public required ClusterAccess Access { get; init; }

    /// <summary>The node's network.</summary>
    public required NetworkNamespace Network { get; init; }

    /// <summary>Whether established flows are cut that a change denies.</summary>
    public bool Revoke { get; init; } = true;

    /// <summary>Whether to end as soon as everything was seen and is in force.</summary>
    public bool Once { get; init; }

    /// <summary>Where probes of its health are answered; null for nowhere.</summary>
    public IPEndPoint? Health { get; init; }
}

/// <summary>Runs an agent with all that belongs to it: the feed from the API, the loop that enforces, and the answers to probes.</summary>
public static partial class AgentHost
{
    /// <summary>Runs it until cancelled, or until everything is in force where that is all that is asked for.</summary>
    /// <param name="options">What it is told.</param>
    /// <param name="logs">Where it tells what it does.</param>
    /// <param name="cancellation">Ends it; what is enforced stays enforced.</param>
    /// <returns>Whether everything that was seen is in force.</returns>
    /// <exception cref="Dataplane.MachineException">Not root, no nftables in the kernel, or another agent is at work.</exception>
    /// <exception cref="IOException">The address for probes is in use, or none of this machine's.</exception>
    public static async Task<bool> RunAsync(AgentHostOptions options, ILoggerFactory logs, CancellationToken cancellation)
    {
        var logger = logs.CreateLogger("ringfence.agent");
        ApiAgent? told = null;
        using var enforcing = new NodeAgent(options.Network, new NodeAgentOptions
        {
            Revoke = options.Revoke,
            Table = new NodeTableOptions { OnForeignChange = _ => told?.NoticeForeignChange() },
        });
        using var agent = told = new ApiAgent(enforcing, options.Node, logger, TimeProvider.System);
        await using var health = options.Health is { } endpoint ? await HealthServer.StartAsync(endpoint, agent.Health).ConfigureAwait(false) : null;
        Log.Starting(logger, options.Node, options.Access.Server, health?.Address.ToString() ?? "no address");
        if (options.Access.IsUnverified) Log.Unverified(logger, options.Access.Server);

        using var client = new ApiClient(options.Access);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var notes = new FeedNotes(agent, logger);
        var feed = new ObjectFeed(client, FeedKind.OfAgent, agent.Sink, new FeedOptions { Reduce = agent.Reduce, Tell = notes.Take });
        var feeding = feed.RunAsync(stop.Token);
        var enforced = Enforce(agent, options.Once, stop.Token);
        var first = await Task.WhenAny(feeding, enforced).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await feeding.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // As asked for.
        }

        return await enforced.ConfigureAwait(false);
    }

    // A thread of its own: it waits most of its time, and must not wait for others of a pool when it is needed.
    private static Task<bool> Enforce(ApiAgent agent, bool once, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                ended.SetResult(agent.Run(once, cancellation));
            }
            catch (Exception problem)
            {
                ended.SetException(problem);
            }
        }) { IsBackground = true, Name = "enforce" }.Start();
        return ended.Task;
    }

    /// <summary>Tells of the API as one thing: kinds fail and recover one after another. Each reason is told once, until all is well again.</summary>
    private sealed class FeedNotes(ApiAgent agent, ILogger logger)
    {
        private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
        private readonly HashSet<string> _told = new(StringComparer.Ordinal);

        public void Take(FeedNote note)
        {
            lock (_failing)
            {
                switch (note.Event)
                {
                    case FeedEvent.Failed:
                        _failing.Add(note.Kind);
                        if (_told.Add(note.Message)) agent.NoticeApi(note.Message);
                        break;
                    case FeedEvent.Synced or FeedEvent.Recovered:
                        if (!_failing.Remove(note.Kind) || _failing.Count > 0) break;
                        _told.Clear();
                        agent.NoticeApi(null);
                        break;
                    default:
                        Log.Feed(logger, note.Kind, note.Message);
                        break;
                }
            }
        }
    }

    // Event ids go on from those of ApiAgent.
    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Information, "enforcing for node {Node}, following {Server}; health endpoints at {Address}")]
        public static partial void Starting(ILogger logger, string node, Uri server, string address);

        [LoggerMessage(1018, LogLevel.Warning, "the certificate of {Server} is not checked, as the kubeconfig wants it: whoever is in between can make this node enforce anything")]
        public static partial void Unverified(ILogger logger, Uri server);

        [LoggerMessage(1019, LogLevel.Information, "{Kind}: {Message}")]
        public static partial void Feed(ILogger logger, string kind, string message);
    }
}
