using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Properties;

/// <summary>So many changes that the engine has to put its house in order on the way.</summary>
public sealed class ChurnTests
{
    [Fact]
    public void Apply_BlockOverThousandsOfPods_AnswersLikeTheOracle()
    {
        var cluster = new ClusterObjects
        {
            Pods = [.. Enumerable.Range(0, 2500).Select(number => NewPod(number))],
            NetworkPolicies = [RandomObjects.Policy(new Dice(1), "a", "before")],
        };
        var reachability = Reachability.Compile(Snapshot.Create(cluster));
        foreach (var cidr in (string[])["10.0.0.0/8", "10.1.0.0/24", "10.0.0.0/16"])
        {
            var peer = new PolicyPeer(null, null, new IpBlock(Prefix.Parse(cidr), [Prefix.Parse($"{cidr.Split('/')[0]}/29")]), default);
            cluster = Apply(reachability, Step.Put(cluster, new NetworkPolicy
            {
                Namespace = "a",
                Name = "block",
                AffectsIngress = true,
                Ingress = [new PolicyRule([peer], [], default)],
            }));
            Compare(cluster, reachability);
        }
    }

    [Fact]
    public void Apply_ThousandsOfPodsComeAndGo_AnswersLikeTheOracle()
    {
        var cluster = RandomCluster.Create(seed: 79) with
        {
            NetworkPolicies =
            [
                .. Enumerable.Range(0, 30).Select(number => new NetworkPolicy
                {
                    Namespace = "a",
                    Name = $"np{number}",
                    PodSelector = LabelSelector.Label("app", $"app{number * 100}"),
                    AffectsIngress = true,
                    Ingress = [new PolicyRule([new(LabelSelector.Label("app", $"app{number}"), LabelSelector.Everything, null, default)], [], default)],
                }),
            ],
        };
        var reachability = Reachability.Compile(Snapshot.Create(cluster));
        for (var number = 0; number < 10_000; number++)
        {
            var pod = NewPod(number) with { Labels = LabelSet.Of("app", $"app{number}") };
            reachability.Apply(new Change(pod, Removed: false));
            if (number % 100 != 0) reachability.Apply(new Change(number % 2 == 0 ? pod : pod with { Phase = PodPhase.Succeeded }, Removed: number % 2 == 0));
            else cluster = Step.Put(cluster, pod).Cluster;
            if (number % 2500 == 2499) Compare(cluster, reachability);
        }
    }

    private static Pod NewPod(int number) => new()
    {
        Namespace = "a",
        Name = $"pod{number}",
        Phase = PodPhase.Running,
        Labels = LabelSet.Of("k", $"{number % 7}"),
        Addresses = [new Address(IpFamily.V4, Address.Parse("10.0.0.1").Value + (UInt128)number)],
    };

    private static ClusterObjects Apply(Reachability reachability, Step step)
    {
        reachability.Apply(new Change(step.Object, step.Removed));
        return step.Cluster;
    }

    private static void Compare(ClusterObjects cluster, Reachability reachability)
    {
        var comparison = new ClusterComparison(cluster, reachability, new Dice(1), percent: 20);
        comparison.RunWithoutSnapshot();
        Assert.True(comparison.Answers > 1000, $"only {comparison.Answers} answers were compared");
    }
}
