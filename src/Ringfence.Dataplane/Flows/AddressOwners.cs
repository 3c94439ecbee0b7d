using System.Collections.Immutable;
using System.Text;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Dataplane.Flows;

/// <summary>
/// Which pod has which address. The kernel tells flows apart by addresses alone: what was open with a pod would be open with the next pod that
/// gets its address.
/// </summary>
public sealed class AddressOwners
{
    private const int InterfaceLength = 16;
    private static readonly string[] GuardSets = ["own4", "own6"];

    // A node's own pods by their interfaces, others by their names; only the former are known of rules.
    private readonly Dictionary<Address, (string Name, bool IsLocal)> _owners = [];
    private readonly bool _isLocalOnly;

    private AddressOwners(bool isLocalOnly) => _isLocalOnly = isLocalOnly;

    /// <summary>The owners in a state of the cluster.</summary>
    public static AddressOwners Of(Snapshot cluster, NodeScope scope)
    {
        var owners = new AddressOwners(isLocalOnly: false);
        var local = scope.Pods.ToDictionary(pod => (pod.Namespace, pod.Name), pod => pod.Interface);
        foreach (var (pod, isLocal, name) in from item in cluster.Pods
                                             where !item.FromTemplate && !item.Pod.Network.HostNetwork
                                             let isLocal = local.ContainsKey((item.Pod.Namespace, item.Pod.Name))
                                             select (item.Pod, isLocal, isLocal ? local[(item.Pod.Namespace, item.Pod.Name)] : item.Pod.QualifiedName))
            foreach (var address in pod.Addresses) owners._owners.TryAdd(address, (name, isLocal));
        return owners;
    }

    /// <summary>The owners among a node's own pods, as its rules know them; others are not known.</summary>
    public static AddressOwners Of(NodeRules rules)
    {
        var owners = new AddressOwners(isLocalOnly: true);
        foreach (var (name, address) in Interfaces(rules)) owners._owners.TryAdd(address, (name, true));
        return owners;
    }

    /// <summary>The interfaces of a node's own pods with their addresses, as its rules know them.</summary>
    public static ImmutableArray<(string Interface, Address Address)> Interfaces(NodeRules rules)
    {
        var found = ImmutableArray.CreateBuilder<(string, Address)>();
        Span<byte> buffer = stackalloc byte[32];
        foreach (var name in GuardSets)
            if (rules.Sets.TryGetValue(name, out var set))
                foreach (var element in set.Elements)
                {
                    var key = element.Key.Write(buffer);
                    found.Add((Encoding.ASCII.GetString(key[..InterfaceLength].TrimEnd((byte)0)), AddressBytes.Read(key[InterfaceLength..])));
                }

        return found.DrainToImmutable();
    }

    /// <summary>The addresses that have another owner than before, or none any more, or one where there was none.</summary>
    public IReadOnlySet<Address> ChangedSince(AddressOwners before)
    {
        var changed = new HashSet<Address>();
        foreach (var (address, owner) in _owners)
            if ((owner.IsLocal || !before._isLocalOnly) && (!before._owners.TryGetValue(address, out var last) || last != owner)) changed.Add(address);
        foreach (var address in before._owners.Keys)
            if (!_owners.ContainsKey(address)) changed.Add(address);
        return changed;
    }
}
