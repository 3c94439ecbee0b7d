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
    private Dictionary<string, (KernelSet Set, object Of, (int, long) Version)> _filled = new(StringComparer.Ordinal);
    private Dictionary<string, (KernelSet Set, object Of, (int, long) Version)> _filling = new(StringComparer.Ordinal);
    private ConditionalWeakTable<PodRules, CompiledRuleset> _ingress = [];
    private ConditionalWeakTable<PodRules, CompiledRuleset> _egress = [];
    private RuleOptions? _options;
    private ImmutableArray<IpFamily> _families = [];

    internal NodeRules Rules { get; private set; } = NodeRules.Empty;

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

    internal KernelSet? Find(string name, (object Of, (int, long) Version) now)
    {
        if (!_filled.TryGetValue(name, out var known) || !ReferenceEquals(known.Of, now.Of) || known.Version != now.Version) return null;
        _filling[name] = known;
        return known.Set;
    }

    internal void Keep(KernelSet set, (object Of, (int, long) Version) now) => _filling[set.Name] = (set, now.Of, now.Version);

    /// <summary>What was not used this time is forgotten.</summary>
    internal void End(NodeRules rules)
    {
        (Rules, _filled) = (rules, _filling);
        _filling = new(StringComparer.Ordinal);
    }
}
