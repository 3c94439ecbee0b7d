using Ringfence.Analysis.Exposure;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Reporting;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures what <c>list --exposure</c> computes beyond the engine.</summary>
internal static class ExposureMeasures
{
    public static void Run(Report report, GeneratedCluster cluster, int runs)
    {
        var name = cluster.Shape.Name;
        Report.Progress($"{name}: generating {cluster.Shape.Size}");
        var reachability = Reachability.Compile(Snapshot.Create(cluster.ToObjects()));
        var view = ClusterView.Create(reachability);
        report.Add(name, "view", Clock.Best(runs, () => ClusterView.Create(reachability)), note: $"pods grouped to {view.Workloads.Length:#,0} workloads");

        var lines = 0L;
        var best = Clock.Best(runs, () =>
        {
            var analysis = new ExposureAnalysis(view);
            lines = analysis.Lines(Direction.Ingress).LongCount() + analysis.Lines(Direction.Egress).LongCount();
        });
        report.Add(name, "exposure", best, note: $"{lines:#,0} lines of {view.Workloads.Length:#,0} workloads, both directions");
    }
}
