using System.Collections.Immutable;
using Ringfence.Engine.Compilation;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>Questions about all pods at once, answered from the factored form without visiting every pair.</summary>
public static class AllPairs
{
    /// <summary>
    /// The number of ordered pairs of different pods of which the first can certainly open some connection to the second, by policy.
    /// </summary>
    public static long CountReachable(Reachability reachability)
    {
        var form = reachability.Certain;
        var admitting = new Admitting(form);
        long pairs = 0;
        foreach (var group in form.Classes.Where(item => item.Pods > 0).GroupBy(item => item.Rules?.Egress))
            pairs += group.Key is null ? admitting.CountFromOpen(group) : admitting.CountFromIsolated(group.Key, [.. group]);
        return pairs;
    }

    /// <summary>The pods that can certainly open some connection to a pod, by policy, the pod itself left out; in no particular order.</summary>
    public static ImmutableArray<int> SourcesOf(Reachability reachability, int destination)
    {
        var form = reachability.Certain;
        var own = form.ClassOf(destination);
        var sources = ImmutableArray.CreateBuilder<int>();
        foreach (var source in SourceCandidates(form, own))
        {
            if (source.Pods == 0 || !CanReach(source, own)) continue;
            foreach (var pod in form.PodsOf(source.Id))
                if (pod != destination) sources.Add(pod);
        }

        return sources.DrainToImmutable();
    }

    private static IEnumerable<PodClass> SourceCandidates(CompiledForm form, PodClass destination) =>
        destination.Rules?.Ingress is { } ingress ? Columns(form, ingress) : form.Classes;

    /// <summary>The classes that some entry matches.</summary>
    private static IEnumerable<PodClass> Columns(CompiledForm form, Entry[] entries)
    {
        if (entries.Any(entry => entry.Peer is null)) return form.Classes;
        if (entries.Length == 1) return entries[0].Peer!.Columns.Members().Select(id => form.Classes[id]);
        var ids = new HashSet<int>();
        foreach (var entry in entries) ids.UnionWith(entry.Peer!.Columns.Members());
        return ids.Select(id => form.Classes[id]);
    }

    private static bool CanReach(PodClass source, PodClass destination)
    {
        var egress = source.Rules?.Egress;
        var ingress = destination.Rules?.Ingress;
        if (egress is null) return ingress is null || AnyAdmits(ingress, source.Id, destination);
        if (ingress is null) return AnyAdmits(egress, destination.Id, destination);
        foreach (var exit in egress)
        {
            if (!exit.Matches(destination.Id)) continue;
            var ports = exit.Ports.Resolve(destination.Ports);
            foreach (var entrance in ingress)
                if (entrance.Matches(source.Id) && ports.Overlaps(entrance.Ports.Resolve(destination.Ports))) return true;
        }

        return false;
    }

    private static bool AnyAdmits(Entry[] entries, int column, PodClass destination)
    {
        foreach (var entry in entries)
            if (entry.Matches(column) && !entry.Ports.Resolve(destination.Ports).IsEmpty) return true;
        return false;
    }

    /// <summary>The ingress side of all classes, turned round: by source, which isolated destinations admit it.</summary>
    private sealed class Admitting
    {
        private readonly CompiledForm _form;
        private readonly long _openPods;

        // Pods of isolated destinations that admit everyone; by source class, of those that name it.
        private readonly long _everyonePods;
        private readonly long[] _admittingPods;

        // By source class: the isolated destinations that name it, wide ones left out.
        private readonly List<Destinations>?[] _naming;

        // Isolated destinations that admit everyone, or so many classes that a list for each would not pay.
        private readonly List<Destinations> _wide = [];

        public Admitting(CompiledForm form)
        {
            _form = form;
            _naming = new List<Destinations>?[form.Classes.Count];
            _admittingPods = new long[form.Classes.Count];
            var live = form.Classes.Where(item => item.Pods > 0).ToArray();
            _openPods = live.Where(item => item.Rules?.Ingress is null).Sum(item => (long)item.Pods);

            // Destinations with one rule set and the same port numbers behind names admit the same sources.
            var seen = new int[form.Classes.Count];
            var round = 0;
            foreach (var group in live.Where(item => item.Rules?.Ingress is not null).GroupBy(item => (item.Rules!.Ingress!, item.Ports)))
            {
                var members = group.ToArray();
                var pods = members.Sum(item => (long)item.Pods);
                var destinations = new Destinations(members, pods);
                var entries = Array.FindAll(group.Key.Item1, entry => !entry.Ports.Resolve(group.Key.Ports).IsEmpty);
                if (entries.Any(entry => entry.Peer is null))
                {
                    _wide.Add(destinations);
                    _everyonePods += pods;
                    continue;
                }

                var wide = entries.Sum(entry => entry.Peer!.Columns.Count) > live.Length / 4;
                if (wide) _wide.Add(destinations);
                round++;
                foreach (var entry in entries)
                    foreach (var source in entry.Peer!.Columns.Members())
                    {
                        if (seen[source] == round) continue;
                        seen[source] = round;
                        _admittingPods[source] += pods;
                        if (!wide) (_naming[source] ??= []).Add(destinations);
                    }
            }
        }

        /// <summary>Pairs from classes whose egress is not isolated.</summary>
        public long CountFromOpen(IEnumerable<PodClass> sources)
        {
            long pairs = 0;
            foreach (var source in sources)
            {
                pairs += source.Pods * (_openPods + _everyonePods + _admittingPods[source.Id]);
                if (CanReach(source, source)) pairs -= source.Pods;
            }

            return pairs;
        }

        /// <summary>Pairs from classes that share an isolated egress.</summary>
        public long CountFromIsolated(Entry[] egress, PodClass[] sources)
        {
            long pairs = 0;
            var sourcePods = sources.Sum(item => (long)item.Pods);
            if (Array.TrueForAll(egress, entry => entry.Peer is null && !entry.Ports.HasNames))
            {
                // The egress does not ask who the destination is: destinations that admit alike are one question.
                if (egress.Length > 0) pairs += sourcePods * _openPods;
                foreach (var source in sources)
                    foreach (var destinations in (_naming[source.Id] ?? Enumerable.Empty<Destinations>()).Concat(_wide))
                        if (CanReach(source, destinations.Members[0])) pairs += source.Pods * destinations.Pods;
            }
            else
            {
                foreach (var destination in Columns(_form, egress))
                {
                    if (destination.Pods == 0) continue;
                    if (destination.Rules?.Ingress is null)
                    {
                        if (AnyAdmits(egress, destination.Id, destination)) pairs += sourcePods * destination.Pods;
                        continue;
                    }

                    foreach (var source in sources)
                        if (CanReach(source, destination)) pairs += (long)source.Pods * destination.Pods;
                }
            }

            foreach (var source in sources)
                if (CanReach(source, source)) pairs -= source.Pods;
            return pairs;
        }

        /// <summary>Isolated classes with one rule set and the same port numbers behind names.</summary>
        private sealed record Destinations(PodClass[] Members, long Pods);
    }
}
