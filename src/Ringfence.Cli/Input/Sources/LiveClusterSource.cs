using Ringfence.Cli.CommandLine;
using Ringfence.Kubernetes.Manifests;

namespace Ringfence.Cli.Input.Sources;

/// <summary>A running cluster, as the user's own kubectl and kubeconfig see it.</summary>
/// <param name="context">The context of the kubeconfig; empty for the current one.</param>
internal sealed class LiveClusterSource(string context) : ClusterSource
{
    /// <summary>The kinds that are read, in kubectl's short names.</summary>
    public const string Kinds = "ns,nodes,pods,deploy,sts,ds,rs,rc,jobs,cj,svc,endpointslices,ing,netpol";

    private static readonly Tool Kubectl = new("kubectl", "See https://kubernetes.io/docs/tasks/tools/");

    /// <inheritdoc/>
    public override ManifestSet Read(IReadOnlyList<string> paths, ManifestOptions options)
    {
        var result = Kubectl.Run(["get", Kinds, "--all-namespaces", "--output=json", .. context.Length == 0 ? Array.Empty<string>() : [$"--context={context}"]]);
        if (result.Code != 0)
        {
            var isForbidden = result.Error.Contains("(Forbidden)", StringComparison.Ordinal);
            throw new CommandException(
                $"kubectl cannot read {(context.Length == 0 ? "the cluster of the current context" : $"the cluster of context {context}")}:",
                [.. result.Error.Split('\n').Where(line => !line.Contains(Repeated, StringComparison.Ordinal)).Select(line => $"  {line.TrimEnd()}"), .. isForbidden ? [Permission] : Array.Empty<string>()]);
        }

        return ManifestReader.Read(paths, [new ManifestText(Text, IsExplicit: true, result.Output)], options);
    }

    // kubectl logs every attempt before it says what is wrong.
    private const string Repeated = " memcache.go:";

    private const string Permission =
        "Reading a cluster needs the verb list for these kinds in all namespaces; the ClusterRole 'view' and a rule for nodes and namespaces give it. "
        + "What you may read can be piped instead: kubectl get KINDS -A -o json | ringfence diff OLD -";
}
