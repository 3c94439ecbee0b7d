using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Lab.Planning;
using Ringfence.Model;

namespace Ringfence.Lab;

/// <summary>What a lab would be, told without making it: nothing of the machine is needed.</summary>
/// <param name="Reachability">The state of the cluster, compiled: running pods that have addresses and nodes, Services with cluster addresses, nodes, DNS.</param>
/// <param name="OutsideAddresses">The addresses of the outside world.</param>
/// <param name="Notes">Where the lab would differ from what was asked for, in sentences.</param>
public sealed record LabPreview(Reachability Reachability, ImmutableArray<Address> OutsideAddresses, ImmutableArray<string> Notes)
{
    /// <summary>Foresees the lab of an input.</summary>
    public static LabPreview Of(LabOptions options, ClusterObjects input)
    {
        var plan = new LabPlanner(options).Plan(input);
        var reachability = Reachability.Compile(Snapshot.Create(plan.State));
        return new LabPreview(reachability, OutsidePlan.Choose(reachability, plan, options.Families), plan.Notes);
    }
}
