using System.Globalization;
using System.Text.RegularExpressions;
using Ringfence.Analysis.Lint;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Lint;

/// <summary>What is said to change nothing changes nothing, in clusters made at random.</summary>
public sealed partial class NeedlessClaimsTests
{
    [Theory]
    [InlineData("redundant")]
    [InlineData("no-override")]
    public void Claim_WithoutWhatItIsAbout_ReachIsTheSame(string slug)
    {
        var claims = 0;
        for (var seed = 0; seed < 250; seed++)
        {
            var cluster = WithRepeats(RandomCluster.CreateSmall(seed), seed);
            var reachability = Reachability.Compile(Snapshot.Create(cluster));
            var report = Linter.Run(reachability, new LintOptions(Linting.Today) { Rules = [LintRules.Find(slug)!] });
            var whatIf = new WhatIf(reachability);
            foreach (var finding in report.Findings)
            {
                claims++;
                var policy = (NetworkPolicy)finding.Object;
                Assert.True(whatIf.Replace(policy, Without(policy, finding.Field)).IsEmpty, $"seed {seed}: {policy.QualifiedName} {finding.Field}: {finding.Message}\n{ClusterText.Of(cluster)}");
            }
        }

        Assert.True(claims > 50, $"only {claims} claims were tried");
    }

    // Policies by chance rarely say what others do: some get the rules of another one, or their own once more.
    private static ClusterObjects WithRepeats(ClusterObjects cluster, int seed)
    {
        var dice = new Dice(seed);
        var policies = cluster.NetworkPolicies.ToList();
        for (var i = policies.Count - 1; i > 0; i--)
        {
            if (!dice.Percent(50)) continue;
            var other = policies[dice.UpTo(i - 1)];
            policies[i] = policies[i] with
            {
                Namespace = other.Namespace,
                Name = $"only-{i}",
                PodSelector = dice.Percent(50) ? other.PodSelector : policies[i].PodSelector,
                Ingress = dice.Percent(50) ? [.. other.Ingress, .. policies[i].Ingress] : other.Ingress,
                Egress = other.Egress,
            };
        }

        return cluster with { NetworkPolicies = [.. policies] };
    }

    /// <summary>A policy without what a field path names; null for all of it.</summary>
    private static NetworkPolicy? Without(NetworkPolicy policy, string? field)
    {
        if (field is null) return null;
        var path = Path().Match(field);
        var direction = path.Groups["direction"].Value == "ingress" ? Direction.Ingress : Direction.Egress;
        if (!path.Groups["rule"].Success) return policy.WithRules(direction, []);
        var at = int.Parse(path.Groups["rule"].Value, CultureInfo.InvariantCulture);
        var rule = policy.Rules(direction)[at];
        return path.Groups["peer"].Success
            ? policy.WithRule(direction, at, rule with { Peers = rule.Peers.RemoveAt(int.Parse(path.Groups["peer"].Value, CultureInfo.InvariantCulture)) })
            : policy.WithRules(direction, policy.Rules(direction).RemoveAt(at));
    }

    [GeneratedRegex(@"^spec\.(?<direction>ingress|egress)(\[(?<rule>\d+)\](\.(from|to)\[(?<peer>\d+)\])?)?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Path();
}
