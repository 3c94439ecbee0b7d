using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>A lab on its way from the first request to the last: holds the cluster and answers what is asked about it.</summary>
/// <param name="folder">Where it is found.</param>
/// <param name="program">The command that is this program.</param>
/// <param name="time">The time.</param>
/// <param name="report">Told what went wrong.</param>
internal sealed class LabSession(LabFolder folder, IReadOnlyList<string> program, TimeProvider time, Action<string> report) : IAsyncDisposable
{
    private static readonly TimeSpan UpPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ChangePatience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _changing = new(1);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentBag<LineChannel> _farewells = [];
    private ServedLab? _lab;
    private FlowRecorder? _flows;
    private DateTimeOffset _since;
    private int _asked;
    private bool _isUp;

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
                Read(apply.Manifests);
                reply = await ChangeAsync(lab => lab.Apply(apply.Manifests)).ConfigureAwait(false);
                break;
            case DeleteRequest delete:
                Read(delete.Manifests);
                reply = await ChangeAsync(lab => (lab.Delete(delete.Manifests, delete.Names), [])).ConfigureAwait(false);
                break;
            case StatusRequest:
                reply = new StatusReply(Status(Lab.Notes()));
                break;
            case ExecRequest exec:
                reply = PodFinder.Find(Lab.Cluster, exec.Namespace, exec.Name);
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
        if (_lab is { } lab) await lab.DisposeAsync().ConfigureAwait(false);
        _changing.Dispose();
        _ending.Dispose();
    }

    private ServedLab Lab => _lab is { } lab && Volatile.Read(ref _isUp) ? lab : throw new LabException($"the lab {folder.Name} is still coming up; try again in a moment");

    // Whoever asked for the lab and went away before it was there does not want it any more.
    private async Task<LabReply> UpAsync(UpRequest request, LineChannel channel, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _asked, 1) != 0) throw LabConnection.AlreadyUp(folder.Name);
        var isUp = false;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = WatchAsync();
        try
        {
            var telling = new Telling(channel);
            _lab = await ServedLab.StartAsync(folder, request.Options, request.Manifests, Read(request.Manifests), program, time, report, telling, giveUp.Token).ConfigureAwait(false);
            _flows = FlowRecorder.Start(_lab.Cluster, report);
            telling.Report("waiting until all of it runs, and the agents enforce it");
            var missing = await _lab.AwaitAsync(UpPatience, giveUp.Token).ConfigureAwait(false);
            giveUp.Token.ThrowIfCancellationRequested();
            (_since, isUp) = (time.GetUtcNow(), true);
            Volatile.Write(ref _isUp, true);
            return new StatusReply(Status([.. missing, .. _lab.Notes().Except(missing)]));
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
        if (!Lab.Cluster.Options.Enforce) throw new LabException("this lab does not enforce policies (--no-enforce), so nothing is denied and nothing is logged");
        if (request.Allowed)
        {
            Lab.LogAllowed();
            await Lab.AwaitAsync(ChangePatience, Ending).ConfigureAwait(false);
        }

        await FlowTelling.RunAsync(_flows!, request, channel, cancellation).ConfigureAwait(false);
    }

    private LabStatus Status(ImmutableArray<string> notes)
    {
        var status = StatusReport.Of(Lab.Cluster, _since);
        return status with { Notes = [.. status.Notes, .. notes], Kubeconfig = folder.Kubeconfig, Server = Lab.Address };
    }

    private async Task<LabReply> ChangeAsync(Func<ServedLab, (ImmutableArray<ObjectChange> Changes, ImmutableArray<string> Notes)> change)
    {
        var lab = Lab;
        await _changing.WaitAsync(Ending).ConfigureAwait(false);
        try
        {
            var (changes, notes) = change(lab);
            return new ChangesReply(changes) { Notes = [.. notes, .. await lab.AwaitAsync(ChangePatience, Ending).ConfigureAwait(false)] };
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
