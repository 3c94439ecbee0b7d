using System.Collections.Immutable;

namespace Ringfence.Engine;

/// <summary>Finds what is the same workload in two views: of one kind, namespace and name, else the only ones of a namespace and name.</summary>
internal static class Counterparts
{
    /// <summary>Every workload of either view, by name in ordinal order.</summary>
    public static ImmutableArray<Counterpart> Match(ClusterView old, ClusterView @new)
    {
        var found = new List<Counterpart>();
        var before = ByWorkload(old);
        foreach (var (id, news) in ByWorkload(@new)) Pair(before.Remove(id, out var olds) ? olds : [], news, found);
        foreach (var olds in before.Values) Pair(olds, [], found);

        // A Deployment that became a StatefulSet is still what people know by that name.
        var lone = found.Where(item => !item.IsInBoth).GroupBy(item => Simple(item.Entry));
        foreach (var same in lone.Where(group => group.Count(item => item.Old is null) == 1 && group.Count(item => item.New is null) == 1).ToList())
        {
            var (gone, come) = (same.Single(item => item.New is null), same.Single(item => item.Old is null));
            found.Remove(gone);
            found[found.IndexOf(come)] = come with { Old = gone.Old };
        }

        return Name(found);
    }

    private static Dictionary<WorkloadId, List<ViewEntry>> ByWorkload(ClusterView view)
    {
        var entries = new Dictionary<WorkloadId, List<ViewEntry>>(view.Workloads.Length);
        foreach (var entry in view.Workloads)
        {
            if (!entries.TryGetValue(entry.Workload!, out var known)) entries.Add(entry.Workload!, known = []);
            known.Add(entry);
        }

        return entries;
    }

    /// <summary>The pods of a workload that one view does not tell apart have one answer there, whatever their names.</summary>
    private static void Pair(List<ViewEntry> olds, List<ViewEntry> news, List<Counterpart> found)
    {
        if (olds.Count == 1 && news.Count > 0) found.AddRange(news.Select(entry => new Counterpart("", olds[0], entry)));
        else if (news.Count == 1 && olds.Count > 0) found.AddRange(olds.Select(entry => new Counterpart("", entry, news[0])));
        else
        {
            var pods = news.ToDictionary(entry => entry.Name);
            foreach (var entry in olds) found.Add(new Counterpart("", entry, pods.Remove(entry.Name, out var same) ? same : null));
            found.AddRange(pods.Values.Select(entry => new Counterpart("", null, entry)));
        }
    }

    private static ImmutableArray<Counterpart> Name(List<Counterpart> found)
    {
        var shared = found.GroupBy(item => Simple(Finer(item))).Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet();
        return
        [
            .. found
                .Select(item => Simple(Finer(item)) is var name && shared.Contains(name) ? item with { Name = Qualified(Finer(item)) } : item with { Name = name })
                .OrderBy(item => item.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>The side whose name says more: that of a pod where the other has the whole workload.</summary>
    private static ViewEntry Finer(Counterpart item) => item is { New: { } after, Old: { } before } && !IsPart(after) && IsPart(before) ? before : item.Entry;

    private static bool IsPart(ViewEntry entry) => entry.Kind != entry.Workload!.Kind;

    // Without the kind that a view may have put between.
    private static string Simple(ViewEntry entry) => $"{entry.Namespace}/{LastPart(entry)}";

    private static string Qualified(ViewEntry entry) =>
        $"{entry.Namespace}/{(entry.Kind.Length == 0 ? "unknown" : entry.Kind.ToLowerInvariant())}/{LastPart(entry)}";

    private static string LastPart(ViewEntry entry) => entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
}
