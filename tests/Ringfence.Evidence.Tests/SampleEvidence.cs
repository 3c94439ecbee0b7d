using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Records;
using Ringfence.Evidence.Running;
using Ringfence.Model;

namespace Ringfence.Evidence.Tests;

/// <summary>Evidence of clusters that a prober stands for.</summary>
internal static class SampleEvidence
{
    /// <summary>Proves a cluster.</summary>
    /// <param name="expected">What the engine is asked about.</param>
    /// <param name="prober">What the packets see.</param>
    public static Task<EvidenceDocument> ProveAsync(ClusterObjects expected, IProber prober) => ProveAsync(expected, SampleCluster.Plan(expected), prober);

    public static async Task<EvidenceDocument> ProveAsync(ClusterObjects expected, ProbePlan plan, IProber prober)
    {
        var run = new RunOptions();
        return EvidenceBuilder.Build(new ProofFacts
        {
            Name = "sample",
            Reachability = SampleCluster.Compile(expected),
            Plan = plan,
            Results = await new ProbeRunner(prober, run).RunAsync(plan.Probes, null, TestContext.Current.CancellationToken),
            MaxProbes = 100_000,
            Run = run,
            Enforced = true,
            Started = DateTimeOffset.UnixEpoch,
            Ended = DateTimeOffset.UnixEpoch.AddSeconds(1.5),
            Environment = new EvidenceEnvironment("ringfence 0.1.0", "6.1.0", "machine", "X64", [new NodeRecord("node-1", 6, new string('a', 64)), new NodeRecord("node-2", 6, null)]),
            Inputs = [new FileDigest("sample/policy.yaml", new string('b', 64))],
        });
    }
}
