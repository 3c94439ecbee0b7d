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

        // By source class: the isolated classes that name it, and how many pods they have.
        private readonly List<PodClass>?[] _naming;
        private readonly long[] _namingPods;

        // Isolated classes that admit everyone, or so many classes that a list for each would not pay.
        private readonly List<PodClass> _wide = [];
        private readonly long[] _widePods;

        public Admitting(CompiledForm form)
        {
            _form = form;
            _naming = new List<PodClass>?[form.Classes.Count];
            _namingPods = new long[form.Classes.Count];
            _widePods = new long[form.Classes.Count];
            var live = form.Classes.Where(item => item.Pods > 0).ToArray();
            _openPods = live.Where(item => item.Rules?.Ingress is null).Sum(item => (long)item.Pods);

            // Destinations with one rule set and the same port numbers behind names admit the same sources.
            var seen = new int[form.Classes.Count];
            var round = 0;
            foreach (var group in live.Where(item => item.Rules?.Ingress is not null).GroupBy(item => (item.Rules!.Ingress!, item.Ports)))
            {
                var members = group.ToArray();
                var pods = members.Sum(item => (long)item.Pods);
                var entries = Array.FindAll(group.Key.Item1, entry => !entry.Ports.Resolve(group.Key.Ports).IsEmpty);
                var wide = entries.Any(entry => entry.Peer is null) || entries.Sum(entry => entry.Peer!.Columns.Count) > live.Length / 4;
                if (wide) _wide.AddRange(members);
                round++;
                foreach (var source in Columns(form, entries))
                {
                    if (seen[source.Id] == round) continue;
                    seen[source.Id] = round;
                    if (wide)
                    {
                        _widePods[source.Id] += pods;
                        continue;
                    }

                    _namingPods[source.Id] += pods;
                    (_naming[source.Id] ??= []).AddRange(members);
                }
            }
        }

        /// <summary>Pairs from classes whose egress is not isolated.</summary>
        public long CountFromOpen(IEnumerable<PodClass> sources)
        {
            long pairs = 0;
            foreach (var source in sources)
            {
                pairs += source.Pods * (_openPods + _namingPods[source.Id] + _widePods[source.Id]);
                if (CanReach(source, source)) pairs -= source.Pods;
            }

            return pairs;
        }

        /// <summary>Pairs from classes that share an isolated egress.</summary>
        public long CountFromIsolated(Entry[] egress, PodClass[] sources)
        {
            long pairs = 0;
            var sourcePods = sources.Sum(item => (long)item.Pods);
            var toEveryone = egress.Any(entry => entry.Peer is null && !entry.Ports.HasNames);
            if (toEveryone) pairs += sourcePods * _openPods;
            foreach (var destination in toEveryone ? AdmittingAny(sources) : Columns(_form, egress))
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

            foreach (var source in sources)
                if (CanReach(source, source)) pairs -= source.Pods;
            return pairs;
        }

        private IEnumerable<PodClass> AdmittingAny(PodClass[] sources)
        {
            var named = sources.Length == 1
                ? _naming[sources[0].Id] ?? []
                : sources.SelectMany(source => _naming[source.Id] ?? Enumerable.Empty<PodClass>()).Distinct();
            return named.Concat(_wide);
        }
    }
}
