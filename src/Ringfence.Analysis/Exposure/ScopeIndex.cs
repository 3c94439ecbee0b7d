namespace Ringfence.Analysis.Exposure;

/// <summary>
/// Finds the scopes that another one may lie within, without looking at them all: who lies within a scope that asks for one of some values
/// of a label asks for one of them too.
/// </summary>
internal sealed class ScopeIndex
{
    private readonly Dictionary<ScopeLabel, List<PodScope>> _byLabel = [];
    private readonly List<PodScope> _others = [];

    public ScopeIndex(IEnumerable<PodScope> scopes)
    {
        foreach (var scope in scopes)
        {
            var labels = scope.FirstChoice;
            if (labels.IsEmpty) _others.Add(scope);
            foreach (var label in labels)
            {
                if (!_byLabel.TryGetValue(label, out var list)) _byLabel.Add(label, list = []);
                list.Add(scope);
            }
        }
    }

    /// <summary>The scopes that a scope lies within, itself left out.</summary>
    public IEnumerable<PodScope> Around(PodScope scope) => scope.SampleLabels
        .SelectMany(label => _byLabel.GetValueOrDefault(label, []))
        .Concat(_others)
        .Where(other => !ReferenceEquals(other, scope) && scope.IsWithin(other));
}
