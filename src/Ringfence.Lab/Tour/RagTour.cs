using System.Collections.Immutable;
using Ringfence.Evidence.Running;

namespace Ringfence.Lab.Tour;

/// <summary>The platform of the examples, wide open and then locked down one step at a time.</summary>
public static class RagTour
{
    private const string Examples = "examples/rag-steps";

    private static readonly ImmutableArray<string> Titles =
    [
        "Wide open: without a policy every pod reaches every pod, and the world",
        "Nothing in: one policy selects every pod of ai-platform, lists Ingress and has no rule",
        "Two doors: chat-ui may call rag-api, rag-api may call vector-db",
        "Another namespace: whoever has the label purpose=ml-ops comes in",
        "Nothing out: the same policy lists Egress too, and DNS is broken",
        "DNS mended: every pod may ask kube-dns, and nothing else works yet",
        "Both ends: each door is opened at its source as well",
    ];

    /// <summary>Goes through the steps.</summary>
    /// <param name="show">Gets each stop; the next begins when it returns.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task RunAsync(Action<TourStop> show, IProgress<string> progress, CancellationToken cancellation)
    {
        var folders = TourFiles.Folders(Examples);
        var cluster = await LabCluster.StartAsync(new LabOptions { Name = "tour-rag" }, TourFiles.Read(folders[0]), progress, cancellation).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var before = ImmutableArray<ProbeResult>.Empty;
            for (var i = 0; i < folders.Length; i++)
            {
                if (i > 0) await cluster.ApplyAsync(TourFiles.Read(folders[i]), cancellation).ConfigureAwait(false);
                progress.Report("sending packets");
                var results = await new TourProbes(cluster).TryAsync(null, cancellation).ConfigureAwait(false);
                var look = await DnsTrap.LookAsync(cluster, cancellation).ConfigureAwait(false);
                IEnumerable<string> changes = i == 0 ? [] : TourChange.Tell(before, results);
                show(new TourStop(
                    $"{i + 1}. {Titles[i]}", folders[i], TourMatrix.Of(results),
                    [.. changes, look.Text],
                    [.. TourMatrix.Differences(results), .. look.Differences]) { Probes = results.Length + 1 });
                before = results;
            }
        }
    }
}
