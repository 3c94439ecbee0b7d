using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Evidence.Planning;

/// <summary>Makes a plan: as much as fits, thinned step by step until it does.</summary>
internal sealed class Planner
{
    private readonly Reachability _reachability;
    private readonly PlanOptions _options;
    private readonly ClusterView _view;
    private readonly PodGroups _groups;
    private readonly PortsOfInterest _ports;
    private readonly OutsideEnds _sources;
    private readonly OutsideEnds _destinations;

    public Planner(Reachability reachability, PlanOptions options)
    {
        (_reachability, _options) = (reachability, options);
        _view = ClusterView.Create(reachability);
        _groups = new PodGroups(_view, IsProbed);
        _ports = new PortsOfInterest(reachability.Snapshot);
        _sources = new OutsideEnds(_view.OutsideSources, options.OutsideAddresses, range => _view.Workloads.Select(workload => _view.Between(range, workload)));
        _destinations = new OutsideEnds(_view.OutsideDestinations, options.OutsideAddresses, range => _view.Workloads.Select(workload => _view.Between(workload, range)));
    }

    public ProbePlan Plan()
    {
        var thinning = Thinning.Nothing;
        while (thinning < Thinning.Sample && Probes(thinning).Skip(_options.MaxProbes).Any()) thinning++;
        var probes = Probes(thinning);
        var all = 0L;
        if (thinning == Thinning.Sample)
        {
            // Evenly spread, without holding those that are left out.
            var (most, seen, taken) = (_options.MaxProbes, 0L, 0L);
            all = probes.LongCount();
            probes = probes.Where(_ => ++seen * most / all > taken && ++taken > 0);
        }

        probes = probes.Concat(Wanted()).DistinctBy(item => item.Probe);
        var planned = probes.Select(item => new PlannedProbe(item.Probe, Expect(item.Candidate, item.Probe.Destination.Address.Family))).ToList();
        var undecided = planned.Count(item => item.Expected.Outcome == Outcome.Unknown);
        return new ProbePlan(
            [
                .. planned.Where(item => item.Expected.Outcome != Outcome.Unknown)
                    .OrderByDescending(item => item.Probe.Source.IsPod).ThenBy(item => item.Probe.Source.Name, StringComparer.Ordinal)
                    .ThenByDescending(item => item.Probe.Destination.IsPod).ThenBy(item => item.Probe.Destination.Name, StringComparer.Ordinal)
                    .ThenBy(item => item.Probe.Destination.Address).ThenBy(item => item.Probe.Protocol).ThenBy(item => item.Probe.Port),
            ],
            new ThinningText(_groups, _sources.All.Length + _destinations.All.Length, _sources.OneOfEach.Length + _destinations.OneOfEach.Length, _options.MaxProbes).Tell(thinning, all),
            [.. Gaps(undecided)])
        {
            UnnamedTcp = _ports.UnnamedTcp,
            UnnamedUdp = _ports.UnnamedUdp,
        };
    }

    // A packet is of one family, whatever addresses its ends have beside.
    private Expectation Expect(Candidate candidate, IpFamily family) =>
        Expectation.Of(_reachability.Of(family).Judge(candidate.Source, candidate.Destination, candidate.Port.Protocol, candidate.Port.Port));

    private IEnumerable<(Candidate Candidate, Probe Probe)> Probes(Thinning thinning)
    {
        var ownOnly = thinning >= Thinning.ForeignPorts;
        foreach (var (source, destination) in _groups.Pairs(thinning))
        {
            var (from, to) = (PodOf(source), PodOf(destination));
            foreach (var port in _ports.Of(from, to, ownOnly))
                foreach (var address in to.Addresses)
                    if (EndOf(source, address.Family) is { } sourceEnd)
                        yield return (new(Party.OfPod(source), Party.OfPod(destination), port),
                            new(sourceEnd, EndOf(destination, address.Family)!, port.Protocol, port.Port));
        }

        var turn = 0;
        foreach (var outside in Ends(_sources))
            foreach (var pod in _groups.Single(thinning, turn++))
                if (EndOf(pod, outside.Address.Family) is { } end)
                    foreach (var port in _ports.Of(null, PodOf(pod), ownOnly))
                        yield return (new(Party.OfAddress(outside.Address), Party.OfPod(pod), port), new(outside, end, port.Protocol, port.Port));
        foreach (var outside in Ends(_destinations))
            foreach (var pod in _groups.Single(thinning, turn++))
                if (EndOf(pod, outside.Address.Family) is { } end)
                    foreach (var port in _ports.Of(PodOf(pod), null, ownOnly))
                        yield return (new(Party.OfPod(pod), Party.OfAddress(outside.Address), port), new(end, outside, port.Protocol, port.Port));

        ImmutableArray<ProbeEnd> Ends(OutsideEnds outside) => thinning < Thinning.OnePairOfPods ? outside.All : outside.OneOfEach;
    }

    private IEnumerable<(Candidate Candidate, Probe Probe)> Wanted()
    {
        foreach (var wanted in _options.Wanted)
            foreach (var family in (IpFamily[])[IpFamily.V4, IpFamily.V6])
                if (EndOf(wanted.Source, family) is { } source && EndOf(wanted.Destination, family) is { } destination)
                    yield return (new(wanted.Source, wanted.Destination, new ProtocolPort(wanted.Protocol, wanted.Port)), new(source, destination, wanted.Protocol, wanted.Port));
    }

    private ProbeEnd? EndOf(Party party, IpFamily family)
    {
        if (party.IsPod) return IsProbed(party.Pod) ? EndOf(party.Pod, family) : null;
        return _sources.All.Concat(_destinations.All).FirstOrDefault(end => end.Address == party.Address && end.Address.Family == family);
    }

    private ProbeEnd? EndOf(int pod, IpFamily family)
    {
        foreach (var address in PodOf(pod).Addresses)
            if (address.Family == family) return new ProbeEnd(PodOf(pod).QualifiedName, address, IsPod: true) { Workload = _view.EntryOf(pod).Name };
        return null;
    }

    private IEnumerable<NotCovered> Gaps(int undecided)
    {
        var snapshot = _reachability.Snapshot;
        yield return new NotCovered("ICMP and other protocols beside TCP, UDP and SCTP", "probes speak these three alone");
        yield return new NotCovered("a pod and itself, a pod and its own node", "no policy concerns them");
        if (snapshot.Objects.Services.Length > 0)
            yield return new NotCovered("Services by their own addresses", "policies see the pods behind them, which are probed by their own addresses");
        foreach (var pod in snapshot.Pods)
        {
            var name = pod.FromTemplate ? pod.Workload.ToString() : pod.Pod.QualifiedName;
            if (pod.Pod.Network.HostNetwork) yield return new NotCovered(name, "it shares its node's network (hostNetwork), where no policy selects it");
            else if (pod.Pod.Addresses.IsEmpty) yield return new NotCovered(name, "it has no address");
        }

        foreach (var range in _sources.Missing) yield return new NotCovered($"{range.Name} as a source", "no address of it can exist outside the cluster here");
        foreach (var range in _destinations.Missing) yield return new NotCovered($"{range.Name} as a destination", "no address of it can exist outside the cluster here");
        foreach (var family in _view.OutsideSources.Concat(_view.OutsideDestinations).Select(range => range.Range!.Value.First.Family).Distinct())
            if (_groups.PodCount > 0 && !snapshot.Pods.Any(pod => pod.Pod.Addresses.Any(address => address.Family == family)))
                yield return new NotCovered(family == IpFamily.V4 ? "IPv4" : "IPv6", "no pod here has an address of this family");
        if (undecided > 0) yield return new NotCovered(Counted.Of(undecided, "connection"), "the input does not decide what to expect");
        foreach (var policy in snapshot.Objects.Unevaluated) yield return new NotCovered(policy.Describe(), "policies of this kind are not evaluated");
    }

    private bool IsProbed(int pod) => !PodOf(pod).Network.HostNetwork && !PodOf(pod).Addresses.IsEmpty;

    private Pod PodOf(int pod) => _reachability.Snapshot.Pods[pod].Pod;

    /// <summary>A probe as the engine sees it.</summary>
    private readonly record struct Candidate(Party Source, Party Destination, ProtocolPort Port);
}
