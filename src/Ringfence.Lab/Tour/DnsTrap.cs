namespace Ringfence.Lab.Tour;

/// <summary>A name looked up from a pod: what a denied egress breaks first.</summary>
internal static class DnsTrap
{
    private const string Pod = "ai-platform/chat-ui";
    private const string Name = "rag-api.ai-platform.svc.cluster.local";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Looks the name up, and says what came of it.</summary>
    public static async Task<string> LookAsync(LabCluster cluster, CancellationToken cancellation)
    {
        var snapshot = cluster.Reachability.Snapshot;
        var pod = cluster.Pods.Values.First(pod => snapshot.Pods[snapshot.FindPod(pod.Pod.Namespace, pod.Pod.Name)].Workload.ToString() == Pod);
        var server = cluster.State.Services.First(service => service is { Namespace: "kube-system", Name: "kube-dns" }).ClusterIPs[0];
        var answer = await NameLookup.AskAsync(pod.Network, server, Name, Patience, cancellation).ConfigureAwait(false);
        return $"{Pod} looks up rag-api: {answer ?? "no answer"}";
    }
}
