using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Engine;
using Ringfence.Lab.Planning;
using Ringfence.Model;

namespace Ringfence.Lab.Daemon;

/// <summary>Finds connections by name that are worth a try, by asking the engine: one that is allowed, one that is denied.</summary>
internal static class Suggesting
{
    // Enough to find both in most clusters, and nothing to wait for in large ones.
    private const int MostTried = 2000;

    /// <summary>The suggestions, the allowed one first.</summary>
    public static ImmutableArray<Suggestion> For(Reachability reachability)
    {
        var snapshot = reachability.Snapshot;
        var servers = Numbers(snapshot, ClusterDns.IsServer).ToList();
        // A name must be found before a connection is tried; where that is denied, it says little about the connection.
        var clients = Numbers(snapshot, pod => !ClusterDns.IsServer(pod))
            .DistinctBy(pod => snapshot.Pods[pod].Workload)
            .Where(pod => servers.Exists(server => IsAllowed(reachability, pod, server, Protocol.Udp, ClusterDns.Port)))
            .ToList();
        // Within a namespace first: those names are the shortest.
        var tried = Candidates(reachability, clients, own: true).Concat(Candidates(reachability, clients, own: false)).Take(MostTried);
        var found = new Suggestion?[2];
        foreach (var suggestion in tried)
        {
            found[suggestion.Allowed ? 0 : 1] ??= suggestion;
            if (found is [not null, not null]) break;
        }

        return [.. found.OfType<Suggestion>()];
    }

    private static IEnumerable<Suggestion> Candidates(Reachability reachability, List<int> clients, bool own)
    {
        var snapshot = reachability.Snapshot;
        foreach (var service in snapshot.Objects.Services.OrderBy(service => service.QualifiedName, StringComparer.Ordinal))
        {
            if (service.Ports.FirstOrDefault(port => port.Protocol == Protocol.Tcp) is not { } port) continue;
            var targets = ServiceRoutes.Resolve(snapshot, service, port).Targets;
            if (targets.IsEmpty || targets.Any(target => !target.Party.IsPod || ClusterDns.IsServer(snapshot.Pods[target.Party.Pod].Pod))) continue;
            var number = service is { ClusterIPs.IsEmpty: true } ? targets[0].Port : port.Port;
            foreach (var client in clients)
            {
                var pod = snapshot.Pods[client];
                if (pod.Pod.Namespace == service.Namespace != own) continue;
                if (targets.Any(target => snapshot.Pods[target.Party.Pod].Workload == pod.Workload)) continue;
                var outcomes = targets.Select(target => IsAllowed(reachability, client, target.Party.Pod, Protocol.Tcp, target.Port)).Distinct().ToList();
                // Where it depends on the endpoint, a try shows now one thing and now the other.
                if (outcomes.Count > 1) continue;
                var host = pod.Pod.Namespace == service.Namespace ? service.Name : $"{service.Name}.{service.Namespace}";
                yield return new Suggestion(
                    $"{pod.Pod.Namespace}/{pod.Workload.Name}", string.Create(CultureInfo.InvariantCulture, $"http://{host}:{number}"), outcomes[0]);
            }
        }
    }

    private static IEnumerable<int> Numbers(Snapshot snapshot, Func<Pod, bool> isWanted) => Enumerable.Range(0, snapshot.Pods.Length)
        .Where(pod => !snapshot.Pods[pod].Pod.Network.HostNetwork && !snapshot.Pods[pod].Pod.Addresses.IsEmpty && isWanted(snapshot.Pods[pod].Pod));

    private static bool IsAllowed(Reachability reachability, int from, int to, Protocol protocol, int port) =>
        reachability.Judge(Party.OfPod(from), Party.OfPod(to), protocol, port).Outcome == Outcome.Allowed;
}
