using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>A lab on its way from the first request to the last: holds the cluster and answers what is asked about it.</summary>
internal sealed class LabSession(LabFolder folder, TimeProvider time, Action<string> report) : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentBag<LineChannel> _farewells = [];
    private LabCluster? _cluster;
    private FlowRecorder? _flows;
    private ClusterObjects _objects = ClusterObjects.Empty;
    private DateTimeOffset _since;
    private int _asked;

    /// <summary>Set when the lab is to be taken down.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Whether somebody asked for the lab.</summary>
    public bool IsAskedFor => Volatile.Read(ref _asked) != 0;

    /// <summary>Takes the lab down.</summary>
    public void End() => _ending.Cancel();

    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(LabRequest request, LineChannel channel, CancellationToken cancellation)
    {
        LabReply reply;
        switch (request)
        {
            case UpRequest up:
                reply = await UpAsync(up, channel, cancellation).ConfigureAwait(false);
                break;
            case ApplyRequest apply:
                var added = Read(apply.Manifests);
                reply = await ChangeAsync(objects => ObjectChanges.Apply(objects, added)).ConfigureAwait(false);
                break;
            case DeleteRequest delete:
                ImmutableArray<ObjectName> names = [.. Read(delete.Manifests).All().Select(ObjectChanges.NameOf), .. delete.Names];
                reply = await ChangeAsync(objects => ObjectChanges.Delete(objects, names)).ConfigureAwait(false);
                break;
            case StatusRequest:
                reply = new StatusReply(StatusReport.Of(Cluster, _since));
                break;
            case ExecRequest exec:
                reply = PodFinder.Find(Cluster, exec.Namespace, exec.Name);
                break;
            case FlowsRequest flows:
                await TellFlowsAsync(flows, channel, cancellation).ConfigureAwait(false);
                reply = new DoneReply();
                break;
            default:
                channel.Keep();
                _farewells.Add(channel);
                End();
                return;
        }

        await channel.SendAsync(reply, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_flows is { } flows) await flows.DisposeAsync().ConfigureAwait(false);
        if (_cluster is { } cluster) await cluster.DisposeAsync().ConfigureAwait(false);
        _changing.Dispose();
        _ending.Dispose();
    }

    private LabCluster Cluster => _cluster ?? throw new LabException($"the lab {folder.Name} is still coming up; try again in a moment");

    // Whoever asked for the lab and went away before it was there does not want it any more.
    private async Task<LabReply> UpAsync(UpRequest request, LineChannel channel, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _asked, 1) != 0) throw LabConnection.AlreadyUp(folder.Name);
        var isUp = false;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = WatchAsync();
        try
        {
            var objects = Read(request.Manifests);
            _cluster = await LabCluster.StartAsync(request.Options, objects, new Telling(channel), giveUp.Token).ConfigureAwait(false);
            _flows = FlowRecorder.Start(_cluster, report);
            giveUp.Token.ThrowIfCancellationRequested();
            (_objects, _since, isUp) = (objects, time.GetUtcNow(), true);
            return new StatusReply(StatusReport.Of(_cluster, _since));
        }
        finally
        {
            if (!isUp) End();
            await giveUp.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }

        async Task WatchAsync()
        {
            try
            {
                await channel.ClosedAsync(giveUp.Token).ConfigureAwait(false);
                await giveUp.CancelAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The lab is up, or the process ends.
            }
        }
    }

    private async Task TellFlowsAsync(FlowsRequest request, LineChannel channel, CancellationToken cancellation)
    {
        if (!Cluster.Options.Enforce) throw new LabException("this lab does not enforce policies (--no-enforce), so nothing is denied and nothing is logged");
        if (request.Allowed) await Cluster.LogAllowedAsync(Ending).ConfigureAwait(false);
        await FlowTelling.RunAsync(_flows!, request, channel, cancellation).ConfigureAwait(false);
    }

    private async Task<LabReply> ChangeAsync(Func<ClusterObjects, (ClusterObjects Objects, ImmutableArray<ObjectChange> Changes)> change)
    {
        var cluster = Cluster;
        await _changing.WaitAsync(Ending).ConfigureAwait(false);
        try
        {
            var (objects, changes) = change(_objects);
            await cluster.ApplyAsync(objects, Ending).ConfigureAwait(false);
            _objects = objects;
            return new ChangesReply(changes);
        }
        finally
        {
            _changing.Release();
        }
    }

    private static ClusterObjects Read(SentManifests sent)
    {
        var manifests = ManifestReader.Read(
            sent.Files.Select(file => new ManifestText(file.Name, file.IsExplicit, file.Content)),
            new ManifestOptions { DefaultNamespace = sent.Namespace, StrictCidr = sent.StrictCidr });
        var error = manifests.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Severity == Severity.Error);
        return error is null ? manifests.Objects : throw new LabException($"{error.Location}: {error.FieldError?.ToString() ?? error.Message}");
    }

    private sealed class Telling(LineChannel channel) : IProgress<string>
    {
        private Task _last = Task.CompletedTask;

        // In order, and without making the builder wait for whoever reads.
        public void Report(string value) =>
            _last = _last.ContinueWith(_ => channel.SendAsync(new ProgressReply(value), CancellationToken.None), TaskScheduler.Default).Unwrap();
    }
}
