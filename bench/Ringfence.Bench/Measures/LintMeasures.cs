using Ringfence.Analysis.Lint;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Reporting;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures linting on one generated cluster, from objects in memory.</summary>
internal sealed class LintMeasures
{
    private readonly Report _report;
    private readonly string _name;
    private readonly ClusterObjects _objects;
    private readonly int _runs;

    public LintMeasures(Report report, GeneratedCluster cluster, int runs)
    {
        (_report, _name, _runs) = (report, cluster.Shape.Name, runs);
        Report.Progress($"{_name}: generating {cluster.Shape.Size}");
        _objects = cluster.ToObjects();
    }

    public void Run()
    {
        var reachability = Reachability.Compile(Snapshot.Create(_objects));
        var build = Clock.Best(_runs, () => Reachability.Compile(Snapshot.Create(_objects)));
        _report.Add(_name, "build, warm", build, note: $"objects to compiled form, best of {_runs}");

        var options = new LintOptions(new DateOnly(2026, 1, 31));
        var report = Clock.Time(() => Linter.Run(reachability, options), out var cold);
        _report.Add(_name, "lint, cold", cold, "ms", note: "the first in its process");
        var whole = Clock.Best(_runs, () => Linter.Run(reachability, options));
        _report.Add(_name, "lint, warm", whole, note: $"{options.Rules.Length} rules: {report.Findings.Length:#,0} findings, {report.Unknown.Sum(unknown => unknown.Objects.Length):#,0} unknown");
        _report.Add(_name, "lint beside build", whole.Milliseconds / build.Milliseconds, "x");

        var context = new LintContext(reachability);
        _report.Add(_name, "what rules share", Clock.Best(1, () => _ = (context.View, context.Groups, context.Possible, context.Dns)), note: "workloads, and groups of pods by policy");
        foreach (var rule in options.Rules)
            _report.Add(
                _name, $"{rule.Card.Id} {rule.Card.Slug}", Clock.Best(_runs, () => rule.Check(context, new Findings())),
                note: $"{report.Findings.Count(finding => finding.Rule == rule.Card):#,0} findings");
    }
}
