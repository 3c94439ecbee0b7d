using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Text;
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
/// <param name="time">The time.</param>
internal sealed class LabPodRuntime(LabCluster cluster, Func<IObjectApi> api, ProcessSpace space, TimeProvider time) : IPodRuntime, IDisposable
{
    private const int MostCommands = 256;

    private readonly NamespaceThread _sockets = new();
    private readonly ConcurrentDictionary<CancellationTokenSource, string> _commands = new();
    private readonly ConcurrentDictionary<string, bool> _attached = new(StringComparer.Ordinal);
    private AgnhostProgram? _agnhost;
    private int _count;

    /// <inheritdoc/>
    public Task<CommandEnd> ExecuteAsync(CommandRequest command, CommandStreams streams, CancellationToken gone) =>
        RunAsync(command, ContainerOf(Find(command.Namespace, command.Pod), command.Container), streams, gone);

    /// <inheritdoc/>
    /// <remarks>
    /// What manifests would run is not run: there are no images, and whoever writes a manifest is not to run programs of this machine as root. A container
    /// that asks for input is somebody's terminal (<c>kubectl run -i</c>, <c>kubectl debug -i</c>); its command begins when that somebody comes, and ends with them.
    /// </remarks>
    public async Task<CommandEnd> AttachAsync(AttachRequest request, CommandStreams streams, CancellationToken gone)
    {
        var pod = Find(request.Namespace, request.Pod);
        var container = ContainerOf(pod, request.Container);
        if ((bool?)container["stdin"] != true) return await TellLogAsync(request, streams, gone).ConfigureAwait(false);

        var key = $"{(string?)pod["metadata"]?["uid"]}/{request.Container}";
        if (!_attached.TryAdd(key, true))
            throw new ApiException(409, "Conflict", $"somebody is attached to container {request.Container} already: run a command beside it with exec");
        try
        {
            var started = time.GetUtcNow();
            var end = new CommandEnd(137);
            try
            {
                var command = new CommandRequest(request.Namespace, request.Pod, request.Container, InteractiveContainer.Command(container), (bool?)container["tty"] == true);
                return end = await RunAsync(command, container, streams, gone).ConfigureAwait(false);
            }
            finally
            {
                InteractiveContainer.TellEnded(api(), pod, request.Container, end.ExitCode, started, time.GetUtcNow());
            }
        }
        finally
        {
            _attached.TryRemove(key, out _);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellation)
    {
        var name = $"{request.Namespace}/{request.Pod}";
        if (!cluster.Pods.ContainsKey(name) && (string?)Find(request.Namespace, request.Pod)["status"]?["phase"] is "Succeeded" or "Failed")
            throw new ApiException(400, "BadRequest", $"pod \"{request.Pod}\" has ended, and its log went with it");
        Running(name, request.Container);
        return (cluster.LogOf(name) ?? throw Waiting(name, request.Container)).ReadAsync(request, cancellation);
    }

    private async Task<CommandEnd> RunAsync(CommandRequest command, JsonObject container, CommandStreams streams, CancellationToken gone)
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
            var place = PlaceOf(command, pod, container);
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

    // The command of a container that nobody can talk to is the pod's listening; what it says is its log.
    private async Task<CommandEnd> TellLogAsync(AttachRequest request, CommandStreams streams, CancellationToken gone)
    {
        var log = new LogRequest(request.Namespace, request.Pod, request.Container) { Follow = true, Tail = 0 };
        await foreach (var line in ReadLogAsync(log, gone).ConfigureAwait(false))
            if (streams.Output is { } output) await output.WriteAsync(Encoding.UTF8.GetBytes(line.Text + "\n"), gone).ConfigureAwait(false);
        return new CommandEnd(0);
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

    private PodPlace PlaceOf(CommandRequest command, LabPod pod, JsonObject container)
    {
        var state = cluster.State;
        var dns = state.Services.FirstOrDefault(service => service is { Namespace: ClusterDns.Namespace, Name: ClusterDns.Name });
        return new PodPlace(pod.Network, command.Namespace, command.Pod, pod.Pod.Addresses, dns?.ClusterIPs ?? [])
        {
            Node = pod.Pod.Network.HostNetwork ? pod.Pod.NodeName : null,
            Variables = [.. ServiceVariables.In(command.Namespace, state), .. OwnVariables(container)],
        };
    }

    private JsonObject Find(string @namespace, string name) => api().Find(ServedState.PodType, @namespace, name)?.Parse() ?? throw Refusal.NotFound(ServedState.PodType, name);

    private static JsonObject ContainerOf(JsonObject pod, string name) =>
        InteractiveContainer.Lists.SelectMany(list => pod["spec"]?[list] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(item => (string?)item["name"] == name) ?? [];

    // Those that come from elsewhere (valueFrom) a lab has not.
    private static ImmutableArray<(string Name, string Value)> OwnVariables(JsonObject container) =>
    [
        .. (container["env"] as JsonArray ?? [])
            .Select(item => (Name: (string?)item?["name"] ?? "", Value: (string?)item?["value"]))
            .Where(item => item.Name.Length > 0 && !item.Name.Contains('=', StringComparison.Ordinal) && item.Value is not null)
            .Select(item => (item.Name, item.Value!)),
    ];
}
