using System.Globalization;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>How many pods that have not ended are on each node.</summary>
internal sealed class NodeLoad
{
    private readonly Dictionary<string, int> _pods = [];

    /// <summary>The number of pods on a node.</summary>
    public int Of(string node) => _pods.GetValueOrDefault(node);

    /// <summary>Takes a pod's change.</summary>
    public void Observe(Mirrored? before, Mirrored? now)
    {
        Count(before, -1);
        Count(now, 1);
    }

    /// <summary>Whether a node takes no more pods.</summary>
    public bool IsFull(Mirrored node) =>
        int.TryParse(node.Body.Text("status", "allocatable", "pods"), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && Of(node.Name) >= most;

    private void Count(Mirrored? pod, int by)
    {
        if (pod?.Node() is not { } node || pod.IsFinished()) return;
        var count = Of(node) + by;
        if (count == 0) _pods.Remove(node);
        else _pods[node] = count;
    }
}
