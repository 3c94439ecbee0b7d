using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>Makes plans for one lab, one after another: what stays keeps its node and its addresses.</summary>
/// <param name="options">What the lab is like.</param>
/// <param name="isLed">
/// Whether an API server leads: then its controllers have made pods, chosen their nodes and given Services their addresses, and DNS is among them.
/// </param>
/// <param name="time">Tells how long an address has been free; null for the system's time.</param>
internal sealed class LabPlanner(LabOptions options, bool isLed = false, TimeProvider? time = null)
{
    // Agents of other nodes may be that much behind before an address means another pod.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<Address, long> _freed = [];
    private readonly ImmutableArray<IpFamily> _families = LabAddresses.Families(options.Families);
    private readonly ServicePlan _services = new(options.Families);
    private LabPlan? _last;

    /// <summary>Plans for an input.</summary>
    public LabPlan Plan(ClusterObjects asked)
    {
        var notes = new List<string>();
        if (isLed) return PlanLed(asked, notes);
        var input = ClusterDns.AddTo(asked);
        var nodes = _last?.Nodes ?? NodePlan.Choose(input, options, notes);
        var running = PodExpansion.Expand(input, nodes, options.MostReplicas, notes).OrderBy(pod => pod.QualifiedName, StringComparer.Ordinal).ToList();
        var pods = Place(running, nodes, notes).ToImmutableSortedDictionary(pod => pod.Pod.QualifiedName, pod => pod, StringComparer.Ordinal);
        var idle = input.Workloads.Where(workload => workload.Replicas == 0).ToList();
        foreach (var workload in idle) notes.Add($"{workload.Describe()} has no replicas: none runs");
        var state = input with
        {
            Nodes = [.. nodes.Select(node => node.Node)],
            Pods = [.. pods.Values.Select(pod => pod.Pod), .. input.Pods.Where(pod => pod.IsFinished)],
            Workloads = input.Workloads.RemoveRange(idle),
            Services = _services.Complete(input.Services),
        };
        return _last = new LabPlan(nodes, pods, state with { Namespaces = Declare(state) }, [.. notes]);
    }

    /// <summary>Plans for what an API server says: the pods that have a node of this lab.</summary>
    private LabPlan PlanLed(ClusterObjects input, List<string> notes)
    {
        var nodes = _last?.Nodes ?? NodePlan.Choose(input, options, notes);
        var numbers = nodes.ToDictionary(node => node.Node.Name, node => node.Number, StringComparer.Ordinal);
        var here = input.Pods.Where(pod => !pod.IsFinished && pod.NodeName is { } name && numbers.ContainsKey(name)).OrderBy(pod => pod.QualifiedName, StringComparer.Ordinal).ToList();
        var unplaced = ImmutableArray.CreateBuilder<(string, string)>();
        var pods = Address(here, [.. here.Select(pod => numbers[pod.NodeName!])], nodes, notes, unplaced)
            .ToImmutableSortedDictionary(pod => pod.Pod.QualifiedName, pod => pod, StringComparer.Ordinal);
        var state = input with
        {
            Nodes = [.. nodes.Select(node => node.Node with { Annotations = input.Nodes.FirstOrDefault(item => item.Name == node.Node.Name)?.Annotations ?? LabelSet.Empty })],
            Pods = [.. pods.Values.Select(pod => pod.Pod)],
            Workloads = [.. input.Workloads.Where(workload => workload.Replicas != 0)],
        };
        return _last = new LabPlan(nodes, pods, state, [.. notes]) { Unplaced = unplaced.ToImmutable() };
    }

    /// <summary>Every namespace that is used is there.</summary>
    private static ImmutableArray<Namespace> Declare(ClusterObjects state) =>
    [
        .. Snapshot.Create(state).Namespaces.Select(item => new Namespace { Name = item.Name, Labels = item.Labels, Location = item.Location }),
    ];

    private List<PlannedPod> Place(List<Pod> pods, ImmutableArray<PlannedNode> nodes, List<string> notes)
    {
        var numbers = nodes.ToDictionary(node => node.Node.Name, node => node.Number, StringComparer.Ordinal);
        var loads = new int[nodes.Length + 1];
        var chosen = new int[pods.Count];
        for (var i = 0; i < pods.Count; i++)
        {
            chosen[i] = GivenNode(pods[i], numbers);
            loads[chosen[i]]++;
        }

        for (var i = 0; i < pods.Count; i++)
        {
            if (chosen[i] != 0) continue;
            chosen[i] = nodes.MinBy(node => loads[node.Number])!.Number;
            loads[chosen[i]]++;
        }

        return Address(pods, chosen, nodes, notes, unplaced: null);
    }

    /// <summary>Adds the addresses that a pod had not long ago, and remembers since when those are free that none has now.</summary>
    private void KeepFree(HashSet<Address> late, HashSet<Address> used)
    {
        if (!isLed) return;
        var now = _time.GetTimestamp();
        foreach (var address in late) _freed[address] = now;
        foreach (var (address, since) in _freed.ToArray())
            if (used.Contains(address) || _time.GetElapsedTime(since, now) > Rest) _freed.Remove(address);
            else late.Add(address);
    }

    /// <summary>The node that a pod names or has been on; 0 where it is free to choose.</summary>
    private int GivenNode(Pod pod, Dictionary<string, int> numbers)
    {
        if (pod.NodeName is { } name && numbers.TryGetValue(name, out var number)) return number;
        return _last?.Pods.GetValueOrDefault(pod.QualifiedName)?.Node ?? 0;
    }

    /// <summary>Gives pods their addresses.</summary>
    /// <param name="pods">The pods.</param>
    /// <param name="chosen">Their nodes.</param>
    /// <param name="nodes">All nodes.</param>
    /// <param name="notes">Takes what is different from what was asked for.</param>
    /// <param name="unplaced">Takes pods for which there is no address; null where that is an error.</param>
    private List<PlannedPod> Address(
        List<Pod> pods, int[] chosen, ImmutableArray<PlannedNode> nodes, List<string> notes, ImmutableArray<(string, string)>.Builder? unplaced)
    {
        var used = new HashSet<Address>();
        var kept = new List<Address>[pods.Count];
        var replaced = 0;
        for (var i = 0; i < pods.Count; i++)
        {
            kept[i] = [];
            if (pods[i].Network.HostNetwork) continue;
            var before = _last?.Pods.GetValueOrDefault(pods[i].QualifiedName) is { Interface: not null } last && last.Node == chosen[i] ? last.Pod.Addresses : [];
            foreach (var family in _families)
                foreach (var address in pods[i].Addresses.Where(LabAddresses.IsForPods).Concat(before))
                    if (address.Family == family && used.Add(address))
                    {
                        kept[i].Add(address);
                        break;
                    }

            if (pods[i].Addresses.Any(address => _families.Contains(address.Family) && !kept[i].Contains(address))) replaced++;
        }

        if (replaced > 0) notes.Add($"{replaced} pods have other addresses than the input says: those are taken or are not for pods here");

        // A new pod gets no address that one had a moment ago, so that no rule or connection of that one can concern it.
        var late = new HashSet<Address>(_last?.Pods.Values.SelectMany(pod => pod.Pod.Addresses) ?? []);
        KeepFree(late, used);
        var pools = new Dictionary<(int, IpFamily), IEnumerator<Address>>();
        var planned = new List<PlannedPod>(pods.Count);
        for (var i = 0; i < pods.Count; i++)
        {
            var node = nodes[chosen[i] - 1];
            try
            {
                foreach (var family in _families)
                    if (!pods[i].Network.HostNetwork && !kept[i].Exists(address => address.Family == family)) kept[i].Add(Next(node.Number, family));
            }
            catch (LabException none) when (unplaced is not null)
            {
                unplaced.Add((pods[i].QualifiedName, none.Message));
                continue;
            }

            kept[i].Sort();
            planned.Add(new PlannedPod(
                pods[i] with
                {
                    NodeName = node.Node.Name,
                    Phase = PodPhase.Running,
                    HostAddresses = node.Node.Addresses,
                    Addresses = pods[i].Network.HostNetwork ? node.Node.Addresses : [.. kept[i]],
                },
                node.Number,
                pods[i].Network.HostNetwork ? null : $"rf{NameHash.Of(pods[i].QualifiedName, 12)}"));
        }

        return planned;

        Address Next(int node, IpFamily family)
        {
            if (!pools.TryGetValue((node, family), out var pool))
                pools.Add((node, family), pool = LabAddresses.PodCandidates(node, family).GetEnumerator());
            while (pool.MoveNext())
                if (!late.Contains(pool.Current) && used.Add(pool.Current)) return pool.Current;
            throw new LabException($"the lab has no address left for the pods of {nodes[node - 1].Node.Name}", "Run fewer pods, or spread them over more nodes.");
        }
    }
}
