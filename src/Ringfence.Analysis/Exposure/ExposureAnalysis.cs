using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Exposure;

/// <summary>
/// Finds what workloads would accept from, or send to, namespaces and pods that are not there yet. It asks the policies of one end only:
/// those that will select the other end can allow less. Rules by address (ipBlock) do not ask for labels and are left out.
/// </summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors</remarks>
public sealed class ExposureAnalysis(ClusterView view)
{
    private static readonly Exposed Everything = new(HypotheticalPods.EntireCluster, PortTerms.All, null);

    private readonly Admissions _admissions = new(view);
    private readonly Dictionary<ImmutableArray<Admission>, ImmutableArray<Exposed>> _known = [];

    /// <summary>
    /// The lines of some workloads: a workload after the other, the entire cluster before selectors in order of their text. Lines that say
    /// no more than wider ones are left out.
    /// </summary>
    /// <param name="direction">Ingress for what workloads accept, egress for what they send.</param>
    /// <param name="wants">Which workloads; null for all.</param>
    public IEnumerable<ExposureLine> Lines(Direction direction, Func<ViewEntry, bool>? wants = null)
    {
        foreach (var workload in view.Workloads)
        {
            if (wants?.Invoke(workload) == false) continue;
            if (_admissions.Of(workload, direction) is not { } admissions)
            {
                yield return new ExposureLine(workload, direction, Everything.Peer, Everything.Ports, IsProtected: false, _admissions.EveryPod);
                continue;
            }

            if (!_known.TryGetValue(admissions, out var exposed)) _known[admissions] = exposed = Condense(admissions);
            foreach (var (peer, ports, podsNow) in exposed)
                yield return new ExposureLine(workload, direction, peer, ports, IsProtected: true, podsNow);
        }
    }

    /// <summary>One line for those who are the same pods; without those who get no more than as members of wider ones.</summary>
    private ImmutableArray<Exposed> Condense(ImmutableArray<Admission> admissions)
    {
        var byScope = new Dictionary<PodScope, Exposed>();
        foreach (var admission in admissions)
        {
            var exposed = new Exposed(new HypotheticalPods(admission.Namespaces, admission.Pods), admission.Ports, admission.Matching);
            var scope = PodScope.Of(exposed.Peer, view.Reachability.Snapshot);
            if (!scope.CanExist) continue;
            if (scope.IsEverything) exposed = exposed with { Peer = HypotheticalPods.EntireCluster };
            byScope[scope] = byScope.TryGetValue(scope, out var before)
                ? (Simpler(before.Peer, exposed.Peer) ? before : exposed) with { Ports = before.Ports.Union(exposed.Ports) }
                : exposed;
        }

        var index = new ScopeIndex(byScope.Keys);
        var lines = new List<Exposed>(byScope.Count);
        foreach (var (scope, exposed) in byScope)
        {
            var ofWider = PortTerms.None;
            foreach (var wider in index.Around(scope)) ofWider = ofWider.Union(byScope[wider].Ports);
            if (!ofWider.Contains(exposed.Ports)) lines.Add(exposed with { Ports = exposed.Ports.Union(ofWider) });
        }

        return [.. lines.OrderBy(line => line.Peer != HypotheticalPods.EntireCluster).ThenBy(line => line.Peer.ToString(), StringComparer.Ordinal)];
    }

    // Of two spellings the one with fewer requirements, then the first by its text: the same from run to run.
    private static bool Simpler(HypotheticalPods a, HypotheticalPods b)
    {
        var difference = Length(a) - Length(b);
        return difference != 0 ? difference < 0 : string.CompareOrdinal(a.ToString(), b.ToString()) <= 0;
    }

    private static int Length(HypotheticalPods peer) => peer.Namespaces.Requirements.Length + peer.Pods.Requirements.Length;

    private sealed record Exposed(HypotheticalPods Peer, PortTerms Ports, int? PodsNow);
}
