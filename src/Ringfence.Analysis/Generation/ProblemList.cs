using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>Gathers what is wrong in many places, so that all of it is told at once.</summary>
internal sealed class ProblemList
{
    private const int MostTold = 20;

    private readonly List<string> _problems = [];

    /// <summary>Does something about a place; what is wrong there is kept.</summary>
    public void Try(Location place, Action action)
    {
        try
        {
            action();
        }
        catch (InputException problem)
        {
            var where = place.ToString();
            _problems.Add($"{(where.Length == 0 ? "" : where + ": ")}{problem.Message}{string.Concat(problem.Hints.Select(hint => ". " + hint.TrimEnd('.')))}");
        }
    }

    /// <summary>Throws where something was wrong.</summary>
    /// <exception cref="InputException">Something was.</exception>
    public void Throw()
    {
        if (_problems.Count == 0) return;
        var more = _problems.Count - MostTold;
        throw new InputException(_problems[0], [.. _problems.Skip(1).Take(MostTold - 1), .. more > 0 ? [$"… and {more} more"] : Array.Empty<string>()]);
    }
}
