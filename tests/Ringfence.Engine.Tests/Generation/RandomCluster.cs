using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Generation;

/// <summary>Small clusters with every feature that a verdict can depend on.</summary>
internal static class RandomCluster
{
    public static ClusterObjects Create(int seed)
    {
        var dice = new Dice(seed);
        var names = Vocabulary.Namespaces[..(1 + dice.UpTo(3))];
        var cluster = new ClusterObjects
        {
            Namespaces = [.. Vocabulary.Namespaces.Where(_ => dice.Percent(70)).Select(name => RandomObjects.Namespace(dice, name))],
            Nodes = [.. Vocabulary.Nodes.Where(_ => dice.Percent(60)).Select(name => RandomObjects.Node(dice, name))],
        };
        cluster = cluster with
        {
            Workloads = dice.Percent(35) ? Distinct(dice.Some(2, () => RandomObjects.Workload(dice, dice.Pick<string>(names), Name(dice, "w", 2)))) : [],
        };
        cluster = cluster with
        {
            Pods = Distinct(dice.Some(10, () => RandomObjects.Pod(dice, dice.Pick<string>(names), Name(dice, "p", 6), cluster))),
        };
        return cluster with { NetworkPolicies = Policies(dice, names) };
    }

    private static ImmutableArray<NetworkPolicy> Policies(Dice dice, ImmutableArray<string> names)
    {
        var policies = new List<NetworkPolicy>();
        for (var count = dice.UpTo(dice.Percent(30) ? 14 : 6); count > 0; count--)
            policies.Add(policies.Count > 0 && dice.Percent(10)
                ? dice.Pick<NetworkPolicy>(policies) with { Name = $"twin{count}" }
                : RandomObjects.Policy(dice, dice.Percent(90) ? dice.Pick<string>(names) : dice.Pick<string>(Vocabulary.Namespaces), Name(dice, "np", 11)));
        return Distinct(policies);
    }

    // Few names, so that namespaces share them.
    private static string Name(Dice dice, string prefix, int most) => $"{prefix}{1 + dice.UpTo(most - 1)}";

    private static ImmutableArray<T> Distinct<T>(IEnumerable<T> objects)
        where T : KubernetesObject => [.. objects.DistinctBy(item => item.QualifiedName)];
}
