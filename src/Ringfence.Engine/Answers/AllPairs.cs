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

    /// <summary>The pods that can certainly open some connection to a pod, by policy, the pod itself left out.</summary>
    public static ImmutableArray<int> SourcesOf(Reachability reachability, int destination)
    {
        var form = reachability.Certain;
        var own = form.ClassOf(destination);
        var open = new bool?[form.Classes.Count];
        var sources = ImmutableArray.CreateBuilder<int>();
        var pods = reachability.Snapshot.Pods.Length;
        for (var pod = 0; pod < pods; pod++)
        {
            if (pod == destination) continue;
            var source = form.ClassOf(pod);
            open[source.Id] ??= CanReach(source, own);
            if (open[source.Id] == true) sources.Add(pod);
        }

        return sources.DrainToImmutable();
    }

    private static bool CanReach(PodClass source, PodClass destination)
    {
        var egress = source.Rules?.Egress;
        var ingress = destination.Rules?.Ingress;
        if (egress is null) return ingress is null || AnyAdmits(ingress, source.Id, destination);
        if (ingress is null) return AnyAdmits(egress, destination.Id, destination);
        foreach (var exit in egress)
        {
            if (!exit.HasColumn(destination.Id)) continue;
            var ports = exit.Ports.Resolve(destination.Ports);
            foreach (var entrance in ingress)
                if (entrance.HasColumn(source.Id) && ports.Overlaps(entrance.Ports.Resolve(destination.Ports))) return true;
        }

        return false;
    }

    private static bool AnyAdmits(Entry[] entries, int column, PodClass destination)
    {
        foreach (var entry in entries)
            if (entry.HasColumn(column) && !entry.Ports.Resolve(destination.Ports).IsEmpty) return true;
        return false;
    }

    /// <summary>The ingress side of all classes, turned round: by source, which pods admit it.</summary>
    private sealed class Admitting
    {
        private readonly CompiledForm _form;
        private readonly long _openPods;

        // By source class: pods of isolated destinations that admit it.
        private readonly long[] _admittedBy;

        // Pods of isolated destinations that admit everyone.
        private readonly long _admitEveryone;

        public Admitting(CompiledForm form)
        {
            _form = form;
            _admittedBy = new long[form.Classes.Count];
            var seen = new int[form.Classes.Count];
            var round = 0;
            foreach (var podClass in form.Classes.Where(item => item.Pods > 0))
            {
                if (podClass.Rules?.Ingress is null) _openPods += podClass.Pods;
            }

            // Destinations with one rule set and the same port numbers behind names admit the same sources.
            var isolated = form.Classes.Where(item => item.Pods > 0 && item.Rules?.Ingress is not null);
            foreach (var group in isolated.GroupBy(item => (item.Rules!.Ingress!, item.Ports)))
            {
                long pods = group.Sum(item => item.Pods);
                var entries = group.Key.Item1.Where(entry => !entry.Ports.Resolve(group.Key.Ports).IsEmpty).ToArray();
                if (entries.Any(entry => entry.Peer is null))
                {
                    _admitEveryone += pods;
                    continue;
                }

                round++;
                foreach (var entry in entries)
                    foreach (var source in entry.Peer!.Columns.Members())
                    {
                        if (seen[source] == round) continue;
                        seen[source] = round;
                        _admittedBy[source] += pods;
                    }
            }
        }

        /// <summary>Pairs from classes whose egress is not isolated.</summary>
        public long CountFromOpen(IEnumerable<PodClass> sources)
        {
            long pairs = 0;
            foreach (var source in sources)
            {
                pairs += source.Pods * (_openPods + _admitEveryone + _admittedBy[source.Id]);
                if (CanReach(source, source)) pairs -= source.Pods;
            }

            return pairs;
        }

        /// <summary>Pairs from classes that share an isolated egress.</summary>
        public long CountFromIsolated(Entry[] egress, PodClass[] sources)
        {
            long pairs = 0;
            var sourcePods = sources.Sum(item => (long)item.Pods);
            foreach (var destination in Candidates(egress))
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

        private IEnumerable<PodClass> Candidates(Entry[] egress)
        {
            if (egress.Any(entry => entry.Peer is null)) return _form.Classes;
            if (egress.Length == 1) return egress[0].Peer!.Columns.Members().Select(id => _form.Classes[id]);
            var ids = new HashSet<int>();
            foreach (var entry in egress) ids.UnionWith(entry.Peer!.Columns.Members());
            return ids.Select(id => _form.Classes[id]);
        }
    }
}
