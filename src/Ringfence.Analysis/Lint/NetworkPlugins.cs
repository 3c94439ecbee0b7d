using System.Collections.Immutable;
using Ringfence.Engine;

namespace Ringfence.Analysis.Lint;

/// <summary>Whether a network plugin enforces policies.</summary>
internal enum Enforcement
{
    /// <summary>It does.</summary>
    Yes,

    /// <summary>It does not.</summary>
    No,

    /// <summary>The input does not tell.</summary>
    Unknown,
}

/// <summary>A network plugin that runs in the cluster, and what it makes of NetworkPolicies.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Entry">The DaemonSet.</param>
/// <param name="Enforces">Whether it enforces policies.</param>
/// <param name="Why">Why not; empty where it does.</param>
internal sealed record NetworkPlugin(string Name, ViewEntry Entry, Enforcement Enforces, string Why = "")
{
    /// <summary>What it makes of <c>endPort</c>, where it does not honour it; null where it does, or where that is not known.</summary>
    public string? EndPortFault { get; init; }

    /// <summary>What it makes of SCTP ports, where it does not honour them; null where it does, or where that is not known.</summary>
    public string? SctpFault { get; init; }
}

/// <summary>Knows network plugins by their DaemonSets and images.</summary>
/// <remarks>
/// endPort: Calico, Antrea and kube-router have it since 2021, https://github.com/kubernetes/kubernetes/pull/102834, and OpenShift SDN gets no new features; Cilium
/// ignored it, https://github.com/cilium/cilium/issues/28684, until 1.16, https://github.com/cilium/cilium/pull/33389; Azure's npm lacks it,
/// https://github.com/Azure/azure-container-networking/issues/2313. A plugin that lacks it takes the first port alone, https://github.com/kubernetes/kubernetes/pull/110868.
/// SCTP: Cilium only where it is turned on, https://docs.cilium.io/en/stable/configuration/sctp/; kube-router does not, https://github.com/cloudnativelabs/kube-router/issues/1019.
/// Enforcement: flannel itself does not, https://github.com/flannel-io/flannel#networking-details; the Amazon VPC CNI from 1.14 where it is turned on,
/// https://aws.github.io/amazon-vpc-cni-k8s/docs/network-policy-faq.html; kindnet from kind 0.24, https://github.com/kubernetes-sigs/kind/issues/842.
/// </remarks>
internal static class NetworkPlugins
{
    private static readonly Version CiliumWithRanges = new(1, 16);

    // The first images of kindnetd with network policies; their tags begin with the day.
    private const string FirstKindnet = "v20240723";

    /// <summary>The plugins in the input, by the DaemonSets' names.</summary>
    public static ImmutableArray<NetworkPlugin> Find(LintContext context) =>
        [.. context.View.Workloads.Where(entry => entry.Kind == "DaemonSet").Select(entry => Know(context, entry)).OfType<NetworkPlugin>()];

    private static NetworkPlugin? Know(LintContext context, ViewEntry entry)
    {
        var images = context.Snapshot.Pods[entry.Pods[0]].Pod.Images;
        return entry.Workload!.Name switch
        {
            "calico-node" or "canal" or "rke2-canal" => new("Calico", entry, Enforcement.Yes),
            "antrea-agent" => new("Antrea", entry, Enforcement.Yes),
            "ovnkube-node" => new("OVN-Kubernetes", entry, Enforcement.Yes),
            "kube-network-policies" => new("kube-network-policies", entry, Enforcement.Yes),
            "weave-net" => new("Weave Net", entry, Enforcement.Yes),
            "cilium" or "anetd" => new("Cilium", entry, Enforcement.Yes)
            {
                EndPortFault = VersionOf(images, "/cilium") < CiliumWithRanges ? "ignores it before version 1.16" : null,
                SctpFault = "handles SCTP only where it is turned on (sctp.enabled), which it is not by itself",
            },
            "kube-router" => new("kube-router", entry, Enforcement.Yes) { SctpFault = "does not know SCTP in policies" },
            "azure-npm" => new("Azure Network Policy Manager", entry, Enforcement.Yes) { EndPortFault = "does not know it" },
            "sdn" when entry.Namespace == "openshift-sdn" => new("OpenShift SDN", entry, Enforcement.Yes) { EndPortFault = "does not know it" },
            "kube-flannel-ds" or "kube-flannel" => Has(images, "kube-network-policies")
                ? new("flannel", entry, Enforcement.Yes)
                : new("flannel", entry, Enforcement.No, "connects pods and enforces no policies"),
            "aws-node" => images.IsEmpty || Has(images, "network-policy-agent")
                ? new("Amazon VPC CNI", entry, Enforcement.Unknown)
                : new("Amazon VPC CNI", entry, Enforcement.No, "enforces policies only with its network policy agent, which is not in the DaemonSet"),
            "kindnet" => TagOf(images, "kindnetd") is { } tag && tag.StartsWith("v20", StringComparison.Ordinal)
                ? string.CompareOrdinal(tag, FirstKindnet) < 0 ? new("kindnet", entry, Enforcement.No, $"enforces policies only from kind 0.24 on, and this is {tag}") : new("kindnet", entry, Enforcement.Yes)
                : new("kindnet", entry, Enforcement.Unknown),
            _ => null,
        };
    }

    private static bool Has(ImmutableArray<string> images, string part) => images.Any(image => image.Contains(part, StringComparison.Ordinal));

    private static Version? VersionOf(ImmutableArray<string> images, string part) =>
        TagOf(images, part) is { } tag && Version.TryParse(tag.TrimStart('v').Split('-')[0], out var version) ? version : null;

    private static string? TagOf(ImmutableArray<string> images, string part) => images.FirstOrDefault(image => image.Contains(part, StringComparison.Ordinal)) is { } image
        && image.Split('@')[0] is var name && name.LastIndexOf(':') is var colon && colon > name.LastIndexOf('/')
            ? name[(colon + 1)..]
            : null;
}
