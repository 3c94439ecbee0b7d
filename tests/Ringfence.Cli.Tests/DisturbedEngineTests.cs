using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Running;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Lab;
using Ringfence.Model;

namespace Ringfence.Cli.Tests;

/// <summary>A proof must be able to fail: an engine that reads one rule wrongly is found out by real packets.</summary>
public sealed class DisturbedEngineTests
{
    [Fact]
    public async Task Prove_EngineThatMissesOrInventsARule_Differs()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for network namespaces and nftables");
        var input = ManifestReader.Read([RepositoryRoot.Of("examples", "rag")], new ManifestOptions(), TestContext.Current.CancellationToken).Objects;
        await using var lab = await LabCluster.StartAsync(new LabOptions { Name = "disturbed" }, input, null, TestContext.Current.CancellationToken);
        var plan = ProbePlan.Create(lab.Reachability, new PlanOptions { OutsideAddresses = lab.OutsideAddresses });

        Assert.Empty(await Differences(lab, plan));

        var dns = lab.State.NetworkPolicies.Single(policy => policy.Name == "dns");
        var missed = await Differences(lab, plan.JudgedBy(With(lab.State, dns, dns with { Egress = [] })));
        Assert.NotEmpty(missed);
        Assert.All(missed, result => Assert.True(result is { IsOpen: true, Planned: { Expected.Outcome: Outcome.Denied, Probe: { Port: 53, Destination.Workload: "kube-system/kube-dns" } } }));

        var denyAll = lab.State.NetworkPolicies.Single(policy => policy.Name == "deny-all");
        var rule = new PolicyRule([], [new PolicyPort(Protocol.Tcp, null, 6333, 6333, default)], default);
        var invented = await Differences(lab, plan.JudgedBy(With(lab.State, denyAll, denyAll with { Ingress = [rule] })));
        Assert.NotEmpty(invented);
        Assert.All(invented, result => Assert.True(result is { IsOpen: false, Attempts.Length: 4, Planned: { Expected.Outcome: Outcome.Allowed, Probe.Port: 6333 } }));
    }

    private static Reachability With(ClusterObjects state, NetworkPolicy old, NetworkPolicy policy) =>
        Reachability.Compile(Snapshot.Create(state with { NetworkPolicies = state.NetworkPolicies.Replace(old, policy) }));

    private static async Task<ImmutableArray<ProbeResult>> Differences(LabCluster lab, ProbePlan plan)
    {
        // What is open may be slow to answer, and what is closed is waited for to the end.
        var quick = new RunOptions { Timeouts = [.. new[] { 0.5, 0.5, 0.5, 10 }.Select(TimeSpan.FromSeconds)] };
        var results = await new ProbeRunner(lab.Prober, quick).RunAsync(plan.Probes, null, TestContext.Current.CancellationToken);
        return [.. results.Where(result => result.Agreement == Agreement.Differs)];
    }
}
