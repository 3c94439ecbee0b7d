using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Running;
using Ringfence.Model;

namespace Ringfence.Evidence.Records;

/// <summary>Makes evidence of what a proof saw.</summary>
public static class EvidenceBuilder
{
    /// <summary>Makes the document.</summary>
    public static EvidenceDocument Build(ProofFacts facts)
    {
        var results = facts.Results;
        int Count(Agreement agreement) => results.Count(result => result.Agreement == agreement);
        var families = results.Select(result => result.Planned.Probe.Destination.Address.Family).Distinct().Order().Select(family => family == IpFamily.V4 ? "IPv4" : "IPv6");
        return new EvidenceDocument
        {
            Name = facts.Name,
            Summary = new EvidenceSummary(results.Length, Count(Agreement.Agrees), Count(Agreement.Differs), Count(Agreement.NotCovered)),
            Started = facts.Started.ToUniversalTime(),
            Ended = facts.Ended.ToUniversalTime(),
            Options = new EvidenceOptions(
                [.. families], facts.Enforced, facts.MaxProbes, facts.Run.Concurrency, [.. facts.Run.Timeouts.Select(timeout => timeout.TotalSeconds)],
                facts.Plan.UnnamedTcp, facts.Plan.UnnamedUdp),
            Environment = facts.Environment,
            Inputs = facts.Inputs,
            Objects = [.. CanonicalText.Digests(facts.Reachability.Snapshot.Objects)],
            Policies = [.. Policies(facts.Reachability.Snapshot)],
            Thinned = facts.Plan.Thinned,
            NotCovered = [.. facts.Plan.NotCovered.Select(gap => new GapRecord(gap.What, gap.Why)), .. Uncovered(results)],
            Items = [.. results.Select(Probe)],
            Expectations = facts.Expectations,
        };
    }

    private static IEnumerable<PolicyRecord> Policies(Snapshot snapshot)
    {
        var workloads = ClusterPods(snapshot);
        foreach (var policy in snapshot.Objects.NetworkPolicies.OrderBy(policy => policy.QualifiedName, StringComparer.Ordinal))
        {
            var selected = workloads[policy.Namespace]
                .Where(item => policy.PodSelector.Matches(item.Pod.Labels))
                .GroupBy(item => item.Workload, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new SelectedRecord(group.Key, group.Count()));
            ImmutableArray<string> isolates = [.. policy.AffectsIngress ? ["ingress"] : (string[])[], .. policy.AffectsEgress ? ["egress"] : (string[])[]];
            yield return new PolicyRecord(policy.QualifiedName, Place(policy.Location), isolates, [.. selected]);
        }
    }

    private static ILookup<string, (Pod Pod, string Workload)> ClusterPods(Snapshot snapshot) => snapshot.Pods
        .Where(pod => !pod.Pod.Network.HostNetwork)
        .Select(pod => (pod.Pod, Workload: pod.Workload.ToString()))
        .ToLookup(item => item.Pod.Namespace, StringComparer.Ordinal);

    /// <summary>What the run could not cover: probes with one protocol and one reason together.</summary>
    private static IEnumerable<GapRecord> Uncovered(ImmutableArray<ProbeResult> results) => results
        .Where(result => result.Agreement == Agreement.NotCovered)
        .GroupBy(result => (result.Planned.Probe.Protocol, Why: Why(result)))
        .OrderBy(group => group.Key.Protocol)
        .ThenBy(group => group.Key.Why, StringComparer.Ordinal)
        .Select(group => new GapRecord($"{Counted.Of(group.Count(), "probe")} of {group.Key.Protocol.ToText()}", group.Key.Why));

    private static string Why(ProbeResult result) => result.Deciding.Detail
        ?? (result.Observed == Observed.NoRoute ? "no way leads there, so nothing can be said about policy" : "the probe could not be made");

    private static ProbeRecord Probe(ProbeResult result)
    {
        var (probe, expected) = (result.Planned.Probe, result.Planned.Expected);
        return new ProbeRecord
        {
            Source = probe.Source.Name,
            SourceWorkload = probe.Source.Workload,
            SourceAddress = probe.Source.Address.ToString(),
            Destination = probe.Destination.Name,
            DestinationWorkload = probe.Destination.Workload,
            DestinationAddress = probe.Destination.Address.ToString(),
            Protocol = probe.Protocol.ToText(),
            Port = probe.Port,
            Expected = expected.Outcome == Outcome.Allowed ? ProbeWords.Allowed : ProbeWords.Denied,
            Observed = ProbeWords.Of(result.Observed),
            Result = ProbeWords.Of(result.Agreement),
            Policies = expected.Policies,
            Rule = expected.Rule,
            Location = expected.Location is { } location ? Place(location) : null,
            Reasons = expected.Reasons,
            Attempts = [.. result.Attempts.Select(Attempt)],
        };
    }

    private static AttemptRecord Attempt(Attempt attempt) =>
        new(attempt.At.ToUniversalTime(), Math.Round(attempt.Took.TotalMilliseconds, 3), ProbeWords.Of(attempt.Observed), attempt.Detail);

    private static PlaceRecord? Place(Location location) => location.File is { } file ? new PlaceRecord(file, location.Line, location.Column) : null;
}
