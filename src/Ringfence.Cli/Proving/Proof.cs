using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ringfence.Agent;
using Ringfence.Dataplane.Rules;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Records;
using Ringfence.Evidence.Running;
using Ringfence.Lab;
using Ringfence.Model;

namespace Ringfence.Cli.Proving;

/// <summary>Proves policies: a lab runs the workloads and enforces the policies, probes go from everywhere to everywhere, and what they saw is compared.</summary>
internal sealed class Proof
{
    private readonly RunOptions _run = new();

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What the lab is like.</summary>
    public required LabOptions Lab { get; init; }

    /// <summary>The most probes.</summary>
    public required int MaxProbes { get; init; }

    /// <summary>What packets are to show; null where nothing is expected beside what the policies say.</summary>
    public ProvedExpectations? Expectations { get; init; }

    /// <summary>The files that were read.</summary>
    public required ImmutableArray<FileDigest> Inputs { get; init; }

    /// <summary>Makes it.</summary>
    /// <param name="input">The objects.</param>
    /// <param name="tell">Told where the lab differs from what was asked for.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Gives up; nothing is left.</param>
    public async Task<EvidenceDocument> MakeAsync(ClusterObjects input, Action<string> tell, IProgress<string> progress, CancellationToken cancellation)
    {
        await using var lab = await LabCluster.StartAsync(Lab, input, progress, cancellation);
        foreach (var note in lab.Notes) tell(note);
        progress.Report("planning probes");
        var plan = ProbePlan.Create(lab.Reachability, new PlanOptions { MaxProbes = MaxProbes, OutsideAddresses = lab.OutsideAddresses, Wanted = Expectations?.Wanted(lab.Reachability, lab.OutsideAddresses) ?? [] });
        var started = TimeProvider.System.GetUtcNow();
        var counting = new Counting(done => progress.Report($"probing: {done} of {plan.Probes.Length}"));
        var results = await new ProbeRunner(lab.Prober, _run).RunAsync(plan.Probes, counting, cancellation);
        return EvidenceBuilder.Build(new ProofFacts
        {
            Name = Name,
            Reachability = lab.Reachability,
            Plan = plan,
            Results = results,
            MaxProbes = MaxProbes,
            Run = _run,
            Enforced = Lab.Enforce,
            Started = started,
            Ended = TimeProvider.System.GetUtcNow(),
            Environment = Environment(lab, tell),
            Inputs = Inputs,
            Expectations = Expectations?.Compare(lab.Reachability, results),
        });
    }

    private static EvidenceEnvironment Environment(LabCluster lab, Action<string> tell) => new(
        $"ringfence {typeof(Proof).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}",
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        System.Environment.MachineName,
        RuntimeInformation.OSArchitecture.ToString(),
        [
            .. lab.Nodes.Select(node => new NodeRecord(
                node.Node.Name,
                lab.Pods.Values.Count(pod => pod.Pod.NodeName == node.Node.Name),
                node.Agent is { } agent ? DigestOfKernel(node.Node.Name, agent, tell) : null)),
        ]);

    /// <summary>The digest of the rules that the kernel has; null where they are not those that were programmed.</summary>
    private static string? DigestOfKernel(string node, NodeAgent agent, Action<string> tell)
    {
        var drift = agent.Table.Verify();
        if (drift.IsEmpty) return Digest(agent.Program!.Rules);
        foreach (var difference in drift.Differences) tell($"{node}: somebody changed the kernel's rules while probes were made: {difference}");
        return null;
    }

    private static string Digest(NodeRules rules) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(NodeRulesText.Write(rules))));

    // Called from many threads; what is shown is not in order, so that only the highest counts.
    private sealed class Counting(Action<int> tell) : IProgress<int>
    {
        private readonly Lock _telling = new();
        private int _most;

        public void Report(int value)
        {
            lock (_telling)
                if (value > _most) tell(_most = value);
        }
    }
}
