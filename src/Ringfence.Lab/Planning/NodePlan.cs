using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>Chooses a lab's nodes: those of the input, else as many as asked for.</summary>
internal static class NodePlan
{
    public static ImmutableArray<PlannedNode> Choose(ClusterObjects input, LabOptions options, ICollection<string> notes)
    {
        var declared = input.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        var names = input.Nodes.Select(node => node.Name)
            .Concat(input.Pods.Where(pod => !pod.IsFinished && pod.NodeName is not null).Select(pod => pod.NodeName!))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        if (names.Count > LabOptions.MostNodes)
        {
            notes.Add($"the input has {names.Count} nodes; the lab has the first {LabOptions.MostNodes}, and the others' pods run on them");
            names.RemoveRange(LabOptions.MostNodes, names.Count - LabOptions.MostNodes);
        }

        // Node objects say how many nodes there are; pods that name nodes say only that those are among them.
        for (var number = 1; declared.Count == 0 && names.Count < options.Nodes; number++)
            if (!names.Contains($"node-{number}")) names.Add($"node-{number}");
        var families = LabAddresses.Families(options.Families);
        return
        [
            .. names.Select((name, index) => new PlannedNode(index + 1, (declared.GetValueOrDefault(name) ?? Undeclared(name)) with
            {
                Addresses = [.. families.Select(family => LabAddresses.NodeAddress(index + 1, family))],
                PodCidrs = [.. families.Select(family => LabAddresses.PodRange(index + 1, family))],
            })),
        ];
    }

    private static Node Undeclared(string name) => new() { Name = name, Labels = LabelSet.Of("kubernetes.io/hostname", name) };
}
