using Ringfence.Analysis.Differences;
using Ringfence.Bench.Generation;
using Ringfence.Bench.Reporting;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures what comparing two states costs beyond building their engines.</summary>
internal sealed class DiffMeasures
{
    private readonly Report _report;
    private readonly string _name;
    private readonly ClusterObjects _objects;
    private readonly int _runs;

    public DiffMeasures(Report report, GeneratedCluster cluster, int runs)
    {
        (_report, _name, _runs) = (report, cluster.Shape.Name, runs);
        Report.Progress($"{_name}: generating {cluster.Shape.Size}");
        _objects = cluster.ToObjects();
    }

    public void Run()
    {
        var old = Reachability.Compile(Snapshot.Create(_objects));
        _report.Add(_name, "view", Clock.Best(_runs, () => ClusterView.Create(old)), note: "pods into workloads, once for each state");
        Compare("the same", old, policies => policies);
        Compare("one policy less", old, policies => policies.Skip(1));
        Compare("one policy in a hundred less", old, policies => policies.Where((_, i) => i % 100 != 0));
        Compare("one policy in a hundred with other ports", old, policies => policies.Select((policy, i) => i % 100 != 0 ? policy : policy with
        {
            Ingress = [.. policy.Ingress.Select(rule => rule with { Ports = [new PolicyPort(Protocol.Tcp, null, 7, 7, default)] })],
        }));
    }

    private void Compare(string name, Reachability old, Func<IEnumerable<NetworkPolicy>, IEnumerable<NetworkPolicy>> change)
    {
        var changed = Reachability.Compile(Snapshot.Create(_objects with { NetworkPolicies = [.. change(_objects.NetworkPolicies)] }));
        var (before, after) = (ClusterView.Create(old), ClusterView.Create(changed));
        var difference = ClusterDifference.Between(before, after);
        _report.Add(_name, $"diff: {name}", Clock.Best(_runs, () => ClusterDifference.Between(before, after)), note: $"{difference.Changes.Length:#,0} connections differ");
        if (difference.Changes.IsEmpty) return;
        var some = difference.Changes.Take(1000).ToList();
        var reasons = Clock.Best(_runs, () => some.ForEach(item => difference.ReasonOf(item)));
        _report.Add(_name, $"reasons: {name}", reasons.Milliseconds * 1000 / some.Count, "µs", note: "for one connection");
    }
}
