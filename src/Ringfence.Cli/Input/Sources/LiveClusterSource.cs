using Ringfence.Cli.CommandLine;
using Ringfence.Cli.Input.Live;
using Ringfence.Kubernetes.Manifests;
using Ringfence.Model;

namespace Ringfence.Cli.Input.Sources;

/// <summary>A running cluster, as the user's kubeconfig names it.</summary>
/// <param name="context">The context of the kubeconfig; empty for the current one.</param>
internal sealed class LiveClusterSource(string context) : ClusterSource
{
    /// <inheritdoc/>
    public override ManifestSet Read(Choices choices, ManifestOptions options)
    {
        var cluster = LiveCluster.Named(choices.Kubeconfig, context.Length == 0 ? choices.Context : context);
        var live = cluster.Read(choices, strictCidr: false, progress: null);
        if (choices.Files.Count == 0) return live;

        var manifests = ManifestReader.Read(choices.Files, options);
        return manifests with
        {
            Objects = Joined(manifests.Objects, live.Objects),
            Diagnostics = [.. manifests.Diagnostics, .. live.Diagnostics],
        };
    }

    // What both have is the cluster's: it comes after the manifests.
    private static ClusterObjects Joined(ClusterObjects manifests, ClusterObjects cluster)
    {
        var there = cluster.All().Select(Key).ToHashSet();
        return ClusterObjects.Of([.. manifests.All().Where(item => !there.Contains(Key(item))), .. cluster.All()]) with { Replaced = manifests.Replaced };
    }

    private static (string, string, string) Key(KubernetesObject item) => (item.Kind, item.Namespace, item.Name);
}
