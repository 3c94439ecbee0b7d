using Microsoft.Extensions.Logging;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>
/// The controllers that make a server alive: workloads get pods, pods get nodes, Services get EndpointSlices, namespaces and owners take along what is
/// theirs. They may be stopped and started at any time.
/// </summary>
/// <remarks>https://kubernetes.io/docs/concepts/architecture/controller/</remarks>
public sealed class ControllerSet : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ControllerLoop _loop;
    private Task _running = Task.CompletedTask;

    /// <summary>Makes the controllers of a server; they do not run yet.</summary>
    /// <param name="api">The objects.</param>
    /// <param name="options">How they run.</param>
    /// <param name="logger">Takes what went wrong.</param>
    /// <param name="time">The time; null for the system's.</param>
    public ControllerSet(IObjectApi api, ControllerOptions options, ILogger<ControllerSet> logger, TimeProvider? time = null) =>
        _loop = new ControllerLoop(
            api,
            options,
            context => All(context).Where(controller => !options.Disabled.Contains(controller.Name)),
            logger,
            time ?? TimeProvider.System);

    /// <summary>Starts them.</summary>
    public void Start() => _running = Task.Run(() => _loop.RunAsync(_stop.Token));

    /// <summary>
    /// Whether every change up to a version was seen and all that follows from it done, but for what waits for a time. What the controllers write
    /// themselves raises the server's version. Safe for several threads.
    /// </summary>
    public bool IsIdleAt(long version) => _loop.IsIdleAt(version);

    /// <summary>Stops them; what was begun of one object is finished.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static IEnumerable<Controller> All(ControllerContext context) =>
    [
        new NamespaceController(context),
        new NamespaceContentController(context),
        new ServerServiceController(context),
        new CustomResourceController(context),
        new GarbageCollector(context),
        new DeploymentController(context),
        new StatefulSetController(context),
        new DaemonSetController(context),
        new JobController(context),
        new ReplicaSetController(context, Kinds.ReplicaSets),
        new ReplicaSetController(context, Kinds.ReplicationControllers),
        new Scheduler(context),
        new PodCleaner(context),
        new EndpointSliceController(context),
        new EndpointsController(context),
        new EventController(context),
    ];
}
