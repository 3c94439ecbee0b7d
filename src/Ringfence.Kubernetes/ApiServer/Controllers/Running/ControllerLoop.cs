using Microsoft.Extensions.Logging;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>
/// Runs controllers on one thread: takes all changes that there are, then looks at one object, and so on; waits where there is neither. One list
/// and one watch serve all; where changes were missed it lists anew.
/// </summary>
internal sealed partial class ControllerLoop
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly IObjectApi _api;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Mirror _mirror = new();
    private readonly ControllerContext _context;
    private readonly Controller[] _controllers;
    private long _seen;
    private long _idleAt = -1;

    /// <summary>Makes a loop that does not run yet.</summary>
    /// <param name="api">The objects.</param>
    /// <param name="options">How the controllers run.</param>
    /// <param name="controllers">Makes the controllers.</param>
    /// <param name="logger">Takes what went wrong.</param>
    /// <param name="time">The time.</param>
    public ControllerLoop(IObjectApi api, ControllerOptions options, Func<ControllerContext, IEnumerable<Controller>> controllers, ILogger logger, TimeProvider time)
    {
        (_api, _logger, _time) = (api, logger, time);
        var context = new ControllerContext(_mirror, new ObjectWriter(api, _mirror), new EventRecorder(time), options, time, () => api.Kinds);
        _controllers = [.. controllers(context)];
        _context = context;
        _mirror.Changed = Tell;
    }

    /// <summary>
    /// Whether nothing is to be done but what waits for a time: every change up to a version was seen and all of it was looked at.
    /// Safe for several threads.
    /// </summary>
    public bool IsIdleAt(long version) => Interlocked.Read(ref _idleAt) >= version;

    /// <summary>Runs until cancelled. Nothing but that ends it.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var after = Fill();
                foreach (var controller in _controllers) controller.Start();
                await FollowAsync(after, cancellation);
                await PauseAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (ApiException exception) when (exception.Code == 410)
            {
                LogListAnew();
            }
#pragma warning disable CA1031 // Whatever it is: controllers that stop for good would be worse.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogWatchFailed(exception);
                await PauseAsync(cancellation);
            }
        }
    }

    private Task PauseAsync(CancellationToken cancellation) => SuppressAsync(Task.Delay(RetryAfter, _time, cancellation));

    private static async Task SuppressAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Lists every kind.</summary>
    /// <returns>The version from which changes are wanted: the earliest list's, as later ones may hold what happened between.</returns>
    private long Fill()
    {
        long? after = null;
        foreach (var type in _context.Types)
        {
            var (items, version) = _api.List(type);
            after ??= version;
            _mirror.Replace(type, items);
        }

        _seen = after ?? 0;
        return _seen;
    }

    private async Task FollowAsync(long after, CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var changes = _api.WatchAsync(null, after, stopping.Token).GetAsyncEnumerator(stopping.Token);
        var next = changes.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                while (next.IsCompleted)
                {
                    if (!await next) return;
                    _mirror.Observe(changes.Current);
                    _seen = changes.Current.Object.Version;
                    next = changes.MoveNextAsync().AsTask();
                }

                cancellation.ThrowIfCancellationRequested();
                if (WorkOnce()) continue;
                if (!Array.Exists(_controllers, controller => controller.Queue.IsBusy)) Interlocked.Exchange(ref _idleAt, _seen);
                await WaitAsync(next, cancellation);
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await SuppressAsync(next);
        }
    }

    /// <summary>Lets every controller look at one object.</summary>
    private bool WorkOnce()
    {
        var worked = false;
        foreach (var controller in _controllers)
        {
            if (!controller.Queue.TryTake(out var key)) continue;
            worked = true;
            try
            {
                controller.Reconcile(key);
                controller.Queue.Succeeded(key);
            }
#pragma warning disable CA1031 // A key that cannot be done must not stop the others.
            catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
            {
                var failures = controller.Queue.Failed(key);
                if (exception is ApiException refused) LogRefused(controller.Name, key, failures, refused.Message);
                else LogFailed(controller.Name, key, failures, exception);
            }
        }

        return worked;
    }

    private async Task WaitAsync(Task change, CancellationToken cancellation)
    {
        if (_controllers.Min(controller => controller.Queue.NextDue) is not { } delay)
        {
            await Task.WhenAny(change);
            return;
        }

        if (delay <= TimeSpan.Zero) return;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // Not beyond what a timer takes.
        await Task.WhenAny(change, Task.Delay(delay < TimeSpan.FromDays(1) ? delay : TimeSpan.FromDays(1), _time, waiting.Token));
        await waiting.CancelAsync();
    }

    private void Tell(Mirrored? before, Mirrored? now)
    {
        foreach (var controller in _controllers) controller.Observe(before, now);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "changes were missed: all objects are listed anew")]
    private partial void LogListAnew();

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "the objects cannot be watched; it is tried again")]
    private partial void LogWatchFailed(Exception exception);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "{Controller}: {Key} was refused ({Failures} times in a row): {Why}")]
    private partial void LogRefused(string controller, ObjectKey key, int failures, string why);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "{Controller}: {Key} failed ({Failures} times in a row)")]
    private partial void LogFailed(string controller, ObjectKey key, int failures, Exception exception);
}
