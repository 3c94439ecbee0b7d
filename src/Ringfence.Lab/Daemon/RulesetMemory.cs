using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;

namespace Ringfence.Lab.Daemon;

/// <summary>What the ids of rulesets in a node's log stand for, also of those that are no more: a packet may have been judged by one of them.</summary>
internal sealed class RulesetMemory
{
    /// <summary>From so many on all are forgotten but those of the last two programs.</summary>
    public const int Most = 2000;

    private ImmutableSortedDictionary<string, RulesetInfo> _last = ImmutableSortedDictionary.Create<string, RulesetInfo>(StringComparer.Ordinal);

    /// <summary>The rulesets by direction and id.</summary>
    public ImmutableSortedDictionary<string, RulesetInfo> Known { get; private set; } = ImmutableSortedDictionary.Create<string, RulesetInfo>(StringComparer.Ordinal);

    /// <summary>Adds those of the program that is enforced now.</summary>
    public void Learn(ImmutableSortedDictionary<string, RulesetInfo> program)
    {
        Known = (Known.Count < Most ? Known : _last).SetItems(program);
        _last = program;
    }
}
