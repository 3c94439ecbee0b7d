using Ringfence.Engine;

namespace Ringfence.Analysis.Expectations;

/// <summary>What is open between ends by policy alone, asked of the engine once for each two kinds.</summary>
internal sealed class ReachTable(Reachability reachability)
{
    private readonly Dictionary<(int Source, int Target), Reach> _known = [];

    /// <summary>The cluster.</summary>
    public Reachability Reachability => reachability;

    /// <summary>What is open, certainly and possibly.</summary>
    public Reach Between(JudgedEnd source, JudgedEnd target)
    {
        if (_known.TryGetValue((source.Kind, target.Kind), out var reach)) return reach;
        return _known[(source.Kind, target.Kind)] = reachability.BetweenByPolicy(source.Party, target.Party);
    }
}
