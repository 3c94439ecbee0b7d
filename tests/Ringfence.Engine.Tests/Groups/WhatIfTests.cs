using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Properties;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests.Groups;

public sealed class WhatIfTests
{
    private const int Clusters = 120;

    [Fact]
    public void Replace_RandomPolicies_TellsWhatTwoCompiledClustersDifferIn()
    {
        var (questions, changes) = (0, 0);
        for (var seed = 0; seed < Clusters; seed++)
        {
            var cluster = RandomCluster.CreateSmall(seed);
            var dice = new Dice(seed);
            var reachability = Reachability.Compile(Snapshot.Create(cluster));
            var whatIf = new WhatIf(reachability);

            // Several questions one after the other: each must leave no trace.
            foreach (var (before, after) in Questions(cluster, dice))
            {
                changes += Compare(cluster, reachability, whatIf, before, after, seed);
                questions++;
            }
        }

        Assert.True(questions > Clusters && changes > questions, $"{questions} questions, {changes} changes");
    }

    private static IEnumerable<(NetworkPolicy? Before, NetworkPolicy? After)> Questions(ClusterObjects cluster, Dice dice)
    {
        var added = RandomObjects.Policy(dice, dice.Pick<string>(Vocabulary.Namespaces), "added");
        yield return (null, added);
        foreach (var policy in cluster.NetworkPolicies.Take(3))
        {
            yield return (policy, null);
            yield return (policy, RandomObjects.Policy(dice, policy.Namespace, policy.Name));
        }
    }

    private static int Compare(ClusterObjects cluster, Reachability before, WhatIf whatIf, NetworkPolicy? old, NetworkPolicy? now, int seed)
    {
        var changed = cluster with { NetworkPolicies = [.. cluster.NetworkPolicies.Where(policy => !ReferenceEquals(policy, old)), .. now is null ? [] : new[] { now }] };
        var after = Reachability.Compile(Snapshot.Create(changed));
        var told = whatIf.Replace(old, now);
        var byPair = told.Where(change => change.Source.Range is null && change.Destination.Range is null)
            .SelectMany(change => change.Source.Pods.SelectMany(source => change.Destination.Pods.Select(destination => ((source, destination), change))))
            .ToDictionary(pair => pair.Item1, pair => pair.change);
        var pods = before.Snapshot.Pods.Length;
        for (var source = 0; source < pods; source++)
            for (var destination = 0; destination < pods; destination++)
            {
                if (source == destination) continue;
                var (was, becomes) = (before.BetweenByPolicy(Party.OfPod(source), Party.OfPod(destination)), after.BetweenByPolicy(Party.OfPod(source), Party.OfPod(destination)));
                if (byPair.TryGetValue((source, destination), out var change)) Assert.Equal((was, becomes), (change.Before, change.After));
                else Assert.True(was == becomes, $"seed {seed}, {old?.QualifiedName} to {now?.QualifiedName}: pods {source} to {destination} were {was}, are {becomes}\n{ClusterText.Of(changed)}");
            }

        // Ranges of IPv6 are told only where the cluster has IPv6.
        var hasSix = ClusterView.Create(before).OutsideSources.Concat(ClusterView.Create(after).OutsideSources).Any(range => range.Range!.Value.First.Family == IpFamily.V6);
        foreach (var address in Boundaries.Addresses(changed))
            for (var pod = 0; pod < pods; pod++)
            {
                CompareOutside(Party.OfPod(pod), Party.OfAddress(address), told.FirstOrDefault(change => change.Source.Pods.Contains(pod) && Holds(change.Destination, address)));
                CompareOutside(Party.OfAddress(address), Party.OfPod(pod), told.FirstOrDefault(change => change.Destination.Pods.Contains(pod) && Holds(change.Source, address)));
            }

        return told.Length;

        void CompareOutside(Party source, Party destination, ReachChange? change)
        {
            var (was, becomes) = (before.BetweenByPolicy(source, destination), after.BetweenByPolicy(source, destination));
            if (change is not null) Assert.Equal((was, becomes), (change.Before, change.After));
            else if (IsTold(source, destination)) Assert.True(was == becomes, $"seed {seed}: {source} to {destination} was {was}, is {becomes}\n{ClusterText.Of(changed)}");
        }

        bool IsTold(Party source, Party destination) => hasSix || (source.IsPod ? destination : source).Address.Family == IpFamily.V4;
    }

    private static bool Holds(ChangedEnd end, Address address) => end.Range is { } range && range.First.Family == address.Family && range.First <= address && address <= range.Last;
}
