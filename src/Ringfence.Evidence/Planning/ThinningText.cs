using System.Collections.Immutable;

namespace Ringfence.Evidence.Planning;

/// <summary>Says in words what a plan leaves out.</summary>
internal sealed class ThinningText(PodGroups groups, int most)
{
    /// <summary>A sentence for each step that was taken.</summary>
    /// <param name="thinning">The last step.</param>
    /// <param name="probes">Of a sample, how many probes there were to choose from.</param>
    public ImmutableArray<string> Tell(Thinning thinning, long probes)
    {
        var text = ImmutableArray.CreateBuilder<string>();
        if (thinning is Thinning.PairsOfPods)
            text.Add($"{Pods}: of two workloads a pair on one node and a pair on different nodes is probed, not each of {Pairs} pairs of pods.");
        if (thinning >= Thinning.OnePairOfPods)
            text.Add($"{Pods}: of two workloads one pair of pods is probed, on one node and on different nodes in turn, not each of {Pairs} pairs of pods; and of each range outside that policies tell apart one address.");
        if (thinning >= Thinning.ForeignPorts)
            text.Add("Ports are probed that containers of the destination or policies of either end name, not those that only policies of other pods name.");
        if (thinning == Thinning.AlikeTakeTurns)
            text.Add($"{Alike}, and take turns: each is probed, not each with every other.");
        if (thinning >= Thinning.OneOfAlike)
            text.Add($"{Alike}: one stands for the others.");
        if (thinning == Thinning.Sample)
            text.Add($"Of {probes:N0} probes that are left {most:N0} are made, evenly spread: --max-probes allows no more.");
        return text.DrainToImmutable();
    }

    private string Pods => $"{Counted.Of(groups.PodCount, "pod")} make {Counted.Of(groups.WorkloadCount, "workload")}, and pods of one workload, which no policy can tell apart, stand for each other";

    private string Pairs => $"{(long)groups.PodCount * (groups.PodCount - 1):N0}";

    private string Alike => $"Of {Counted.Of(groups.WorkloadCount, "workload")} policies and ports tell {groups.AlikeCount:N0} apart; the others are alike";
}
