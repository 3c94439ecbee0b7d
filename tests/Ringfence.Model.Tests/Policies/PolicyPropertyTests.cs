using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

/// <summary>What holds for every policy; each row is one seed's first number.</summary>
public class PolicyPropertyTests
{
    private const int PoliciesPerRow = 5000;

    private static readonly PolicyValidationOptions s_lenient = new() { StrictCidr = false };

    [Theory]
    [InlineData(1_000_000, 2)]
    [InlineData(2_000_000, 10)]
    [InlineData(3_000_000, 100)]
    public void AnyPolicy_IsJudgedAndAValidOneIsBuilt(int firstSeed, int oneBadIn)
    {
        var valid = 0;
        for (var seed = firstSeed; seed < firstSeed + PoliciesPerRow; seed++)
        {
            var policy = new ManifestGenerator(seed, oneBadIn).Policy();
            var errors = PolicyValidation.Validate(policy, options: s_lenient);
            if (!errors.IsEmpty) continue;
            valid++;
            AssertFaithful(policy, PolicyBuilder.Build(policy), seed);
        }

        Assert.InRange(valid, PoliciesPerRow / 1000, PoliciesPerRow - 1);
    }

    [Fact]
    public void AnyPolicy_LenientCidrsOnlyTakeErrorsAway()
    {
        foreach (var (policy, seed) in Policies(4_000_000))
        {
            var strict = PolicyValidation.Validate(policy);
            var lenient = PolicyValidation.Validate(policy, options: s_lenient);
            Assert.True(strict.Length >= lenient.Length && !lenient.Except(strict).Any(), $"seed {seed}");
        }
    }

    [Fact]
    public void AnyPolicy_DefaultingIsIdempotentAndChangesNoError()
    {
        foreach (var (policy, seed) in Policies(5_000_000))
        {
            var once = PolicyDefaults.Apply(policy);
            Assert.True(PolicyValidation.Validate(policy).SequenceEqual(PolicyValidation.Validate(once)), $"seed {seed}");
            Assert.Equivalent(once, PolicyDefaults.Apply(once), strict: true);
        }
    }

    [Fact]
    public void AnyPolicy_UnchangedUpdate_HasNoNewError()
    {
        foreach (var (policy, seed) in Policies(6_000_000))
            Assert.False(PolicyValidation.Validate(policy, old: policy).Except(PolicyValidation.Validate(policy)).Any(), $"seed {seed}");
    }

    private static IEnumerable<(PolicyManifest Policy, int Seed)> Policies(int firstSeed) =>
        Enumerable.Range(firstSeed, 2000).Select(seed => (new ManifestGenerator(seed, oneBadIn: 8).Policy(), seed));

    private static void AssertFaithful(PolicyManifest manifest, NetworkPolicy policy, int seed)
    {
        Assert.True(policy.AffectsIngress || policy.AffectsEgress, $"seed {seed}");
        foreach (var (written, rules) in new[] { (manifest.Ingress, policy.Ingress), (manifest.Egress, policy.Egress) })
        {
            Assert.Equal(written?.Select(rule => rule.Peers?.Count ?? 0) ?? [], rules.Select(rule => rule.Peers.Length));
            Assert.Equal(written?.Select(rule => rule.Ports?.Count ?? 0) ?? [], rules.Select(rule => rule.Ports.Length));
            foreach (var rule in rules)
            {
                Assert.All(rule.Ports, port => Assert.True(
                    port.Name is not null ? (port.First, port.Last) == (0, 0) : port.IsEveryPort || (port.First >= 1 && port.First <= port.Last && port.Last <= 65535),
                    $"seed {seed}: {port}"));
                Assert.All(rule.Peers, peer => Assert.True(
                    peer.IpBlock is null == (peer.PodSelector is not null || peer.NamespaceSelector is not null),
                    $"seed {seed}: {peer}"));
                Assert.All(rule.Peers.Select(peer => peer.IpBlock).OfType<IpBlock>(), block => Assert.All(
                    block.Except, except => Assert.True(block.Cidr.Contains(except.First) && block.Cidr.Contains(except.Last), $"seed {seed}: {block}")));
            }
        }
    }
}
