using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine;
using Ringfence.Engine.Enforcement;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>Compiles what one node has to enforce. A pure function: one cluster, scope and choice of options give one set of rules.</summary>
/// <remarks>
/// Cost on the path of a packet: a packet of an established flow meets the spoof guard's two lookups and two rules more; the first packet of a flow
/// two map lookups and the rules of the pods' own rulesets, however many pods and policies there are.
/// </remarks>
public static class NodeCompiler
{
    private static readonly ImmutableArray<Direction> Directions = [Direction.Ingress, Direction.Egress];
    private static readonly ImmutableArray<IpFamily> BothFamilies = [IpFamily.V4, IpFamily.V6];

    /// <summary>Compiles a node.</summary>
    /// <param name="cluster">The cluster, as it is now.</param>
    /// <param name="scope">The node's part of it; pods that the cluster does not know, or knows without address, stay closed.</param>
    /// <param name="options">Choices.</param>
    /// <param name="memory">What the node's last compilation left; null for none. Changes nothing but the time that it takes.</param>
    public static NodeProgram Compile(Reachability cluster, NodeScope scope, RuleOptions options, NodeMemory? memory = null)
    {
        memory ??= new NodeMemory();
        var policies = EnforcedPolicies.Of(cluster);
        var changes = memory.ChangesOf(policies);
        var local = LocalPods(policies, scope);
        try
        {
            return memory.Follow(policies, changes, options, scope, local) ?? Compile(policies, changes, scope, options, memory, local);
        }
        catch
        {
            memory.Forget();
            throw;
        }
    }

    private static NodeProgram Compile(
        EnforcedPolicies policies, EnforcedChanges? changes, NodeScope scope, RuleOptions options, NodeMemory memory, ImmutableArray<PodOnNode> local)
    {
        var sets = new SetTable(memory.Sets);
        AddGuards(sets, scope, local);
        BaseChain.AddSets(sets);

        var families = BothFamilies.Where(family => scope.PodRanges.Any(range => range.Family == family)).ToImmutableArray();
        memory.Begin(options, families);
        var live = new Dictionary<string, LivePodSet>(StringComparer.Ordinal);
        var chains = BaseChain.Chains(options).ToDictionary(chain => chain.Name, StringComparer.Ordinal);
        var counters = BaseChain.Counters.ToHashSet(StringComparer.Ordinal);
        var rulesets = ImmutableSortedDictionary.CreateBuilder<string, RulesetInfo>(StringComparer.Ordinal);
        foreach (var direction in Directions)
        {
            var jumps = new List<(Address Address, string Chain)>();
            foreach (var group in local.Where(item => item.Rules?.Entries(direction) is not null).GroupBy(item => item.Rules!))
            {
                var compiled = memory.Ruleset(direction, group.Key, () => new RulesetCompiler(families, options).Compile(direction, group.Key.Entries(direction)!.Value));
                var (id, main, denied) = (compiled.Id, compiled.Main, compiled.Denied);
                chains[main.Name] = main;
                if (denied is not null) chains[denied.Name] = denied;
                counters.Add(RulesetCompiler.Counter(direction, id));
                foreach (var set in compiled.Fixed) sets.Add(set);
                foreach (var set in compiled.OfPods)
                {
                    if (live.ContainsKey(set.Name)) continue;
                    var filled = memory.Fill(set, policies, changes, local.Select(item => item.Pod));
                    live.Add(set.Name, filled);
                    sets.Add(filled.Set);
                }

                var pods = group.SelectMany(item => EnforcedPolicies.AddressesOf(item.Pod)).ToList();
                jumps.AddRange(pods.Select(address => (address, main.Name)));
                Describe(rulesets, direction, id, group.Key, group.Select(item => item.Pod.QualifiedName));
            }

            foreach (var family in BothFamilies)
                sets.Map(BaseChain.MapName(direction, family), family, jumps.Where(jump => jump.Address.Family == family).DistinctBy(jump => jump.Address));
        }

        return memory.End(policies, scope, local, new NewParts(sets.Sets, live, chains, counters, rulesets.ToImmutable()));
    }

    private static ImmutableArray<PodOnNode> LocalPods(EnforcedPolicies policies, NodeScope scope)
    {
        var found = ImmutableArray.CreateBuilder<PodOnNode>(scope.Pods.Length);
        foreach (var local in scope.Pods)
        {
            var number = policies.Find(local.Namespace, local.Name);
            if (number < 0 || policies.Pods[number] is not { Network.HostNetwork: false } pod) continue;
            found.Add(new PodOnNode(local, pod, policies.RulesOf(number)));
        }

        return found.DrainToImmutable();
    }

    private static void AddGuards(SetTable sets, NodeScope scope, ImmutableArray<PodOnNode> local)
    {
        sets.Hash("veth", SetKind.Interface, () => scope.Pods.Select(pod => Keys.Of(pod.Interface)));
        foreach (var family in BothFamilies)
        {
            var (suffix, isFour) = (SetTable.Suffix(family), family == IpFamily.V4);
            var addresses = (from item in local
                             from address in item.Pod.Addresses
                             where address.Family == family
                             select (item.Local.Interface, Address: address)).ToList();
            sets.Add(SetTable.Intervals($"local{suffix}", family, Ranges.Of(scope.PodRanges, family)));
            sets.Hash($"known{suffix}", isFour ? SetKind.Ipv4 : SetKind.Ipv6, () => addresses.Select(item => Keys.Of(item.Address)));
            sets.Hash($"self{suffix}", isFour ? SetKind.Ipv4Pair : SetKind.Ipv6Pair, () => addresses.Select(item => Keys.OfPair(item.Address)));
            sets.Hash($"own{suffix}", isFour ? SetKind.InterfaceIpv4 : SetKind.InterfaceIpv6, () => addresses.Select(item => Keys.Of(item.Interface, item.Address)));
        }
    }

    // Rulesets that admit the same are one, whatever policies they come from.
    private static void Describe(
        ImmutableSortedDictionary<string, RulesetInfo>.Builder rulesets, Direction direction, string id, PodRules rules, IEnumerable<string> pods)
    {
        var key = $"{(direction == Direction.Egress ? "E" : "I")} {id}";
        var policies = rules.Policies.Where(policy => policy.Affects(direction));
        rulesets[key] = rulesets.TryGetValue(key, out var known)
            ? known with
            {
                Policies = [.. known.Policies.Union(policies).OrderBy(policy => policy.QualifiedName, StringComparer.Ordinal)],
                Pods = [.. known.Pods.Union(pods, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            }
            : new RulesetInfo(id, direction, [.. policies.OrderBy(policy => policy.QualifiedName, StringComparer.Ordinal)], [.. pods.Order(StringComparer.Ordinal)]);
    }
}
