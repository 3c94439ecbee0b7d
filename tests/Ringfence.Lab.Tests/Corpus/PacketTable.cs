using System.Collections.Immutable;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Lab.Tests.Corpus;

/// <summary>Tries connections between all pods of a lab at once, and says which ones got through.</summary>
internal static class PacketTable
{
    private const int Tries = 4;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(10);

    /// <summary>The connections for which packets and <paramref name="isOpen"/> differ, as text. Pods to themselves are left out: policy has no say there.</summary>
    public static async Task<ImmutableArray<string>> DifferencesAsync(
        LabCluster lab, IEnumerable<(Protocol Protocol, int Port)> ports, Func<string, string, Protocol, int, bool> isOpen, CancellationToken cancellation,
        Func<string, bool>? isTried = null)
    {
        var pods = lab.Pods.Where(pod => pod.Value.Interface is not null && pod.Value.Pod.Namespace != "kube-system" && isTried?.Invoke(pod.Key) != false).Select(pod => pod.Key).ToList();
        var families = lab.Pods[pods[0]].Pod.Addresses.Select(address => address.Family).ToList();
        var trials = from port in ports
                     from source in pods
                     from destination in pods
                     where source != destination
                     from family in families
                     select TryAsync(lab, End(lab, source, family), End(lab, destination, family), port.Protocol, port.Port, isOpen(source, destination, port.Protocol, port.Port), cancellation);
        var differences = await Task.WhenAll(trials);
        return [.. differences.OfType<string>().Order(StringComparer.Ordinal)];
    }

    private static async Task<string?> TryAsync(
        LabCluster lab, ProbeEnd source, ProbeEnd destination, Protocol protocol, int port, bool expected, CancellationToken cancellation)
    {
        var probe = new Probe(source, destination, protocol, port);
        var seen = new List<Attempt>();
        for (var i = 0; i < Tries; i++)
        {
            var attempt = await lab.Prober.TryAsync(probe, i == 0 ? FirstWait : LongWait, cancellation);
            seen.Add(attempt);
            var passed = attempt.Observed is Observed.Answered or Observed.Refused;
            if (passed == expected) return null;

            // What was let in once though it is denied is a leak: no second try makes it good.
            if (passed) break;
        }

        return $"{source.Name} to {destination.Name} at {destination.Address} {protocol.ToText()} {port}: expected {(expected ? "open" : "closed")}, saw {string.Join(", ", seen.Select(attempt => $"{attempt.Observed} {attempt.Detail}"))}";
    }

    private static ProbeEnd End(LabCluster lab, string name, IpFamily family) =>
        new(name, lab.Pods[name].Pod.Addresses.First(address => address.Family == family), IsPod: true);
}
