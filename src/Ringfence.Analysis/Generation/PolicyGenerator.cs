using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>What to make policies for.</summary>
public sealed record GenerationOptions
{
    /// <summary>The namespaces to isolate; empty for those of the flows' ends, without the cluster's own.</summary>
    public IReadOnlyCollection<string> Isolate { get; init; } = [];

    /// <summary>Whether every pod of an isolated namespace may look up names.</summary>
    public bool AllowDns { get; init; } = true;

    /// <summary>Whether policies that the isolated namespaces have already stay in force; else those that are made replace them.</summary>
    public bool KeepExisting { get; init; }
}

/// <summary>Policies that were made, and what the engine says of them.</summary>
public sealed record GeneratedPolicies
{
    /// <summary>The policies.</summary>
    public required ImmutableArray<GeneratedPolicy> Policies { get; init; }

    /// <summary>The namespaces that they isolate.</summary>
    public required ImmutableArray<string> Isolated { get; init; }

    /// <summary>How many flows were asked for.</summary>
    public required int Flows { get; init; }

    /// <summary>What cannot be had, or not exactly, and why.</summary>
    public required ImmutableArray<Obstacle> Obstacles { get; init; }

    /// <summary>How flows were understood.</summary>
    public required ImmutableArray<string> Notes { get; init; }

    /// <summary>Where what is open differs from what is wanted.</summary>
    public required ImmutableArray<Deviation> Deviations { get; init; }

    /// <summary>The policies of the input that the isolated namespaces have: replaced, or kept in force.</summary>
    public required ImmutableArray<NetworkPolicy> Existing { get; init; }

    /// <summary>Whether exactly what is wanted is open, as far as the input decides it.</summary>
    public bool IsExact => Obstacles.IsEmpty && Deviations.All(deviation => deviation.Kind == DeviationKind.Undecided);
}

/// <summary>Makes policies that open exactly the wanted flows: default deny, and both ends of each flow.</summary>
/// <remarks>
/// A connection needs the source's egress and the destination's ingress:
/// https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation.
/// </remarks>
public static class PolicyGenerator
{
    /// <summary>The name of the policy for DNS.</summary>
    public const string DnsPolicyName = PolicyPlanner.AllowDns;

    private static readonly string[] ClusterOwn = ["kube-system", "kube-public", "kube-node-lease"];

    /// <summary>Makes the policies and checks them.</summary>
    /// <exception cref="InputException">Flows name what is not there, or no namespace is left to isolate.</exception>
    public static GeneratedPolicies Generate(Snapshot snapshot, IReadOnlyCollection<WantedFlow> wanted, GenerationOptions options)
    {
        var finder = new FlowFinder(snapshot);
        var (flows, problems) = (new List<FoundFlow>(), new ProblemList());
        foreach (var flow in wanted) problems.Try(flow.Place, () => flows.AddRange(finder.Find(flow)));
        problems.Throw();

        var isolated = Isolated(snapshot, finder, options);
        var dns = options.AllowDns && DnsServers.Find(snapshot, finder) is { Servers.IsEmpty: false } servers ? servers : null;
        var policies = new PolicyPlanner(isolated, dns).Plan(flows);
        var existing = snapshot.Objects.NetworkPolicies.Where(policy => isolated.Contains(policy.Namespace)).ToImmutableArray();
        var kept = options.KeepExisting ? snapshot.Objects.NetworkPolicies : snapshot.Objects.NetworkPolicies.RemoveRange(existing);
        var made = policies.Select(policy => policy.ToPolicy()).ToList();
        // A policy of the same name is overwritten when the new one is applied.
        var names = made.Select(policy => policy.QualifiedName).ToHashSet(StringComparer.Ordinal);
        var after = Snapshot.Create(snapshot.Objects with
        {
            // A pod that waits for its address is judged as the one that it will be.
            Pods = [.. snapshot.Objects.Pods.Select(pod => pod is { Phase: PodPhase.Pending, Addresses.IsEmpty: true } ? pod with { Phase = PodPhase.Planned } : pod)],
            NetworkPolicies = [.. kept.Where(policy => !names.Contains(policy.QualifiedName)), .. made],
        });
        return new GeneratedPolicies
        {
            Policies = policies,
            Isolated = [.. isolated.Order(StringComparer.Ordinal)],
            Flows = wanted.DistinctBy(flow => (flow.Source.Text, flow.Destination.Text, flow.Asked, flow.Place)).Count(),
            Obstacles = [.. finder.Obstacles],
            Notes = [.. finder.Notes],
            Deviations = [.. new FlowCheck(Reachability.Compile(after), isolated, [.. flows, .. Lookups(isolated, dns)]).Run()],
            Existing = existing,
        };
    }

    private static HashSet<string> Isolated(Snapshot snapshot, FlowFinder finder, GenerationOptions options)
    {
        foreach (var name in options.Isolate)
            if (snapshot.FindNamespace(name) is null)
                throw new InputException($"there is no namespace '{name}' to isolate in the input", $"There are {string.Join(", ", snapshot.Namespaces.Select(known => known.Name))}.");
        if (options.Isolate.Count > 0) return [.. options.Isolate];
        var found = finder.Namespaces.Where(name => !ClusterOwn.Contains(name)).ToHashSet(StringComparer.Ordinal);
        return found.Count > 0
            ? found
            : throw new InputException("the flows have no end in a namespace that could be isolated", "Say which namespaces to isolate: --isolate NAME. kube-system is isolated only where it is named.");
    }

    private static IEnumerable<FoundFlow> Lookups(HashSet<string> isolated, DnsServers? dns)
    {
        foreach (var (side, ports) in dns?.Servers ?? [])
        {
            FlowSide[] sources = side is SelectedSide server && isolated.Contains(server.Namespace)
                ? [new ClusterSide("*/*")]
                : [.. isolated.Select(name => new NamespaceSide($"{name}/*", name))];
            foreach (var source in sources) yield return new FoundFlow(source, side, ports, "");
        }
    }
}
