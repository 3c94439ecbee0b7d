using Ringfence.Bench.Generation;
using Ringfence.Bench.Reporting;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures the engine on one generated cluster, from objects in memory.</summary>
internal sealed class EngineMeasures
{
    private const double Megabyte = 1_000_000;
    private readonly Report _report;
    private readonly string _name;
    private readonly ClusterObjects _objects;
    private readonly int _runs;
    private readonly Random _random = new(7);

    public EngineMeasures(Report report, GeneratedCluster cluster, int runs)
    {
        (_report, _name, _runs) = (report, cluster.Shape.Name, runs);
        Report.Progress($"{_name}: generating {cluster.Shape.Size}");
        _objects = cluster.ToObjects();
    }

    public void Run()
    {
        var reachability = Build();
        AllPairs(reachability);
        PointQueries(reachability);
        WhoCanReach(reachability);
        new ChangeMeasures(_report, _name, reachability, _objects).Run();
    }

    private Reachability Build()
    {
        var before = Clock.LiveBytes();
        var reachability = Clock.Time(() => Reachability.Compile(Snapshot.Create(_objects)), out var cold);
        var after = Clock.LiveBytes();
        _report.Add(_name, "build, cold", cold, "ms", note: "the first in its process, most of it spent on compiling machine code");
        var best = Clock.Best(_runs, () => Reachability.Compile(Snapshot.Create(_objects)));
        _report.Add(_name, "build, warm", best, Targets.Build(_name), $"objects to compiled form, best of {_runs}");
        _report.Add(_name, "snapshot alone", Clock.Best(_runs, () => Snapshot.Create(_objects)), note: "part of the build");
        _report.Add(_name, "heap", (after - before) / Megabyte, "MB", Targets.Heap(_name), "snapshot and compiled form, without the objects");
        GC.KeepAlive(_objects);
        return reachability;
    }

    private void AllPairs(Reachability reachability)
    {
        // A trillion pairs take minutes, also class by class.
        const int MostPods = 200_000;
        if (_objects.Pods.Length > MostPods) return;
        var open = Engine.AllPairs.CountReachable(reachability);
        var pods = reachability.Snapshot.Pods.Length;
        var best = Clock.Best(Math.Min(_runs, 5), () => Engine.AllPairs.CountReachable(reachability));
        _report.Add(_name, "all pairs", best, note: $"counts {open:#,0} open ordered pairs of {(long)pods * (pods - 1):#,0}");
    }

    private void PointQueries(Reachability reachability)
    {
        var questions = Questions(reachability, 1 << 18);
        var allowed = Ask(reachability, questions);
        var best = Clock.Best(Math.Max(_runs, 5), () => Ask(reachability, questions)).Milliseconds * 1e6 / questions.Length;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Ask(reachability, questions);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        _report.Add(_name, "one query", best, "ns", Targets.QueryNanoseconds, $"random pods and ports, {100.0 * allowed / questions.Length:F0} % allowed");
        _report.Add(_name, "one query allocates", (double)allocated / questions.Length, "B", Targets.QueryBytes);
    }

    private void WhoCanReach(Reachability reachability)
    {
        var pods = reachability.Snapshot.Pods.Length;
        var targets = Enumerable.Range(0, 200).Select(_ => _random.Next(pods)).ToArray();
        var latencies = new Latencies(targets.Length);
        foreach (var target in targets) Engine.AllPairs.SourcesOf(reachability, target);
        foreach (var target in targets) latencies.Time(() => Engine.AllPairs.SourcesOf(reachability, target));
        _report.Add(_name, "who can reach X", latencies.Percentile(50), "µs", note: $"median of {targets.Length} pods, all of {pods:#,0} pods as sources");
    }

    private (int Source, int Destination, Protocol Protocol, int Port)[] Questions(Reachability reachability, int count)
    {
        var pods = reachability.Snapshot.Pods.Length;
        int[] ports = [53, 80, 443, 5432, 6379, 8000, 8080, 9090, 9100, 31000];
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var port = _random.Next(4) == 0 ? _random.Next(1, 65536) : ports[_random.Next(ports.Length)];
            return (_random.Next(pods), _random.Next(pods), port == 53 ? Protocol.Udp : Protocol.Tcp, port);
        })];
    }

    private static int Ask(Reachability reachability, (int Source, int Destination, Protocol Protocol, int Port)[] questions)
    {
        var allowed = 0;
        foreach (var (source, destination, protocol, port) in questions)
            if (reachability.IsAllowed(source, destination, protocol, port)) allowed++;
        return allowed;
    }
}
