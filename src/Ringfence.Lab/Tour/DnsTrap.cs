using System.Collections.Immutable;
using Ringfence.Engine;
using Ringfence.Lab.Planning;
using Ringfence.Model;

namespace Ringfence.Lab.Tour;

/// <summary>A name looked up from a pod: what a denied egress breaks first.</summary>
internal static class DnsTrap
{
    private const string Pod = "ai-platform/chat-ui";
    private const string Name = "rag-api.ai-platform.svc.cluster.local";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Looks the name up, and says what came of it, and whether that is what the engine says about asking cluster DNS.</summary>
    public static async Task<DnsLook> LookAsync(LabCluster cluster, CancellationToken cancellation)
    {
        var snapshot = cluster.Reachability.Snapshot;
        var pod = cluster.Pods.Values.First(pod => snapshot.Pods[snapshot.FindPod(pod.Pod.Namespace, pod.Pod.Name)].Workload.ToString() == Pod);
        var server = cluster.State.Services.First(service => service is { Namespace: "kube-system", Name: "kube-dns" }).ClusterIPs[0];
        var answer = await NameLookup.AskAsync(pod.Network, server, Name, Patience, cancellation).ConfigureAwait(false);
        var isAllowed = Enumerable.Range(0, snapshot.Pods.Length).Any(other => ClusterDns.IsServer(snapshot.Pods[other].Pod)
            && cluster.Reachability.Judge(
                Party.OfPod(snapshot.FindPod(pod.Pod.Namespace, pod.Pod.Name)), Party.OfPod(other), Protocol.Udp, ClusterDns.Port).Outcome == Outcome.Allowed);
        var text = $"{Pod} looks up rag-api: {answer ?? "no answer"}";
        return new DnsLook(text, answer is not null, isAllowed == answer is not null ? [] : [$"{text}, but the engine {(isAllowed ? "allows" : "denies")} the question"]);
    }
}

/// <summary>What became of a name that was looked up.</summary>
/// <param name="Text">In words.</param>
/// <param name="IsAnswered">Whether somebody answered.</param>
/// <param name="Differences">A sentence where that is not what the engine says.</param>
internal sealed record DnsLook(string Text, bool IsAnswered, ImmutableArray<string> Differences);
