namespace Ringfence.Lab.Daemon;

/// <summary>Says how other processes get into a pod's network.</summary>
internal static class PodFinder
{
    /// <summary>Finds a pod.</summary>
    /// <exception cref="LabException">There is none of this name.</exception>
    public static PodReply Find(LabCluster cluster, string @namespace, string name)
    {
        if (!cluster.Pods.TryGetValue($"{@namespace}/{name}", out var pod)) throw new LabException($"there is no pod {@namespace}/{name} in this lab");
        var dns = cluster.State.Services.FirstOrDefault(service => service is { Namespace: "kube-system", Name: "kube-dns" });
        return new PodReply(
            @namespace, name, pod.Network.Path,
            [.. pod.Pod.Addresses.Select(address => address.ToString())],
            [.. (dns?.ClusterIPs ?? []).Select(address => address.ToString())]);
    }
}
