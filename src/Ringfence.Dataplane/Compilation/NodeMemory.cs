using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Ringfence.Dataplane.Rules;
using Ringfence.Engine.Enforcement;
using Ringfence.Model;

namespace Ringfence.Dataplane.Compilation;

/// <summary>
/// What one compilation of a node's rules leaves to the next: parts that no change concerns are taken over as they are. The rules are the same
/// without it, only later. For one node; one compilation at a time.
/// </summary>
/// <remarks>Helps where the cluster follows changes by <see cref="Engine.Reachability.Apply"/>; what is compiled anew has new parts throughout.</remarks>
public sealed class NodeMemory
{
    private ConditionalWeakTable<PodRules, CompiledRuleset> _ingress = [];
    private ConditionalWeakTable<PodRules, CompiledRuleset> _egress = [];
    private RuleOptions? _options;
    private ImmutableArray<Prefix> _ranges = [];
    private ImmutableArray<IpFamily> _families = [];
    private ImmutableArray<LocalPod> _pods = [];
    private ImmutableArray<PodOnNode> _local = [];
    private EnforcedMoment _moment;
    private Dictionary<string, LivePodSet> _live = new(StringComparer.Ordinal);
    private Dictionary<string, KernelSet> _sets = new(StringComparer.Ordinal);
    private NodeProgram? _program;

    internal NodeRules Rules { get; private set; } = NodeRules.Empty;

    /// <summary>The sets of the last compilation.</summary>
    internal IReadOnlyDictionary<string, KernelSet> Sets => _sets;

    /// <summary>What changed in the cluster since the last compilation; null where only a look at everything tells.</summary>
    internal EnforcedChanges? ChangesOf(EnforcedPolicies policies) => policies.Since(_moment);

    /// <summary>
    /// The program where the node's own pods, and what policies say about them, are those of the last compilation: then nothing but the members of sets
    /// can be different. Null where they are not.
    /// </summary>
    internal NodeProgram? Follow(EnforcedPolicies policies, EnforcedChanges? changes, RuleOptions options, NodeScope scope, ImmutableArray<PodOnNode> local)
    {
        if (changes is null || _program is null || options != _options || !scope.PodRanges.AsSpan().SequenceEqual(_ranges.AsSpan())
            || !scope.Pods.AsSpan().SequenceEqual(_pods.AsSpan()) || !local.AsSpan().SequenceEqual(_local.AsSpan()))
            return null;
        _moment = policies.Now;
        if (changes.IsEmpty) return _program;
        List<string>? changed = null;
        ImmutableSortedDictionary<string, KernelSet>.Builder? sets = null;
        foreach (var (name, live) in _live)
        {
            if (live.Definition.Pods == PodsOfSet.OfNode || !live.Follow(changes, policies)) continue;
            (changed ??= []).Add(name);
            (sets ??= Rules.Sets.ToBuilder())[name] = live.Set;
            _sets[name] = live.Set;
        }

        if (sets is null) return _program;
        var rules = Rules with { Sets = sets.ToImmutable() };
        Rules = rules with { Origin = new RulesOrigin(RulesParts.Of(Rules), RulesParts.Of(rules), changed!, [], []) };
        return _program = _program with { Rules = Rules };
    }

    /// <summary>Forgets where the cluster was: what a compilation did not end is of no one moment.</summary>
    internal void Forget() => _moment = default;

    /// <summary>Forgets what other options or families gave.</summary>
    internal void Begin(RuleOptions options, ImmutableArray<IpFamily> families)
    {
        if (options == _options && families.AsSpan().SequenceEqual(_families.AsSpan())) return;
        (_options, _families, _ingress, _egress) = (options, families, [], []);
    }

    internal CompiledRuleset Ruleset(Direction direction, PodRules rules, Func<CompiledRuleset> compile)
    {
        var known = direction == Direction.Ingress ? _ingress : _egress;
        if (known.TryGetValue(rules, out var compiled)) return compiled;
        compiled = compile();
        known.Add(rules, compiled);
        return compiled;
    }

    /// <summary>Fills a set of pods, or takes over what the last compilation had of it.</summary>
    internal LivePodSet Fill(PodSet set, EnforcedPolicies policies, EnforcedChanges? changes, IEnumerable<Pod> local)
    {
        if (changes is null || !_live.TryGetValue(set.Name, out var live) || !live.Fits(set)) return LivePodSet.Fill(set, policies, local);
        live.Follow(changes, policies);
        return live;
    }

    /// <summary>Keeps a compilation for the next one. What was not used this time is forgotten.</summary>
    internal NodeProgram End(EnforcedPolicies policies, NodeScope scope, ImmutableArray<PodOnNode> local, NewParts parts)
    {
        foreach (var live in parts.Live.Values) live.Take(parts.Sets[live.Set.Name]);
        var sets = Rules.Sets.ToBuilder();
        var changedSets = Replace(sets, _sets, parts.Sets, ReferenceEquals);
        var chains = Rules.Chains.ToBuilder();
        var changedChains = Replace(chains, Rules.Chains, parts.Chains, (left, right) => left.Equals(right));
        var counters = Rules.Counters.SetEquals(parts.Counters) ? Rules.Counters : parts.Counters.ToImmutableSortedSet(StringComparer.Ordinal);
        var rules = new NodeRules(sets.ToImmutable(), chains.ToImmutable(), counters);
        IReadOnlyCollection<string> changedCounters = ReferenceEquals(counters, Rules.Counters) ? [] : [.. Rules.Counters.SymmetricExcept(counters)];
        Rules = rules with { Origin = new RulesOrigin(RulesParts.Of(Rules), RulesParts.Of(rules), changedSets, changedChains, changedCounters) };
        (_moment, _ranges, _pods, _local, _live, _sets) = (policies.Now, scope.PodRanges, scope.Pods, local, parts.Live, parts.Sets);
        return _program = new NodeProgram(Rules, parts.Rulesets);
    }

    private static List<string> Replace<T>(
        ImmutableSortedDictionary<string, T>.Builder all, IReadOnlyDictionary<string, T> before, Dictionary<string, T> now, Func<T, T, bool> isSame)
    {
        var changed = new List<string>();
        foreach (var (name, item) in now)
        {
            if (before.TryGetValue(name, out var old) && isSame(old, item)) continue;
            all[name] = item;
            changed.Add(name);
        }

        foreach (var name in before.Keys)
        {
            if (now.ContainsKey(name)) continue;
            all.Remove(name);
            changed.Add(name);
        }

        return changed;
    }
}

/// <summary>A pod of the node with what policies say about it.</summary>
/// <param name="Local">The pod, as the node knows it.</param>
/// <param name="Pod">The pod, as the cluster knows it.</param>
/// <param name="Rules">What policies say; null where none selects it.</param>
internal readonly record struct PodOnNode(LocalPod Local, Pod Pod, PodRules? Rules) : IEquatable<PodOnNode>
{
    // The same objects: what is equal by content and another object may be so by chance.
    public bool Equals(PodOnNode other) => ReferenceEquals(Pod, other.Pod) && ReferenceEquals(Rules, other.Rules) && Local == other.Local;

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(Pod);
}

/// <summary>What a compilation made.</summary>
/// <param name="Sets">All sets by name.</param>
/// <param name="Live">Those that hold pods.</param>
/// <param name="Chains">All chains.</param>
/// <param name="Counters">All counters.</param>
/// <param name="Rulesets">What the rulesets stand for.</param>
internal sealed record NewParts(
    Dictionary<string, KernelSet> Sets,
    Dictionary<string, LivePodSet> Live,
    Dictionary<string, Chain> Chains,
    HashSet<string> Counters,
    ImmutableSortedDictionary<string, RulesetInfo> Rulesets);
