using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>What rules ask of a cluster. Everything is made when first asked for, and once.</summary>
public sealed class LintContext
{
    private readonly Lazy<ClusterView> _view;
    private readonly Lazy<PodGroups> _groups;
    private readonly Lazy<PodGroups> _possible;
    private readonly Lazy<WhatIf> _whatIf;
    private readonly Lazy<ClusterDns> _dns;
    private readonly Lazy<WrongPorts> _wrongPorts;
    private readonly Lazy<PodPorts> _ports;
    private readonly Lazy<WorkloadIndex> _workloadIndex;
    private readonly Lazy<Dictionary<NetworkPolicy, GroupedPolicy>> _possiblePolicies;
    private readonly Lazy<ILookup<string, int>> _podsByNamespace;
    private readonly Lazy<Dictionary<WorkloadId, Workload>> _workloads;

    /// <summary>Prepares a cluster for rules.</summary>
    public LintContext(Reachability reachability)
    {
        Reachability = reachability;
        _view = new(() => ClusterView.Create(reachability));
        _groups = new(() => PodGroups.Certain(reachability));
        _possible = new(() => PodGroups.Possible(reachability));
        _whatIf = new(() => new WhatIf(reachability));
        _dns = new(() => ClusterDns.Find(reachability.Snapshot));
        _wrongPorts = new(() => WrongPorts.Find(this));
        _ports = new(() => new PodPorts(this));
        _possiblePolicies = new(() => Possible.Policies.ToDictionary(policy => policy.Policy, (IEqualityComparer<NetworkPolicy>)ReferenceEqualityComparer.Instance));
        _workloadIndex = new(() => new WorkloadIndex(View, Objects));
        _podsByNamespace = new(() => Enumerable.Range(0, Snapshot.Pods.Length).ToLookup(pod => Snapshot.Pods[pod].Pod.Namespace, StringComparer.Ordinal));
        _workloads = new(() => Objects.Workloads.GroupBy(item => new WorkloadId(item.Namespace, item.WorkloadKind, item.Name)).ToDictionary(group => group.Key, group => group.Last()));
    }

    /// <summary>The object that a workload of <see cref="View"/> is declared by; one of its pods where the input has no other.</summary>
    public KubernetesObject ObjectOf(ViewEntry entry) =>
        entry.Workload is { } id && _workloads.Value.TryGetValue(id, out var workload) ? workload : Snapshot.Pods[entry.Pods[0]].Pod;

    /// <summary>The object that a namespace is declared by; one that only has its name where it is not declared.</summary>
    public KubernetesObject ObjectOf(SnapshotNamespace item) =>
        Objects.Namespaces.FirstOrDefault(declared => declared.Name == item.Name) ?? new Namespace { Name = item.Name, Location = item.Location };

    /// <summary>The compiled cluster.</summary>
    public Reachability Reachability { get; }

    /// <summary>The cluster.</summary>
    public Snapshot Snapshot => Reachability.Snapshot;

    /// <summary>The objects as read.</summary>
    public ClusterObjects Objects => Snapshot.Objects;

    /// <summary>Workloads instead of pods.</summary>
    public ClusterView View => _view.Value;

    /// <summary>What policies certainly select and match.</summary>
    public PodGroups Groups => _groups.Value;

    /// <summary>What policies may select and match; its policies are in the same order as those of <see cref="Groups"/>.</summary>
    public PodGroups Possible => _possible.Value;

    /// <summary>The cluster's name servers.</summary>
    public ClusterDns Dns => _dns.Value;

    /// <summary>The policies' ports that no concerned pod has.</summary>
    internal WrongPorts WrongPorts => _wrongPorts.Value;

    /// <summary>The ports of groups of pods.</summary>
    internal PodPorts Ports => _ports.Value;

    /// <summary>A policy of <see cref="Groups"/> as it is among <see cref="Possible"/>.</summary>
    internal GroupedPolicy Possibly(GroupedPolicy policy) => _possiblePolicies.Value[policy.Policy];

    /// <summary>Workloads by namespace and label.</summary>
    internal WorkloadIndex Workloads => _workloadIndex.Value;

    /// <summary>
    /// Whether the input seems to be all of a cluster, so that what it lacks is not there: it has Nodes, or declares the namespace kube-system.
    /// </summary>
    public bool IsWholeCluster => !Objects.Nodes.IsEmpty || Objects.Namespaces.Any(item => item.Name == "kube-system");

    /// <summary>The numbers of the pods of a namespace; none where the input has none.</summary>
    public IEnumerable<int> PodsOf(string @namespace) => _podsByNamespace.Value[@namespace];

    /// <summary>What the input lacks to judge a policy's own pods, as findings say it; null where it lacks nothing.</summary>
    public string? MissingWorkloadsOf(string @namespace) =>
        Snapshot.Pods.IsEmpty ? "no workloads supplied"
        : PodsOf(@namespace).Any() ? null
        : $"no workloads of namespace {@namespace} supplied";

    /// <summary>The pods that selectors match, by their full labels; those on the host's network are not among them.</summary>
    /// <param name="namespaces">The namespaces; null for <paramref name="policyNamespace"/> alone.</param>
    /// <param name="pods">The pods; null for all.</param>
    /// <param name="policyNamespace">The policy's namespace.</param>
    public IEnumerable<int> Match(LabelSelector? namespaces, LabelSelector? pods, string policyNamespace) =>
        (namespaces is null ? [policyNamespace] : Snapshot.Namespaces.Where(item => namespaces.Matches(item.Labels)).Select(item => item.Name))
            .SelectMany(PodsOf)
            .Where(pod => Snapshot.Pods[pod].Pod is { Network.HostNetwork: false } found && pods?.Matches(found.Labels) is not false);

    /// <summary>What would change for whom if a policy were another one, most telling first; none where nothing would.</summary>
    /// <param name="before">A policy in force; null where one is added.</param>
    /// <param name="after">The one in its place; null where it is taken away.</param>
    public ImmutableArray<ReachChange> WhatIf(NetworkPolicy? before, NetworkPolicy? after) => _whatIf.Value.Replace(before, after);

    /// <summary>Changes as sentences about workloads.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="gains">How a gain is told, with the ends and ports in it: <c>"{0} could open {2} to {1}"</c>.</param>
    /// <param name="losses">How a loss is told, in the same way.</param>
    public ImmutableArray<string> Tell(ImmutableArray<ReachChange> changes, string gains = ChangeText.Gains, string losses = ChangeText.Losses) =>
        ChangeText.Tell(View, changes, gains, losses);

    /// <summary>The names of the workloads that pods belong to: <c>a, b, c and 4 more workloads</c>.</summary>
    public string NamesOf(IEnumerable<int> pods) => ChangeText.Some([.. pods.Select(pod => View.EntryOf(pod).Name).Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>The names of the workloads in groups.</summary>
    public string NamesOf(GroupSet groups) => NamesOf(groups.SelectMany(group => group.Pods.ToArray()));
}
