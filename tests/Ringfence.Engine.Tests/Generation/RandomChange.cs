using Ringfence.Model;

namespace Ringfence.Engine.Tests.Generation;

/// <summary>Random changes of a cluster: pods, namespaces and policies come, change and go.</summary>
internal static class RandomChange
{
    public static Step Create(Dice dice, ClusterObjects cluster, int number)
    {
        var @namespace = dice.Pick<string>(Vocabulary.Namespaces);
        switch (dice.UpTo(11))
        {
            case 0:
                return Step.Put(cluster, RandomObjects.Pod(dice, @namespace, $"p{number + 20}", cluster));
            case 1 when !cluster.Pods.IsEmpty:
                return Step.Remove(cluster, dice.Pick<Pod>(cluster.Pods));
            case 2 when !cluster.Pods.IsEmpty:
                return Step.Put(cluster, dice.Pick<Pod>(cluster.Pods) with { Labels = Vocabulary.Labels(dice) });
            case 3 or 4 when !cluster.Pods.IsEmpty:
                return Step.Put(cluster, RandomObjects.Settle(dice, dice.Pick<Pod>(cluster.Pods), cluster));
            case 5 when !cluster.Pods.IsEmpty:
                var pod = dice.Pick<Pod>(cluster.Pods);
                var replaced = RandomObjects.Pod(dice, pod.Namespace, pod.Name, cluster);
                return Step.Put(cluster, replaced.Namespace == pod.Namespace ? replaced : pod);
            case 6 or 7:
                return Step.Put(cluster, RandomObjects.Namespace(dice, @namespace));
            case 8 when !cluster.Namespaces.IsEmpty:
                return Step.Remove(cluster, dice.Pick<Namespace>(cluster.Namespaces));
            case 9 when !cluster.NetworkPolicies.IsEmpty:
                return Step.Remove(cluster, dice.Pick<NetworkPolicy>(cluster.NetworkPolicies));
            case 10 when !cluster.NetworkPolicies.IsEmpty:
                var policy = dice.Pick<NetworkPolicy>(cluster.NetworkPolicies);
                return Step.Put(cluster, RandomObjects.Policy(dice, policy.Namespace, policy.Name));
            default:
                return Step.Put(cluster, RandomObjects.Policy(dice, @namespace, $"np{number + 20}"));
        }
    }
}
