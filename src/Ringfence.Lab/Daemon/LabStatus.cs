using System.Collections.Immutable;

namespace Ringfence.Lab.Daemon;

/// <summary>What a lab runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Process">The process that holds it.</param>
/// <param name="Since">When it was up.</param>
/// <param name="Families"><c>IPv4</c>, <c>IPv6</c> or <c>IPv4+IPv6</c>.</param>
/// <param name="Enforced">Whether policies are enforced.</param>
public sealed record LabStatus(string Name, int Process, DateTimeOffset Since, string Families, bool Enforced)
{
    /// <summary>The file by which kubectl reaches it.</summary>
    public string Kubeconfig { get; init; } = "";

    /// <summary>The address of its API server.</summary>
    public string Server { get; init; } = "";

    /// <summary>The nodes by name.</summary>
    public ImmutableArray<NodeStatus> Nodes { get; init; } = [];

    /// <summary>The pods by namespace and name.</summary>
    public ImmutableArray<PodStatus> Pods { get; init; } = [];

    /// <summary>The Services by namespace and name.</summary>
    public ImmutableArray<ServiceStatus> Services { get; init; } = [];

    /// <summary>The policies by namespace and name.</summary>
    public ImmutableArray<PolicyStatus> Policies { get; init; } = [];

    /// <summary>Where the lab differs from what was asked for, in sentences.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>What has denied packets, by node, direction and policies.</summary>
    public ImmutableArray<DeniedStatus> Denied { get; init; } = [];

    /// <summary>Connections that are worth a try: one that is allowed and one that is denied, as far as there are such.</summary>
    public ImmutableArray<Suggestion> Suggestions { get; init; } = [];

    /// <summary>The addresses of the world outside.</summary>
    public ImmutableArray<string> Outside { get; init; } = [];
}

/// <summary>A node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="Pods">How many pods run on it.</param>
/// <param name="Table">The digest of the table that it enforces; null where the lab does not enforce.</param>
/// <param name="Chains">How many chains the table has.</param>
/// <param name="Sets">How many sets and maps it has.</param>
/// <param name="Elements">How many elements these hold.</param>
/// <param name="DeniedPackets">How many packets it denied, by policies or because they came from or went to an address that no pod has.</param>
public sealed record NodeStatus(string Name, ImmutableArray<string> Addresses, int Pods, string? Table, int Chains, int Sets, int Elements, long DeniedPackets);

/// <summary>Packets that pods were denied by the same policies on one node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Direction"><c>ingress</c> or <c>egress</c>, as the isolated pods see it.</param>
/// <param name="Policies">The policies that isolate them, as <c>ns/name</c>.</param>
/// <param name="Pods">The isolated pods, as <c>ns/name</c>.</param>
/// <param name="Packets">How many packets, since the rules are as they are.</param>
public sealed record DeniedStatus(string Node, string Direction, ImmutableArray<string> Policies, ImmutableArray<string> Pods, long Packets);

/// <summary>A connection that is worth a try.</summary>
/// <param name="Pod">From where, <c>ns/workload</c>.</param>
/// <param name="Url">To where.</param>
/// <param name="Allowed">What the policies say.</param>
public sealed record Suggestion(string Pod, string Url, bool Allowed);

/// <summary>A pod.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Workload">The name of the workload that it belongs to; its own where it belongs to none.</param>
/// <param name="Ready">Whether it runs and listens.</param>
/// <param name="Node">Where it runs.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="Ports">The ports that it listens on, <c>8000/TCP</c>.</param>
public sealed record PodStatus(
    string Namespace, string Name, string Workload, bool Ready, string Node, ImmutableArray<string> Addresses, ImmutableArray<string> Ports);

/// <summary>A Service.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, or <c>Headless</c>.</param>
/// <param name="Addresses">Its cluster addresses.</param>
/// <param name="Ports">Its ports, <c>80/TCP</c>, <c>80:30080/TCP</c>.</param>
/// <param name="Endpoints">How many pods are behind it.</param>
public sealed record ServiceStatus(
    string Namespace, string Name, string Type, ImmutableArray<string> Addresses, ImmutableArray<string> Ports, int Endpoints);

/// <summary>A policy.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Directions">What it isolates: <c>ingress</c>, <c>egress</c> or both.</param>
/// <param name="Pods">How many pods it selects.</param>
public sealed record PolicyStatus(string Namespace, string Name, ImmutableArray<string> Directions, int Pods);
