using Ringfence.Model;

namespace Ringfence.Analysis.Differences;

/// <summary>What kind of thing made a connection another one.</summary>
public enum CauseKind
{
    /// <summary>A policy.</summary>
    Policy,

    /// <summary>A workload that one state alone has.</summary>
    Workload,

    /// <summary>Labels of a workload's pods that policies ask for.</summary>
    Labels,

    /// <summary>A namespace, or its labels that policies ask for.</summary>
    Namespace,

    /// <summary>Named ports of a workload's pods.</summary>
    Ports,

    /// <summary>Addresses of a workload's pods, or what else is known of them.</summary>
    Addresses,
}

/// <summary>What made a connection another one.</summary>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Change">What became of it.</param>
/// <param name="Name">Its name: <c>ns/name</c>, or a namespace's.</param>
/// <param name="Location">Where it stands; in the old state where it was removed.</param>
public sealed record Cause(CauseKind Kind, ObjectChange Change, string Name, Location Location)
{
    /// <summary>The rule of the policy that lets the connection through, or did: <c>ingress[0]</c>; null where no rule does.</summary>
    public string? Rule { get; init; }

    /// <summary>What became another one, for example <c>app=web, was app=shop</c>; null where there is no more to say.</summary>
    public string? Detail { get; init; }

    /// <summary>In words, without the place: <c>policy ns/name added: ingress[0]</c>.</summary>
    public override string ToString()
    {
        var what = Kind switch
        {
            CauseKind.Policy => "policy",
            CauseKind.Workload => "workload",
            CauseKind.Labels => "labels of",
            CauseKind.Namespace => "labels of namespace",
            CauseKind.Ports => "named ports of",
            _ => "addresses of",
        };
        var change = Change switch { ObjectChange.Added => "added", ObjectChange.Removed => "removed", _ => "changed" };
        return $"{what} {Name} {change}{((Rule ?? Detail) is { } more ? $": {more}" : "")}";
    }
}
