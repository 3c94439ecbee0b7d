using Ringfence.Analysis.Expectations;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Engine.Tests.Properties;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Expectations;

/// <summary>Expectations on random clusters: judged as the oracle does, and written down so that no change stays unseen.</summary>
public sealed class ExpectationPropertyTests
{
    [Fact]
    public void Judge_RandomCases_AgreesWithTheOracle()
    {
        var seen = new Dictionary<ExpectationOutcome, int>();
        for (var seed = 0; seed < 160; seed++)
        {
            var cluster = RandomCluster.CreateSmall(seed);
            var view = View(cluster);
            if (view.Workloads.IsEmpty) continue;
            var dice = new Dice(seed);
            var cases = Dice.Times(12, () => RandomExpectations.Case(dice, view.Reachability.Snapshot));
            var edges = cases.SelectMany(item => item.Expectations).SelectMany(entry => entry.From.Concat(entry.To)).OfType<RangeEnd>().SelectMany(end => Edges(end.Range));
            var oracle = new ExpectationOracle(cluster, view, edges, cases.SelectMany(item => item.Expectations).SelectMany(entry => entry.Ports).SelectMany(port => (int[])[port.First, port.Last]));
            var judge = new ExpectationJudge(view);
            foreach (var (item, result) in cases.Zip(judge.Judge(cases)))
            {
                var (told, actual) = (oracle.Judge(item), result.Results.Select(part => part.Outcome).ToList());
                Assert.True(told.SequenceEqual(actual), $"seed {seed}: {string.Join(", ", told)} is {string.Join(", ", actual)} {string.Join(' ', result.Results.Select(part => part.Problem?.Message))}\n{string.Join('\n', item.Expectations.Select(Text))}\n{ClusterText.Of(cluster)}");
                foreach (var outcome in told) seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
            }
        }

        Assert.All(Enum.GetValues<ExpectationOutcome>(), outcome => Assert.True(seen.GetValueOrDefault(outcome) >= 10, $"{outcome}: {seen.GetValueOrDefault(outcome)}"));
    }

    [Fact]
    public void Proposal_RandomClusters_HoldsUntilReachChanges()
    {
        var (same, different, cases) = (0, 0, 0);
        for (var seed = 0; seed < 250; seed++)
        {
            var cluster = RandomCluster.CreateSmall(seed);
            var view = View(cluster);
            var proposal = ExpectationProposal.Of(view);
            cases += proposal.Cases.Length;
            Assert.All(new ExpectationJudge(view).Judge(proposal.Cases), result => Assert.True(result.Outcome == ExpectationOutcome.Passed, $"seed {seed}: {Text(result)}\n{ClusterText.Of(cluster)}"));

            var dice = new Dice(seed);
            var changed = Edit(dice, cluster);
            var after = View(changed);
            var outcomes = new ExpectationJudge(after).Judge(proposal.Cases).ToList();
            var (differs, undecided) = Compare(view, after, [.. proposal.LeftOut.Select(what => what[..what.IndexOf(':')])], changed, cluster);
            if (undecided) continue;
            _ = differs ? different++ : same++;
            Assert.True(differs == outcomes.Exists(result => result.Outcome != ExpectationOutcome.Passed),
                $"seed {seed}: reach {(differs ? "differs" : "is the same")}\n{string.Join('\n', outcomes.Where(result => result.Outcome != ExpectationOutcome.Passed).Select(Text))}\n{ClusterText.Of(cluster)}\n=>\n{ClusterText.Of(changed)}");
        }

        Assert.True(same >= 50 && different >= 50 && cases >= 500, $"{same} same, {different} different, {cases} cases");
    }

    private static ClusterObjects Edit(Dice dice, ClusterObjects cluster)
    {
        if (cluster.NetworkPolicies.IsEmpty || dice.Percent(20)) return Step.Put(cluster, RandomObjects.Policy(dice, dice.Pick<string>(Vocabulary.Namespaces[..2]), "new")).Cluster;
        var policy = dice.Pick<NetworkPolicy>(cluster.NetworkPolicies);
        return (dice.Percent(50) ? Step.Remove(cluster, policy) : Step.Put(cluster, RandomObjects.Policy(dice, policy.Namespace, policy.Name))).Cluster;
    }

    // What no policy concerns may differ unseen.
    private static (bool Differs, bool Undecided) Compare(ClusterView before, ClusterView after, HashSet<string> leftOut, ClusterObjects changed, ClusterObjects cluster)
    {
        var differs = false;
        var undecided = false;
        var addresses = Boundaries.Addresses(cluster).Concat(Boundaries.Addresses(changed)).Where(address => address.Family == IpFamily.V4 || before.OutsideSources.Any(range => range.Range!.Value.First.Family == IpFamily.V6)).Distinct().Select(Party.OfAddress).ToList();
        var pods = Enumerable.Range(0, before.Reachability.Snapshot.Pods.Length).Select(Party.OfPod).ToList();
        foreach (var (source, destination) in pods.SelectMany(source => pods.Concat(addresses).Select(destination => (source, destination))).Concat(addresses.SelectMany(source => pods.Select(destination => (source, destination)))))
        {
            if (leftOut.Contains(destination.IsPod ? before.EntryOf(destination.Pod).Name : "addresses outside")) continue;
            if (source == destination && !before.EntryOf(source.Pod).HasReplicas) continue;
            if (before.Reachability.BetweenByPolicy(source, destination) == after.Reachability.BetweenByPolicy(source, destination)) continue;
            if (source != destination && before.Reachability.Exemption(source, destination) is not null) undecided = true;
            else differs = true;
        }

        return (differs, undecided && !differs);
    }

    private static IEnumerable<Address> Edges(AddressRange range)
    {
        yield return range.First;
        yield return range.Last;
        if (range.First.Value > 0) yield return new Address(range.First.Family, range.First.Value - 1);
        if (range.Last < Address.Max(range.Last.Family)) yield return new Address(range.Last.Family, range.Last.Value + 1);
    }

    private static ClusterView View(ClusterObjects cluster) => ClusterView.Create(Reachability.Compile(Snapshot.Create(cluster)));

    private static string Text(Expectation entry) => $"{entry.Mode} from {string.Join(", ", entry.From)} to {string.Join(", ", entry.To)} ports {string.Join(", ", entry.Ports)}";

    private static string Text(CaseResult result) =>
        $"{result.Case.Name}: {string.Join('\n', result.Results.Select(part => $"{part.Outcome} {Text(part.Expectation)} {part.Problem?.Message} {string.Join("; ", part.Unexpected.Select(flow => $"{flow.Source} -> {flow.Destination} {flow.Connections}"))}"))}";
}
