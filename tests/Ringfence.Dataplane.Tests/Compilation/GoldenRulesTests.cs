using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Engine.Tests.Generation;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Compilation;

/// <summary>
/// Whole rulesets that are kept in <c>Golden/</c> as the scripts that <c>nft -f</c> loads. RINGFENCE_UPDATE_GOLDEN=1 writes them anew; read the
/// difference before it is committed.
/// </summary>
public sealed class GoldenRulesTests
{
    [Theory]
    [InlineData("rag", "examples/rag")]
    [InlineData("agent-sandbox", "examples/agent-sandbox")]
    [InlineData("one-hyphen", "examples/hyphen-trap/one-hyphen")]
    [InlineData("two-hyphens", "examples/hyphen-trap/two-hyphens")]
    [InlineData("everything", "tests/Ringfence.Dataplane.Tests/Golden/everything.yaml")]
    public void Rules_OfAFolder_AreTheKeptOnes(string name, string folder)
    {
        var manifests = ManifestReader.Read([RepositoryRoot.Of(folder)], new ManifestOptions(), TestContext.Current.CancellationToken);
        Assert.False(manifests.HasErrors);
        var cluster = RealisedCluster.Create(WithPods(manifests.Objects), new Dice(1));
        var reachability = Reachability.Compile(Snapshot.Create(cluster.Objects));

        var text = string.Concat(cluster.Scopes.Select(scope =>
            $"# {scope.Node}: {string.Join(", ", scope.Pods.Select(pod => $"{pod.Namespace}/{pod.Name}"))}\n{NodeRulesText.Write(NodeCompiler.Compile(reachability, scope, new RuleOptions()).Rules)}\n"));

        var file = RepositoryRoot.Of("tests", "Ringfence.Dataplane.Tests", "Golden", $"{name}.nft");
        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1") File.WriteAllText(file, text);
        Assert.Equal(File.ReadAllText(file), text);
    }

    // A pod for each workload, as a controller would make it.
    private static ClusterObjects WithPods(ClusterObjects objects) =>
        objects with { Pods = [.. Snapshot.Create(objects).Pods.Select(pod => pod.Pod)] };
}
