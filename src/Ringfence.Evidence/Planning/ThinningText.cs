using System.Collections.Immutable;

namespace Ringfence.Evidence.Planning;

/// <summary>Says in words what a plan leaves out.</summary>
internal sealed class ThinningText(PodGroups groups, int addresses, int ranges, int most)
{
    /// <summary>A sentence for each step that was taken and left something out.</summary>
    /// <param name="thinning">The last step.</param>
    /// <param name="probes">Of a sample, how many probes there were to choose from.</param>
    public ImmutableArray<string> Tell(Thinning thinning, long probes)
    {
        var text = ImmutableArray.CreateBuilder<string>();
        if (thinning >= Thinning.PairsOfPods && groups.PodCount > groups.WorkloadCount)
            text.Add($"{Counted.Of(groups.PodCount, "pod")} make {Counted.Of(groups.WorkloadCount, "workload")}, and pods of one workload, which no policy can tell apart, stand for each other: of two workloads "
                + (thinning == Thinning.PairsOfPods ? "a pair on one node and a pair on different nodes is" : "one pair of pods, on one node and on different nodes in turn, is")
                + $" probed, not each of {Pairs} pairs of pods.");
        if (thinning >= Thinning.OnePairOfPods && addresses > ranges)
            text.Add($"Of {addresses:N0} addresses outside one is probed of each range that policies tell apart, {ranges} in all.");
        if (thinning >= Thinning.ForeignPorts)
            text.Add("Ports are probed that containers of the destination or policies of either end name, not those that only policies of other pods name.");
        if (thinning >= Thinning.AlikeTakeTurns && groups.AlikeCount < groups.WorkloadCount)
            text.Add($"Of {Counted.Of(groups.WorkloadCount, "workload")} policies and ports tell {groups.AlikeCount:N0} apart; those that are alike "
                + (thinning == Thinning.AlikeTakeTurns ? "take turns: each is probed, not each with every other." : "stand for each other: one is probed."));
        if (thinning == Thinning.Sample)
            text.Add($"Of {probes:N0} probes that are left {most:N0} are made, evenly spread: --max-probes allows no more.");
        return text.DrainToImmutable();
    }

    private string Pairs => $"{(long)groups.PodCount * (groups.PodCount - 1):N0}";
}
