using System.Runtime.InteropServices;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine.Enforcement;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>The elements of a set that holds pods; follows changes at the cost of what changed.</summary>
internal sealed class LivePodSet
{
    // How many pods more than one give an element; most addresses are one pod's.
    private readonly Dictionary<ElementKey, int> _more = [];

    private LivePodSet(PodSet definition, KernelSet set) => (Definition, Set) = (definition, set);

    /// <summary>What it holds.</summary>
    public PodSet Definition { get; }

    /// <summary>The set as it is now.</summary>
    public KernelSet Set { get; private set; }

    /// <summary>Fills a set.</summary>
    /// <param name="definition">What it holds.</param>
    /// <param name="policies">The cluster.</param>
    /// <param name="local">The node's own pods.</param>
    public static LivePodSet Fill(PodSet definition, EnforcedPolicies policies, IEnumerable<Pod> local)
    {
        var keys = new List<ElementKey>();
        foreach (var pod in PodsOf(definition, policies, local)) AddKeys(definition, pod, keys);
        keys.Sort();
        var elements = new List<SetElement>(keys.Count);
        var live = new LivePodSet(definition, new KernelSet(definition.Name, definition.Kind, IsInterval: false, IsVerdictMap: false, []));
        for (var i = 0; i < keys.Count; i++)
        {
            if (i == 0 || keys[i] != keys[i - 1]) elements.Add(new SetElement(keys[i]));
            else live._more[keys[i]] = live._more.GetValueOrDefault(keys[i]) + 1;
        }

        live.Set = live.Set with { Elements = ElementList.Create(CollectionsMarshal.AsSpan(elements)) };
        return live;
    }

    /// <summary>Whether it holds what another definition wants of the same compiled cluster.</summary>
    public bool Fits(PodSet wanted) => Definition.Pods == wanted.Pods && wanted.Pods switch
    {
        PodsOfSet.OfPeer => Definition.Peer!.IsSame(wanted.Peer!),
        PodsOfSet.All => true,

        // Few enough to look at each time.
        _ => false,
    };

    /// <summary>Takes over what changed.</summary>
    /// <returns>Whether the set is another now.</returns>
    public bool Follow(EnforcedChanges changes, EnforcedPolicies policies)
    {
        Dictionary<ElementKey, int>? counts = null;
        var keys = new List<ElementKey>();
        foreach (var (before, now) in Definition.Pods == PodsOfSet.OfPeer ? Definition.Peer!.ChangesIn(changes) : changes.OfAll(policies.Pods))
        {
            counts ??= [];
            Count(before, -1);
            Count(now, 1);
        }

        return counts is not null && Change(counts);

        void Count(Pod? pod, int by)
        {
            if (pod is null) return;
            keys.Clear();
            AddKeys(Definition, pod, keys);
            foreach (var key in keys) counts[key] = counts.GetValueOrDefault(key) + by;
        }
    }

    /// <summary>Goes by an object that means the same, so that the next difference is found at once.</summary>
    public void Take(KernelSet same) => Set = same;

    private bool Change(Dictionary<ElementKey, int> counts)
    {
        var (removed, added) = (new List<ElementKey>(), new List<SetElement>());
        foreach (var (key, by) in counts)
        {
            if (by == 0) continue;
            var before = Set.Elements.Contains(key) ? 1 + _more.GetValueOrDefault(key) : 0;
            var now = before + by;
            if (now > 1) _more[key] = now - 1;
            else _more.Remove(key);
            if (now <= 0) removed.Add(key);
            else if (before == 0) added.Add(new SetElement(key));
        }

        if (removed.Count == 0 && added.Count == 0) return false;
        removed.Sort();
        added.Sort((left, right) => left.Key.CompareTo(right.Key));
        Set = Set with { Elements = Set.Elements.With(CollectionsMarshal.AsSpan(removed), CollectionsMarshal.AsSpan(added)) };
        return true;
    }

    private static IEnumerable<Pod> PodsOf(PodSet set, EnforcedPolicies policies, IEnumerable<Pod> local) => set.Pods switch
    {
        PodsOfSet.OfPeer => set.Peer!.FindPods(),
        PodsOfSet.OfNode => local,

        // A pod on the host's network is an address to policies: its port names mean nothing.
        _ => policies.Pods.OfType<Pod>().Where(pod => !pod.Network.HostNetwork),
    };

    private static void AddKeys(PodSet set, Pod pod, List<ElementKey> keys)
    {
        foreach (var address in EnforcedPolicies.AddressesOf(pod))
        {
            if (address.Family != set.Family) continue;
            if (set.Ports is not { } names)
            {
                keys.Add(Keys.Of(address));
                continue;
            }

            foreach (var port in pod.Network.Ports)
                if (port.Name is not null && names.Contains((port.Protocol, port.Name))) keys.Add(Keys.Of(address, port.Protocol, port.Port));
        }
    }
}
