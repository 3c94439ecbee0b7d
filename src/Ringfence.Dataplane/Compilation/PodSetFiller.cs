using Ringfence.Dataplane.Rules;
using Ringfence.Engine.Enforcement;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>Fills the sets that hold pods; those that no change concerns since they were last filled stay as they are.</summary>
internal sealed class PodSetFiller(EnforcedPolicies policies, SetTable sets, IReadOnlyList<int> localPods, NodeMemory memory)
{
    public void Fill(PodSet set)
    {
        var version = set.Pods switch
        {
            PodsOfSet.OfPeer => ((object)set.Peer!, set.Peer!.Version),
            PodsOfSet.All => (policies.Identity, (0, policies.PodsVersion)),

            // Few enough to look at each time.
            _ => default((object Of, (int, long) Version)?),
        };
        if (version is { } now && memory.Find(set.Name, now) is { } known)
        {
            sets.Add(known);
            return;
        }

        var filled = sets.Hash(set.Name, set.Kind, () => Keys(set));
        if (version is { } then) memory.Keep(filled, then);
    }

    private IEnumerable<ElementKey> Keys(PodSet set)
    {
        foreach (var number in PodsOf(set))
        {
            var pod = policies.Pods[number]!;
            foreach (var address in EnforcedPolicies.AddressesOf(pod))
            {
                if (address.Family != set.Family) continue;
                if (set.Ports is not { } names)
                {
                    yield return Compilation.Keys.Of(address);
                    continue;
                }

                foreach (var port in pod.Network.Ports)
                    if (port.Name is not null && names.Contains((port.Protocol, port.Name))) yield return Compilation.Keys.Of(address, port.Protocol, port.Port);
            }
        }
    }

    private IEnumerable<int> PodsOf(PodSet set) => set.Pods switch
    {
        PodsOfSet.OfPeer => set.Peer!.FindPods(),
        PodsOfSet.OfNode => localPods,
        _ => AllPods(),
    };

    // A pod on the host's network is an address to policies: its port names mean nothing.
    private IEnumerable<int> AllPods()
    {
        for (var pod = 0; pod < policies.Pods.Count; pod++)
            if (policies.Pods[pod] is { Network.HostNetwork: false }) yield return pod;
    }
}
