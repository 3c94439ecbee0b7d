using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Text.Json.Nodes;
using Ringfence.Dataplane;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Streaming;
using Ringfence.Lab.Agnhost;
using Ringfence.Lab.Execution;
using Ringfence.Lab.Planning;
using Ringfence.Lab.Sockets;

namespace Ringfence.Lab.Kubelet;

/// <summary>Runs commands in a lab's pods, and reads the pods' logs, for the API.</summary>
/// <param name="cluster">The lab.</param>
/// <param name="api">Finds the pods' containers; asked when it is needed, for the server is made with this.</param>
/// <param name="space">Where commands live.</param>
internal sealed class LabPodRuntime(LabCluster cluster, Func<IObjectApi> api, ProcessSpace space) : IPodRuntime, IDisposable
{
    private const int MostCommands = 256;

    private readonly NamespaceThread _sockets = new();
    private readonly ConcurrentDictionary<CancellationTokenSource, string> _commands = new();
    private AgnhostProgram? _agnhost;
    private int _count;

    /// <inheritdoc/>
    public async Task<CommandEnd> ExecuteAsync(CommandRequest command, CommandStreams streams, CancellationToken gone)
    {
        var name = $"{command.Namespace}/{command.Pod}";
        var pod = Running(name, command.Container);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(gone);
        if (Interlocked.Increment(ref _count) > MostCommands)
        {
            Interlocked.Decrement(ref _count);
            throw new ApiException(429, "TooManyRequests", $"{MostCommands} commands run in this lab's pods already: wait until some have ended");
        }

        _commands[ending] = name;
        try
        {
            var place = PlaceOf(command, pod);
            return AgnhostProgram.IsMeant(command.Words[0])
                ? await Agnhost.RunAsync(place, command.Words, streams, ending.Token).ConfigureAwait(false)
                : await RunningCommand.RunAsync(place, space, command.Words, command.IsTerminal, streams, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            // As a container's end has it.
            return new CommandEnd(137, $"pod {command.Pod} was deleted");
        }
        catch (Exception problem) when (problem is Win32Exception or ObjectDisposedException)
        {
            throw new ApiException(500, "InternalError", $"error executing command in container: {problem.Message}");
        }
        catch (MachineException problem)
        {
            throw new ApiException(500, "InternalError", $"error executing command in container: {problem.Message}{(problem.Remedy is { } remedy ? $" ({remedy})" : "")}");
        }
        finally
        {
            Interlocked.Decrement(ref _count);
            _commands.TryRemove(ending, out _);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellation)
    {
        var name = $"{request.Namespace}/{request.Pod}";
        Running(name, request.Container);
        return (cluster.LogOf(name) ?? throw Waiting(name, request.Container)).ReadAsync(request, cancellation);
    }

    /// <summary>Ends the commands of a pod that is about to go, and what they left behind.</summary>
    public void EndCommandsOf(string pod)
    {
        var any = false;
        foreach (var (ending, name) in _commands)
        {
            if (name != pod) continue;
            any = true;
            try
            {
                ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has ended by itself.
            }
        }

        if (cluster.Pods.GetValueOrDefault(pod) is { Interface: not null } gone) space.EndIn(gone.Network, always: any);
    }

    /// <inheritdoc/>
    public void Dispose() => _sockets.Dispose();

    private AgnhostProgram Agnhost => LazyInitializer.EnsureInitialized(ref _agnhost, () => new AgnhostProgram(_sockets));

    private LabPod Running(string name, string container) => cluster.Pods.GetValueOrDefault(name) ?? throw Waiting(name, container);

    private static ApiException Waiting(string name, string container) =>
        new(400, "BadRequest", $"container \"{container}\" in pod \"{name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..]}\" is waiting to start: ContainerCreating");

    private PodPlace PlaceOf(CommandRequest command, LabPod pod)
    {
        var state = cluster.State;
        var dns = state.Services.FirstOrDefault(service => service is { Namespace: ClusterDns.Namespace, Name: ClusterDns.Name });
        return new PodPlace(pod.Network, command.Namespace, command.Pod, pod.Pod.Addresses, dns?.ClusterIPs ?? [])
        {
            Variables = [.. ServiceVariables.In(command.Namespace, state), .. OwnVariables(command)],
        };
    }

    // Those that come from elsewhere (valueFrom) a lab has not.
    private ImmutableArray<(string Name, string Value)> OwnVariables(CommandRequest command)
    {
        var spec = api().Find(ServedState.PodType, command.Namespace, command.Pod)?.Parse()["spec"];
        var container = (spec?["containers"] as JsonArray ?? []).Concat(spec?["initContainers"] as JsonArray ?? []).FirstOrDefault(item => (string?)item?["name"] == command.Container);
        return
        [
            .. (container?["env"] as JsonArray ?? [])
                .Select(item => (Name: (string?)item?["name"] ?? "", Value: (string?)item?["value"]))
                .Where(item => item.Name.Length > 0 && !item.Name.Contains('=', StringComparison.Ordinal) && item.Value is not null)
                .Select(item => (item.Name, item.Value!)),
        ];
    }
}
