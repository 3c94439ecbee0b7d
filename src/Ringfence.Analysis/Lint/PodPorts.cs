using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Lint;

/// <summary>What the containers of some pods declare.</summary>
/// <param name="Ports">The ports, without repeats.</param>
/// <param name="AllDeclare">Whether every pod declares some port. Containers need not: what others listen on is not known.</param>
internal sealed record DeclaredPorts(IReadOnlySet<ContainerPort> Ports, bool AllDeclare)
{
    /// <summary>Whether a policy's port is one of them.</summary>
    public bool Fits(PolicyPort port) => Ports.Any(declared => declared.Protocol == port.Protocol
        && (port.Name is null ? declared.Port >= port.First && declared.Port <= port.Last : declared.Name == port.Name));
}

/// <summary>A Service's port that leads to a pod.</summary>
/// <param name="Service">The Service.</param>
/// <param name="Port">Its port.</param>
/// <param name="Target">The pod's port that it leads to.</param>
internal sealed record PodService(Service Service, ServicePort Port, int Target)
{
    /// <inheritdoc/>
    public bool Equals(PodService? other) => other is not null && ReferenceEquals(Port, other.Port) && Target == other.Target;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Service.Name, Port.Port, Target);
}

/// <summary>The ports of groups of pods: declared, and led to by Services. Looked up once a group.</summary>
internal sealed class PodPorts(LintContext context)
{
    private readonly Dictionary<PodGroup, DeclaredPorts> _byGroup = [];
    private readonly Dictionary<GroupSet, DeclaredPorts> _bySet = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PodGroup, ImmutableArray<PodService>> _services = [];
    private readonly Lazy<ILookup<string, Service>> _servicesByNamespace =
        new(() => context.Objects.Services.Where(service => service.Selector is { Count: > 0 }).ToLookup(service => service.Namespace, StringComparer.Ordinal));

    /// <summary>What a group declares.</summary>
    public DeclaredPorts Of(PodGroup group)
    {
        if (_byGroup.TryGetValue(group, out var known)) return known;
        var ports = new HashSet<ContainerPort>();
        var allDeclare = true;
        PodNetworkSpec? last = null;
        foreach (var pod in group.Pods)
        {
            // Replicas declare the same.
            var spec = context.Snapshot.Pods[pod].Pod.Network;
            if (spec.Equals(last)) continue;
            last = spec;
            ports.UnionWith(spec.Ports);
            allDeclare &= !spec.Ports.IsEmpty;
        }

        return _byGroup[group] = new DeclaredPorts(ports, allDeclare);
    }

    /// <summary>What groups declare together.</summary>
    public DeclaredPorts Of(GroupSet groups)
    {
        if (_bySet.TryGetValue(groups, out var known)) return known;
        var ports = new HashSet<ContainerPort>();
        var allDeclare = true;
        foreach (var group in groups)
        {
            var declared = Of(group);
            ports.UnionWith(declared.Ports);
            allDeclare &= declared.AllDeclare;
        }

        return _bySet[groups] = new DeclaredPorts(ports, allDeclare);
    }

    /// <summary>The Services' ports that lead to pods of a group.</summary>
    public ImmutableArray<PodService> ServicesOf(PodGroup group)
    {
        if (_services.TryGetValue(group, out var known)) return known;
        var found = new HashSet<PodService>();
        if (group.Namespace is { } name)
            foreach (var service in _servicesByNamespace.Value[name])
                foreach (var number in group.Pods)
                {
                    var pod = context.Snapshot.Pods[number].Pod;
                    if (!service.Selector!.All(label => pod.Labels[label.Key] == label.Value)) continue;
                    foreach (var port in service.Ports)
                        if (TargetAt(pod, port) is { } target) found.Add(new PodService(service, port, target));
                }

        return _services[group] = [.. found];
    }

    private static int? TargetAt(Pod pod, ServicePort port) => port.TargetPort.Name is { } name
        ? pod.Network.Ports.FirstOrDefault(item => item.Name == name && item.Protocol == port.Protocol)?.Port
        : port.TargetPort.Number;
}
