using System.Runtime.CompilerServices;
using Ringfence.Engine.Compilation;

namespace Ringfence.Engine.Enforcement;

/// <summary>What was described of a compiled form stays the same object as long as what it describes does.</summary>
internal sealed class Descriptions
{
    public ConditionalWeakTable<RuleSet, PodRules> Rules { get; } = [];

    public ConditionalWeakTable<Peer, EnforcedPeer> Peers { get; } = [];
}
