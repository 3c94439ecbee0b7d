using Ringfence.Dataplane.Flows;

namespace Ringfence.Lab.Daemon;

/// <summary>Tells flows to one user.</summary>
internal static class FlowTelling
{
    /// <summary>Tells those that are remembered, and for who follows those to come, until the user is gone.</summary>
    public static async Task RunAsync(FlowRecorder flows, FlowsRequest request, LineChannel channel, CancellationToken cancellation)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = WatchAsync();
        try
        {
            await foreach (var flow in flows.TellAsync(request.Follow, gone.Token).ConfigureAwait(false))
                if (request.Allowed || !flow.IsAllowed)
                    await channel.SendAsync(new FlowReply(flow.ToLine(), flow.ToJson()), gone.Token).ConfigureAwait(false);
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }

        async Task WatchAsync()
        {
            try
            {
                await channel.ClosedAsync(gone.Token).ConfigureAwait(false);
                await gone.CancelAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // All is told, or the lab ends.
            }
        }
    }
}
