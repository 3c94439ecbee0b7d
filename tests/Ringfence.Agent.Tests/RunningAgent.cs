using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Kubernetes.Client;
using Ringfence.Model;

namespace Ringfence.Agent.Tests;

/// <summary>An agent at work on a thread of its own, and what it told.</summary>
internal sealed class RunningAgent : ILogger, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeAgent _node;
    private readonly Task<bool> _running;

    public RunningAgent(NetworkNamespace network, string node, NodeAgentOptions? options = null, bool once = false)
    {
        ApiAgent? told = null;
        options ??= new NodeAgentOptions();
        _node = new NodeAgent(network, options with { Table = options.Table with { OnForeignChange = _ => told?.NoticeForeignChange() } });
        Agent = told = new ApiAgent(_node, node, this, TimeProvider.System);
        _running = Task.Factory.StartNew(() => Agent.Run(once, _stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public ApiAgent Agent { get; }

    public NodeAgent Node => _node;

    public IObjectSink Sink => Agent.Sink;

    public ConcurrentQueue<(int Id, string Text)> Told { get; } = [];

    /// <summary>Waits, a minute at most, until something is so.</summary>
    public static void Await(Func<bool> isSo, string what, RunningAgent? agent = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromMinutes(1)) throw new TimeoutException($"not {what}; told: {string.Join('\n', agent?.Told.Select(item => item.Text) ?? [])}");
            Thread.Sleep(5);
        }
    }

    public void Await(int id) => Await(() => Told.Any(item => item.Id == id), $"told {id}", this);

    /// <summary>Gives all objects of all kinds.</summary>
    public void Replace(params IReadOnlyCollection<KubernetesObject> objects)
    {
        foreach (var kind in (string[])["Pod", "Namespace", "NetworkPolicy", "Node"]) Sink.Replace(kind, [.. objects.Where(item => item.Kind == kind)], []);
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public bool Result() => _running.WaitAsync(TimeSpan.FromMinutes(1)).GetAwaiter().GetResult();

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Told.Enqueue((eventId.Id, $"{eventId.Id} {formatter(state, exception)} {exception}"));

    public void Dispose()
    {
        _stop.Cancel();
        _running.WaitAsync(TimeSpan.FromMinutes(1)).GetAwaiter().GetResult();
        Agent.Dispose();
        _node.Dispose();
        _stop.Dispose();
    }
}
