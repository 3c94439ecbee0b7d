using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine.Tests.Generation;

/// <summary>Clusters with every feature that a verdict can depend on: small ones, and now and then a crowded one.</summary>
internal static class RandomCluster
{
    private const int CrowdedEvery = 40;

    /// <summary>Mostly small ones.</summary>
    public static ClusterObjects Create(int seed) => seed % CrowdedEvery == CrowdedEvery - 1 ? CreateCrowded(seed) : CreateSmall(seed);

    /// <summary>A handful of pods, so that every answer can be asked for.</summary>
    public static ClusterObjects CreateSmall(int seed)
    {
        var dice = new Dice(seed);
        return Create(dice, Vocabulary.Namespaces[..(1 + dice.UpTo(3))], dice.UpTo(10), dice.UpTo(dice.Percent(60) ? 16 : 5));
    }

    /// <summary>Twice a handful, so that most rules name few of them.</summary>
    public static ClusterObjects CreateMedium(int seed)
    {
        var dice = new Dice(seed);
        return Create(dice, Vocabulary.Namespaces, pods: 15 + dice.UpTo(10), policies: 2 + dice.UpTo(5));
    }

    /// <summary>So many pods and namespaces that sets become large.</summary>
    public static ClusterObjects CreateCrowded(int seed)
    {
        var dice = new Dice(seed);
        return Create(dice, Vocabulary.ManyNamespaces, pods: 100 + dice.UpTo(200), policies: 20 + dice.UpTo(40));
    }

    private static ClusterObjects Create(Dice dice, ImmutableArray<string> names, int pods, int policies)
    {
        var cluster = new ClusterObjects
        {
            Namespaces =
            [
                .. Vocabulary.Namespaces.Union(names).Where(_ => dice.Percent(45)).Select(name => RandomObjects.Namespace(dice, name)),
            ],
            Nodes = [.. Vocabulary.Nodes.Where(_ => dice.Percent(60)).Select(name => RandomObjects.Node(dice, name))],
            Workloads = dice.Percent(35)
                ? Distinct(dice.Some(2, () => RandomObjects.Workload(dice, dice.Pick<string>(names), Name(dice, "w", 2))))
                : [],
        };

        cluster = cluster with { Pods = Distinct(Dice.Times(pods, () => RandomPod(dice, names, cluster, most: Math.Max(6, pods)))) };
        return cluster with { NetworkPolicies = Policies(dice, names, policies) };
    }

    private static Pod RandomPod(Dice dice, ImmutableArray<string> names, ClusterObjects cluster, int most) =>
        RandomObjects.Pod(dice, dice.Pick<string>(names), Name(dice, "p", most), cluster);

    private static ImmutableArray<NetworkPolicy> Policies(Dice dice, ImmutableArray<string> names, int count)
    {
        var policies = new List<NetworkPolicy>();
        for (; count > 0; count--)
            policies.Add(policies.Count > 0 && dice.Percent(10)
                ? dice.Pick<NetworkPolicy>(policies) with { Name = $"twin{count}" }
                : RandomObjects.Policy(dice, dice.Pick<string>(dice.Percent(90) ? names : Vocabulary.Namespaces), Name(dice, "np", 11)));
        return Distinct(policies);
    }

    // Few names, so that namespaces share them.
    private static string Name(Dice dice, string prefix, int most) => $"{prefix}{1 + dice.UpTo(most - 1)}";

    private static ImmutableArray<T> Distinct<T>(IEnumerable<T> objects)
        where T : KubernetesObject => [.. objects.DistinctBy(item => item.QualifiedName)];
}
