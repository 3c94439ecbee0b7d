using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Ringfence.Agent;
using Ringfence.Kubernetes.ApiServer;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Lab.Daemon;
using Ringfence.Model;

namespace Ringfence.Lab.Kubelet;

/// <summary>
/// Makes a lab what its API says: the pods that are assigned to its nodes get networks and addresses, and the API is told of them. Changes that come
/// while others are being made are made together.
/// </summary>
/// <param name="cluster">The lab.</param>
/// <param name="api">The API.</param>
/// <param name="time">The time.</param>
/// <param name="report">Told what went wrong.</param>
internal sealed class LabKubelet(LabCluster cluster, IObjectApi api, TimeProvider time, Action<string> report) : IAsyncDisposable
{
    private const int MostAtOnce = 4096;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private static readonly ResourceType Leases = ResourceCatalog.OfKind("coordination.k8s.io/v1", "Lease")!;

    private readonly CancellationTokenSource _stop = new();
    private readonly ServedState _state = new();
    private readonly PodEvents _events = new(api, time);
    private readonly ConcurrentDictionary<string, ImmutableArray<Address>> _hints = new(StringComparer.Ordinal);

    // Which of the pods of a name has the network of that name.
    private readonly Dictionary<string, string> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _waiting = new(StringComparer.Ordinal);
    private ImmutableArray<KeyValuePair<string, string>> _labels = [];
    private Task _following = Task.CompletedTask;
    private string? _told;
    private long _settled = -1;

    /// <summary>Up to which version of the API everything has been made so.</summary>
    public long SettledVersion => Volatile.Read(ref _settled);

    /// <summary>Addresses that a pod is to get, where they are free.</summary>
    public void Hint(string pod, ImmutableArray<Address> addresses) => _hints[pod] = addresses;

    /// <summary>Tells the API of the nodes that it does not have: all of them in the beginning, and one that somebody deleted, as a kubelet does when it starts.</summary>
    /// <param name="labels">Labels that every node has beside its own.</param>
    public void Register(IEnumerable<KeyValuePair<string, string>> labels)
    {
        _labels = [.. labels];
        foreach (var node in cluster.Nodes) Register(node.Node);
    }

    /// <summary>Begins.</summary>
    public void Start() => _following = Task.Run(() => FollowAsync(_stop.Token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            try
            {
                await FollowFromNowAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                // Whatever it was, the next look at everything may fare better.
                // What is told once need not be told every second.
                if (problem is not ApiException { Code: 410 } && _told != problem.Message) report($"kubelet: {problem}");
                _told = problem.Message;
                await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
    }

    private async Task FollowFromNowAsync(CancellationToken stop)
    {
        var version = _state.Load(api);
        var changes = Channel.CreateBounded<StoredChange>(new BoundedChannelOptions(MostAtOnce) { SingleReader = true, SingleWriter = true });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = ReadAsync();
        try
        {
            var isDue = true;
            while (true)
            {
                if (isDue) isDue = await MakeSoAsync(stop).ConfigureAwait(false);
                if (!isDue) Volatile.Write(ref _settled, version);
                if (!isDue)
                {
                    // What found no address may find one when those of others have rested.
                    if (await ChangesAsync(changes.Reader, cluster.Unplaced.IsEmpty ? Timeout.InfiniteTimeSpan : Retry, stop).ConfigureAwait(false) is not { } isMore) isDue = true;
                    else if (!isMore) break;
                }

                for (var taken = 0; taken < MostAtOnce && changes.Reader.TryRead(out var change); taken++)
                {
                    isDue |= _state.Take(change);
                    version = Math.Max(version, change.Object.Version);
                }
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await reading.ConfigureAwait(false);

        async Task ReadAsync()
        {
            try
            {
                await foreach (var change in api.WatchAsync(null, version, ending.Token).ConfigureAwait(false)) await changes.Writer.WriteAsync(change, ending.Token).ConfigureAwait(false);
            }
            finally
            {
                changes.Writer.TryComplete();
            }
        }
    }

    /// <summary>Waits for changes: whether more can come, or null where none came in time.</summary>
    private static async Task<bool?> ChangesAsync(ChannelReader<StoredChange> changes, TimeSpan patience, CancellationToken stop)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (patience != Timeout.InfiniteTimeSpan) time.CancelAfter(patience);
        try
        {
            return await changes.WaitToReadAsync(time.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Makes the lab so, and tells the API.</summary>
    /// <returns>Whether a pod has to go before another of its name can come.</returns>
    private async Task<bool> MakeSoAsync(CancellationToken stop)
    {
        foreach (var node in cluster.Nodes)
            if (!_state.HasNode(node.Node.Name)) Try(() =>
            {
                // Known at once: its pods stay where they are.
                _state.Take(new StoredChange(ChangeKind.Added, Register(node.Node), null));
                report($"kubelet: the Node {node.Node.Name} was deleted from the API, and is registered again");
            });
        var wanted = new List<Pod>();
        var isAgain = false;
        foreach (var (name, served) in _state.Pods)
        {
            if (served.IsDeleting || served.Pod.IsFinished || served.Pod.NodeName is null) continue;
            if (_running.TryGetValue(name, out var uid) && uid != served.Uid)
            {
                isAgain = true;
                continue;
            }

            wanted.Add(WithAddresses(name, served.Pod));
        }

        await cluster.ApplyAsync(_state.Objects(wanted), stop).ConfigureAwait(false);
        foreach (var name in _running.Keys.Where(name => !cluster.Pods.ContainsKey(name)).ToList()) _running.Remove(name);
        foreach (var (name, served) in _state.Pods.ToArray())
            if (served.IsDeleting) Finish(name, served);
            else if (cluster.Pods.TryGetValue(name, out var pod) && !_running.ContainsKey(name) | !IsTold(served, pod)) TellRunning(name, served, pod);
        TellWaiting();
        return isAgain;
    }

    private StoredObject Register(Node node)
    {
        var made = api.Create(ServedState.NodeType, LabNodes.Write(node, [.. _labels, .. node.Labels.Select(label => KeyValuePair.Create(label.Key, label.Value))], time.GetUtcNow()));

        // The lease of the node before goes with that, now or later: another one is not taken for it.
        if (api.Find(Leases, LabNodes.LeaseNamespace, node.Name) is not null) Try(() => api.Delete(Leases, LabNodes.LeaseNamespace, node.Name));
        api.Create(Leases, LabNodes.Lease(made));
        return made;
    }

    // The API is not asked for addresses that a pod had before: those are written by whoever may write pods.
    private Pod WithAddresses(string name, Pod pod)
    {
        var addresses = cluster.Pods.TryGetValue(name, out var running) && _running.ContainsKey(name) ? running.Pod.Addresses
            : _hints.TryGetValue(name, out var hinted) ? hinted
            : [];
        return pod with { Addresses = addresses, HostAddresses = [] };
    }

    private static bool IsTold(ServedPod served, LabPod running) =>
        served.Pod.Phase == PodPhase.Running && !served.HasNewContainers && served.Pod.Addresses.AsSpan().SequenceEqual(running.Pod.Addresses.AsSpan())
        && served.Pod.Annotations[ManifestAgent.InterfaceAnnotation] == running.Interface;

    /// <summary>The link of a pod that is being deleted is cut; now it can go.</summary>
    private void Finish(string name, ServedPod served)
    {
        if (served.Pod.NodeName is not { } node || cluster.Nodes.All(item => item.Node.Name != node)) return;
        Try(() =>
        {
            _events.Tell(served.Stored, served.Uid, node, "Killing", $"Stopping container {FirstContainer(served.Stored.Parse())}");
            api.Delete(ServedState.PodType, served.Stored.Namespace, served.Stored.Name, new DeleteOptions { GracePeriodSeconds = 0, Uid = served.Uid });
            _waiting.Remove(name);
        });
    }

    private void TellRunning(string name, ServedPod served, LabPod pod) => Try(() =>
    {
        var isNew = _running.TryAdd(name, served.Uid);
        _waiting.Remove(name);
        var type = ServedState.PodType;
        var (@namespace, podName) = (served.Stored.Namespace, served.Stored.Name);
        if (served.Pod.Annotations[ManifestAgent.InterfaceAnnotation] != pod.Interface)
            api.Update(type, @namespace, podName, value => IsIt(value, served) ? SetInterface(value, pod.Interface) : null);
        api.Update(
            type, @namespace, podName,
            value =>
            {
                if (!IsIt(value, served)) return null;
                PodStatusText.SetRunning(value, pod.Pod, time.GetUtcNow());
                return value;
            },
            new WriteOptions { Subresource = "status" });
        if (isNew) _events.Tell(served.Stored, served.Uid, pod.Pod.NodeName!, "Started", $"Started container {FirstContainer(served.Stored.Parse())}");
    });

    private void TellWaiting()
    {
        foreach (var (name, why) in cluster.Unplaced)
        {
            if (!_state.Pods.TryGetValue(name, out var served) || _waiting.GetValueOrDefault(name) == served.Uid) continue;
            Try(() =>
            {
                _waiting[name] = served.Uid;
                api.Update(
                    ServedState.PodType, served.Stored.Namespace, served.Stored.Name,
                    value =>
                    {
                        if (!IsIt(value, served)) return null;
                        PodStatusText.SetWaiting(value, why, time.GetUtcNow());
                        return value;
                    },
                    new WriteOptions { Subresource = "status" });
                _events.Tell(served.Stored, served.Uid, served.Pod.NodeName!, "FailedCreatePodSandBox", why, isWarning: true);
            });
        }
    }

    private static JsonObject SetInterface(JsonObject value, string? name)
    {
        var metadata = value["metadata"]!.AsObject();
        if (metadata["annotations"] is not JsonObject annotations) metadata["annotations"] = annotations = [];
        if (name is null) annotations.Remove(ManifestAgent.InterfaceAnnotation);
        else annotations[ManifestAgent.InterfaceAnnotation] = name;
        return value;
    }

    private static bool IsIt(JsonObject value, ServedPod served) => (string?)value["metadata"]?["uid"] == served.Uid;

    private static string FirstContainer(JsonObject pod) => (string?)pod["spec"]?["containers"]?[0]?["name"] ?? "";

    // One pod that is gone meanwhile, or that the API refuses, does not hold up the others.
    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (ApiException refused)
        {
            if (refused.Code is not (404 or 409)) report($"kubelet: the API refuses: {refused.Message}");
        }
    }
}
