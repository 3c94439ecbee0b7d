using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>
/// The pods of a compiled cluster in groups whose members no policy can tell apart, and what policies select and admit, group by group: what judges all
/// policies at once works on these instead of pods. Good until the next change of the cluster; safe for several threads.
/// </summary>
public sealed class PodGroups
{
    private readonly CompiledForm _form;
    private readonly PodGroup?[] _byClass;
    private readonly Dictionary<Peer, GroupSet> _peers = [];
    private readonly Dictionary<CompiledPolicy, GroupedPolicy> _policies = [];
    private readonly Lock _lock = new();

    private PodGroups(Reachability reachability, CompiledForm form)
    {
        Reachability = reachability;
        _form = form;
        _byClass = new PodGroup?[form.Classes.Count];
        var all = ImmutableArray.CreateBuilder<PodGroup>();
        foreach (var podClass in form.Classes)
            if (podClass.Pods > 0) all.Add(_byClass[podClass.Id] = new PodGroup(this, podClass, all.Count));
        All = all.DrainToImmutable();
        Everyone = new GroupSet(this, [.. All.Where(group => !group.HostNetwork && !group.IsWaiting).Select(group => group.Number)]);
        Policies =
        [
            .. form.Policies.OrderBy(policy => policy.Policy.Namespace, StringComparer.Ordinal).ThenBy(policy => policy.Policy.Name, StringComparer.Ordinal)
                .Select(Find),
        ];
    }

    /// <summary>The cluster.</summary>
    public Reachability Reachability { get; }

    /// <summary>Every group that has pods, by number.</summary>
    public ImmutableArray<PodGroup> All { get; }

    /// <summary>The groups that selectors can match: those on the host's network, and those without an address yet, are not among them.</summary>
    public GroupSet Everyone { get; }

    /// <summary>The policies, by namespace and name.</summary>
    public ImmutableArray<GroupedPolicy> Policies { get; }

    /// <summary>What is certain: what the input cannot decide matches nothing.</summary>
    public static PodGroups Certain(Reachability reachability) => new(reachability, reachability.Certain);

    /// <summary>What is possible: what the input cannot decide matches. Its groups have numbers of their own.</summary>
    public static PodGroups Possible(Reachability reachability) => new(reachability, reachability.Possible);

    /// <summary>The group of a pod.</summary>
    /// <param name="pod">The pod's number in the snapshot.</param>
    public PodGroup Of(int pod) => _byClass[_form.ClassOf(pod).Id]!;

    /// <summary>What the policies of one side admit: everything where it is not isolated.</summary>
    /// <param name="direction">Egress is judged at the source, ingress at the destination.</param>
    /// <param name="subject">The group judged.</param>
    /// <param name="other">The other end.</param>
    public ConnectionSet Admitted(Direction direction, PodGroup subject, PodGroup other) => direction == Direction.Egress
        ? _form.Admitted(direction, subject.FirstPod, other.FirstPod)
        : _form.Admitted(direction, other.FirstPod, subject.FirstPod);

    internal ReadOnlySpan<int> PodsOf(PodClass podClass) => _form.PodsOf(podClass.Id);

    internal Pod PodAt(int number) => Reachability.CurrentPods[number]!;

    internal GroupSet Find(Peer peer)
    {
        lock (_lock)
        {
            if (!_peers.TryGetValue(peer, out var groups)) _peers.Add(peer, groups = SetOf(peer.Columns.Members()));
            return groups;
        }
    }

    internal GroupedPolicy Find(CompiledPolicy policy)
    {
        lock (_lock)
        {
            if (!_policies.TryGetValue(policy, out var grouped)) _policies.Add(policy, grouped = new GroupedPolicy(this, policy));
            return grouped;
        }
    }

    internal GroupSet SetOf(IEnumerable<int> classes)
    {
        var groups = new List<int>();
        foreach (var id in classes)
            if (_byClass[id] is { } group) groups.Add(group.Number);
        groups.Sort();
        return new GroupSet(this, [.. groups]);
    }
}

/// <summary>Pods that no policy can tell apart. Of one namespace, but on the host's network, where no policy sees the namespace.</summary>
public sealed class PodGroup
{
    private readonly PodGroups _groups;
    private readonly PodClass _class;

    internal PodGroup(PodGroups groups, PodClass podClass, int number) => (_groups, _class, Number) = (groups, podClass, number);

    /// <summary>Its place in <see cref="PodGroups.All"/>.</summary>
    public int Number { get; }

    /// <summary>The namespace; null on the host's network.</summary>
    public string? Namespace => _class.Namespace?.Name;

    /// <summary>Whether its pods share their nodes' network: no policy selects them, no selector matches them.</summary>
    public bool HostNetwork => _class.Kind == ClassKind.Host;

    /// <summary>Whether its pods wait for an address: policies select them already, no peer matches them yet.</summary>
    public bool IsWaiting => _class.Kind == ClassKind.Waiting;

    internal PortSignature Ports => _class.Ports;

    /// <summary>The numbers of its pods in the snapshot, at least one.</summary>
    public ReadOnlySpan<int> Pods => _groups.PodsOf(_class);

    /// <summary>The number of one of its pods.</summary>
    public int FirstPod => Pods[0];

    /// <summary>One of its pods. Another may have other labels, of keys that no policy mentions.</summary>
    public Pod Example => _groups.PodAt(FirstPod);

    /// <summary>The policies that select it.</summary>
    public ImmutableArray<GroupedPolicy> Policies => _class.Rules is { } rules ? [.. rules.Policies.Select(_groups.Find)] : [];

    /// <summary>Whether some policy isolates it for a direction.</summary>
    public bool IsIsolated(Direction direction) => _class.Rules?.Entries(direction) is not null;
}
