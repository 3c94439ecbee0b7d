using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>What <c>apply</c> and <c>delete</c> make of a cluster's objects; an object is known by kind, namespace and name.</summary>
internal static class ObjectChanges
{
    /// <summary>Adds objects; one that is there already is replaced.</summary>
    public static (ClusterObjects Objects, ImmutableArray<ObjectChange> Changes) Apply(ClusterObjects current, ClusterObjects wanted)
    {
        var all = current.All().ToList();
        var places = all.Select((item, place) => (item, place)).ToDictionary(pair => NameOf(pair.item), pair => pair.place);
        var changes = ImmutableArray.CreateBuilder<ObjectChange>();
        foreach (var item in wanted.All())
        {
            var name = NameOf(item);
            if (places.TryGetValue(name, out var place))
            {
                changes.Add(new ObjectChange(name, ObjectLikeness.AreAlike(all[place], item) ? "unchanged" : "configured"));
                all[place] = item;
            }
            else
            {
                changes.Add(new ObjectChange(name, "created"));
                all.Add(item);
            }
        }

        return (ClusterObjects.Of(all), changes.ToImmutable());
    }

    /// <summary>Takes objects away; a namespace takes with it all that is in it.</summary>
    /// <exception cref="LabException">One of them is not there; nothing is taken away.</exception>
    public static (ClusterObjects Objects, ImmutableArray<ObjectChange> Changes) Delete(ClusterObjects current, IReadOnlyCollection<ObjectName> names)
    {
        var present = current.All().Select(NameOf).ToHashSet();
        var absent = names.Where(name => !present.Contains(name)).ToList();
        if (absent.Count > 0)
            throw new LabException($"there is no {string.Join(", no ", absent.Take(5))}{(absent.Count > 5 ? $" and {absent.Count - 5} more" : "")} in this lab; nothing is deleted");

        var wanted = names.ToHashSet();
        var namespaces = names.Where(name => name.Kind == "Namespace").Select(name => name.Name).ToHashSet(StringComparer.Ordinal);
        var kept = new List<KubernetesObject>();
        var changes = ImmutableArray.CreateBuilder<ObjectChange>();
        foreach (var item in current.All())
        {
            var name = NameOf(item);
            if (wanted.Contains(name) || namespaces.Contains(name.Namespace)) changes.Add(new ObjectChange(name, "deleted"));
            else kept.Add(item);
        }

        return (ClusterObjects.Of(kept), changes.ToImmutable());
    }

    /// <summary>What an object is known by.</summary>
    public static ObjectName NameOf(KubernetesObject item) => new(item.Kind, item.Namespace, item.Name);
}
