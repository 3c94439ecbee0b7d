using Ringfence.Engine.Tests.Corpus;

namespace Ringfence.Cli.Tests;

/// <summary><c>prove</c> on manifests of real applications, which nobody here wrote.</summary>
public sealed class CorpusProveTests
{
    [Theory]
    [InlineData("with_end_port_example")]
    [InlineData("ipblockstest")]
    [InlineData("k8s_ingress_test_new")]
    [InlineData("multiple_topology_resources_2")]
    [InlineData("exposure_test_egress_with_named_port_with_matching_pod")]
    public void Prove_RealApplication_PacketsSeeWhatPoliciesSay(string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: makes network namespaces");
        var folder = CorpusFolder.Need(Path.Combine("np-guard", "tests", name));

        var run = RingfenceCommand.Run("prove", "-f", folder, "--no-files", "--max-probes", "4000");

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Contains(" 0 differ", run.Out, StringComparison.Ordinal);
    }
}
