using Ringfence.Engine.Compilation;

namespace Ringfence.Engine;

/// <summary>The pods that two states of a cluster treat alike, in what is certain and in what is possible.</summary>
internal sealed class AlikePods
{
    private readonly (CompiledForm Form, long Version, int Classes)[] _states;

    public AlikePods(Reachability before, Reachability after)
    {
        _states = StatesOf(before, after);
        var groups = new Dictionary<(int, int, int, int), List<int>>();
        for (var pod = 0; pod < before.CurrentPods.Count; pod++)
        {
            var key = (_states[0].Form.ClassOf(pod).Id, _states[1].Form.ClassOf(pod).Id, _states[2].Form.ClassOf(pod).Id, _states[3].Form.ClassOf(pod).Id);
            if (!groups.TryGetValue(key, out var members)) groups.Add(key, members = []);
            members.Add(pod);
        }

        Groups = [.. groups.Values];
        InNamespace = Groups.ToLookup(group => before.PodAt(group[0]).Namespace, StringComparer.Ordinal);
    }

    /// <summary>The groups, each with the numbers of its pods.</summary>
    public List<List<int>> Groups { get; }

    /// <summary>The groups by the namespace of their first pod; on the host's network a group may have others.</summary>
    public ILookup<string, List<int>> InNamespace { get; }

    /// <summary>Whether it still holds for these states: no pod has moved to another class.</summary>
    public bool IsOf(Reachability before, Reachability after) => _states.AsSpan().SequenceEqual(StatesOf(before, after));

    private static (CompiledForm, long, int)[] StatesOf(Reachability before, Reachability after) =>
        [.. ((CompiledForm[])[before.Certain, before.Possible, after.Certain, after.Possible]).Select(form => (form, form.Version, form.Classes.Count))];
}
