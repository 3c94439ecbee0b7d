using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Evidence.Planning;
using Ringfence.Evidence.Probes;
using Ringfence.Evidence.Running;
using Ringfence.Model;

namespace Ringfence.Lab.Tour;

/// <summary>
/// Tries the connections that a tour shows: from each workload and from outside to every port that a workload declares, and to the
/// addresses outside that stand for a language model's provider and for the rest of the world.
/// </summary>
internal sealed class TourProbes(LabCluster cluster)
{
    /// <summary>What the world outside is called.</summary>
    public const string Outside = "outside";

    private const int Https = 443;

    // The range that the example's platform may call, and one that it may not.
    private static readonly ImmutableArray<Address> OutsideServers = [Parse("203.0.113.10"), Parse("198.51.100.10")];

    private static readonly Address OutsideClient = Parse("198.51.100.10");

    /// <summary>Tries all of them.</summary>
    /// <param name="isWanted">Which destinations are tried; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ImmutableArray<ProbeResult>> TryAsync(Func<ProbeEnd, bool>? isWanted, CancellationToken cancellation)
    {
        var runner = new ProbeRunner(cluster.Prober, new RunOptions());
        return await runner.RunAsync([.. Choose().Where(probe => isWanted is null || isWanted(probe.Probe.Destination))], null, cancellation).ConfigureAwait(false);
    }

    private IEnumerable<PlannedProbe> Choose()
    {
        var snapshot = cluster.Reachability.Snapshot;
        var pods = Enumerable.Range(0, snapshot.Pods.Length)
            .Where(pod => cluster.Pods.ContainsKey(snapshot.Pods[pod].Pod.QualifiedName) && !snapshot.Pods[pod].Pod.Addresses.IsEmpty)
            .GroupBy(pod => snapshot.Pods[pod].Workload)
            .Select(workload => (Name: workload.Key.ToString(), Number: workload.First(), snapshot.Pods[workload.First()].Pod))
            .OrderBy(workload => workload.Name, StringComparer.Ordinal)
            .ToList();
        var clients = pods.Where(pod => pod.Pod.Namespace != "kube-system").Select(pod => (Party.OfPod(pod.Number), End(pod.Name, pod.Pod))).ToList();
        foreach (var (party, source) in clients.Append((Party.OfAddress(OutsideClient), new ProbeEnd(OutsideClient.ToString(), OutsideClient, IsPod: false) { Workload = Outside })))
        {
            foreach (var (name, number, pod) in pods)
                if (source.Workload != name)
                    foreach (var port in pod.Network.Ports.DistinctBy(port => (port.Protocol, port.Port)))
                        yield return Planned(party, source, Party.OfPod(number), End(name, pod), port.Protocol, port.Port);
            if (!source.IsPod) continue;
            foreach (var server in OutsideServers)
                yield return Planned(party, source, Party.OfAddress(server), new ProbeEnd(server.ToString(), server, IsPod: false), Protocol.Tcp, Https);
        }
    }

    private PlannedProbe Planned(Party from, ProbeEnd source, Party to, ProbeEnd destination, Protocol protocol, int port) =>
        new(new Probe(source, destination, protocol, port), Expectation.Of(cluster.Reachability.Judge(from, to, protocol, port)));

    private static ProbeEnd End(string workload, Pod pod) => new(pod.QualifiedName, pod.Addresses[0], IsPod: true) { Workload = workload };

    private static Address Parse(string text) => Address.TryParse(text, out var address) ? address : throw new ArgumentException(text, nameof(text));
}
