using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>Tells what a lab runs.</summary>
internal static class StatusReport
{
    /// <summary>The status of a lab.</summary>
    public static LabStatus Of(LabCluster cluster, DateTimeOffset since)
    {
        var snapshot = cluster.Reachability.Snapshot;
        var denied = DeniedPackets.Read(cluster);
        return new LabStatus(cluster.Options.Name, Environment.ProcessId, since, Families(cluster.Options.Families), cluster.Options.Enforce)
        {
            Nodes = [.. cluster.Nodes.Select(node => Node(cluster, node, denied.OfNode(node.Node.Name))).OrderBy(node => node.Name, StringComparer.Ordinal)],
            Pods = [.. cluster.Pods.Values.Select(pod => Pod(snapshot, pod.Pod))],
            Services =
            [
                .. cluster.State.Services.OrderBy(service => service.QualifiedName, StringComparer.Ordinal).Select(service => Service(snapshot, service)),
            ],
            Policies =
            [
                .. cluster.State.NetworkPolicies.OrderBy(policy => policy.QualifiedName, StringComparer.Ordinal).Select(policy => Policy(snapshot, policy)),
            ],
            Denied = denied.ByPolicies,
            Suggestions = Suggesting.For(cluster.Reachability),
            Notes = cluster.Notes,
            Outside = [.. cluster.OutsideAddresses.Select(address => address.ToString())],
        };
    }

    private static string Families(LabFamilies families) => families switch
    {
        LabFamilies.V4 => "IPv4",
        LabFamilies.V6 => "IPv6",
        _ => "IPv4 and IPv6",
    };

    private static NodeStatus Node(LabCluster cluster, LabNode node, long denied)
    {
        var rules = cluster.RulesOf(node);
        return new NodeStatus(
            node.Node.Name,
            [.. node.Node.Addresses.Select(address => address.ToString())],
            cluster.Pods.Values.Count(pod => pod.Pod.NodeName == node.Node.Name),
            rules is null ? null : Digest(rules),
            rules?.Chains.Count ?? 0,
            rules?.Sets.Count ?? 0,
            rules?.Sets.Values.Sum(set => set.Elements.Length) ?? 0,
            denied);
    }

    // What a table says as text; twelve digits tell nodes apart.
    private static string Digest(NodeRules rules) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(NodeRulesText.Write(rules))).AsSpan(0, 6));

    private static PodStatus Pod(Snapshot snapshot, Pod pod) => new(
        pod.Namespace, pod.Name, WorkloadOf(snapshot, pod), pod.Phase == PodPhase.Running, pod.NodeName ?? "",
        [.. pod.Addresses.Select(address => address.ToString())],
        [.. pod.Network.Ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"{port.Port}/{port.Protocol.ToText()}")).Distinct(StringComparer.Ordinal)]);

    private static string WorkloadOf(Snapshot snapshot, Pod pod) =>
        snapshot.FindPod(pod.Namespace, pod.Name) is >= 0 and var number ? snapshot.Pods[number].Workload.Name : pod.Name;

    private static ServiceStatus Service(Snapshot snapshot, Service service) => new(
        service.Namespace, service.Name, service is { Type: "ClusterIP", ClusterIPs.IsEmpty: true } ? "Headless" : service.Type,
        [.. service.ClusterIPs.Select(address => address.ToString())],
        [.. service.Ports.Select(Port)],
        service.Ports.Select(port => ServiceRoutes.Resolve(snapshot, service, port).Targets.Length).DefaultIfEmpty().Max());

    private static string Port(ServicePort port) =>
        string.Create(CultureInfo.InvariantCulture, $"{port.Port}{(port.NodePort is { } node ? $":{node}" : "")}/{port.Protocol.ToText()}");

    private static PolicyStatus Policy(Snapshot snapshot, NetworkPolicy policy)
    {
        ImmutableArray<Direction> directions = [Direction.Ingress, Direction.Egress];
        return new PolicyStatus(
            policy.Namespace, policy.Name,
            [.. directions.Where(policy.Affects).Select(direction => direction == Direction.Ingress ? "ingress" : "egress")],
            snapshot.Pods.Count(pod => pod.Pod.Namespace == policy.Namespace && !pod.Pod.Network.HostNetwork && policy.PodSelector.Matches(pod.Pod.Labels)));
    }
}
