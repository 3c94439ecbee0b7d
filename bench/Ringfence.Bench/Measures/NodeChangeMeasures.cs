using Ringfence.Bench.Reporting;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Flows;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Nftables;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Bench.Measures;

/// <summary>Measures how a node follows changes of a cluster one by one, as its agent does: pods that its policies may admit, and policies of its own pods.</summary>
internal sealed class NodeChangeMeasures(Report report, string name, NetworkNamespace network, Reachability reachability, NodeScope scope, ClusterObjects objects) : IDisposable
{
    private const int Events = 100;
    private const int WarmUp = 10;
    private const double TargetMicroseconds = 10_000;
    private readonly Random _random = new(5);
    private readonly NodeTable _table = NodeTable.Open(network);
    private readonly NodeMemory _memory = new();
    private readonly RuleOptions _options = new();

    public void Dispose() => _table.Dispose();

    public void Run()
    {
        var program = NodeCompiler.Compile(reachability, scope, _options, _memory);
        _table.Apply(program.Rules);
        var namespaces = scope.Pods.Select(pod => pod.Namespace).ToHashSet();
        List<Pod> near = [.. objects.Pods.Where(pod => namespaces.Contains(pod.Namespace) && !pod.IsFinished && !pod.Network.HostNetwork && !pod.Addresses.IsEmpty)];
        Measure("pod event", i =>
        {
            var pod = near[(i / 2 * 7919) % near.Count] with { Name = $"twin-{i / 2}", Addresses = [new Address(IpFamily.V4, 0x0AF00000u + (uint)i / 2)] };
            return new Change(pod, Removed: i % 2 == 1);
        });
        List<NetworkPolicy> inForce = [.. program.Rulesets.Values.SelectMany(ruleset => ruleset.Policies).Distinct()];
        Measure("policy edit", i =>
        {
            var policy = inForce[(i / 2 * 31) % inForce.Count];
            return i % 2 == 1 ? new Change(policy, Removed: false) : Edit(policy);
        });
    }

    // Another port, or removed; the event after it brings the policy back.
    private Change Edit(NetworkPolicy policy) => _random.Next(3) == 0
        ? new Change(policy, Removed: true)
        : new Change(policy with { Ingress = [.. policy.Ingress.Select(rule => rule with { Ports = [new PolicyPort(Protocol.Tcp, null, 8080, 8080 + _random.Next(3), default)] })] }, Removed: false);

    private void Measure(string what, Func<int, Change> next)
    {
        var (taken, compiled, programmed, whole, judged) =
            (new Latencies(Events), new Latencies(Events), new Latencies(Events), new Latencies(Events), new Latencies(Events));
        using var tracker = new ConnectionTracker(network);
        var (committed, revoker) = (0, new FlowRevoker(tracker, _options.RevokedMark));
        for (var i = 0; i < WarmUp + Events; i++)
        {
            if (i == WarmUp) (taken, compiled, programmed, whole, judged, committed) = (new(Events), new(Events), new(Events), new(Events), new(Events), 0);
            var change = next(i);
            NodeProgram? program = null;
            whole.Time(() =>
            {
                taken.Time(() => reachability.Apply(change));
                compiled.Time(() => program = NodeCompiler.Compile(reachability, scope, _options, _memory));
                programmed.Time(() => committed += _table.Apply(program!.Rules).IsEmpty ? 0 : 1);
            });
            judged.Time(() => revoker.Revoke(new ReachabilityFlowJudge(reachability, scope, OwnAddresses.Read(network)).IsAllowed));
        }

        Add($"{what}, to in force", whole, TargetMicroseconds, $"{committed} of {Events} changed the node");
        Add($"{what}, the engine's part", taken);
        Add($"{what}, compiling", compiled);
        Add($"{what}, difference and commit", programmed);
        Add($"{what}, judging no flows afterwards", judged, note: "mostly waiting for packets under way");
    }

    private void Add(string what, Latencies latencies, double? target = null, string? note = null)
    {
        report.Add(name, $"{what}, p50", latencies.Percentile(50), "µs", target, note);
        report.Add(name, $"{what}, p99", latencies.Percentile(99), "µs", target);
    }
}
