using Ringfence.Analysis.Differences;

namespace Ringfence.Cli.Output;

/// <summary>Numbers causes as they come: many connections have the same.</summary>
internal sealed class NumberedCauses(ClusterDifference difference)
{
    private readonly Dictionary<Cause, int> _numbers = [];

    /// <summary>Those that came so far, by number.</summary>
    public IReadOnlyList<(int Number, Cause Cause)> All => [.. _numbers.Select(item => (item.Value, item.Key)).OrderBy(item => item.Value)];

    /// <summary>The numbers of the causes of a change.</summary>
    public List<int> Of(ConnectionChange change) => [.. difference.ReasonOf(change).Causes.Select(Number).Order()];

    private int Number(Cause cause)
    {
        if (!_numbers.TryGetValue(cause, out var number)) _numbers.Add(cause, number = _numbers.Count + 1);
        return number;
    }
}
