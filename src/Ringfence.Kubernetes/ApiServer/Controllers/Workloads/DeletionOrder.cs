using System.Globalization;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Which of a ReplicaSet's pods go first: those that do the least.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset</remarks>
internal static class DeletionOrder
{
    /// <summary>The pods, those that go first in front.</summary>
    public static IEnumerable<Mirrored> Sort(IReadOnlyCollection<Mirrored> pods, DateTimeOffset now)
    {
        var onNode = pods.Where(pod => pod.Node() is not null).CountBy(pod => pod.Node()!).ToDictionary();
        return pods
            .OrderBy(pod => pod.Node() is null ? 0 : 1)
            .ThenBy(pod => pod.Phase() switch { "Pending" => 0, "Unknown" => 1, _ => 2 })
            .ThenBy(pod => pod.IsReady() ? 1 : 0)
            .ThenBy(Cost)
            .ThenByDescending(pod => pod.Node() is { } node ? onNode[node] : 0)
            .ThenBy(pod => Magnitude(now - (pod.Condition("Ready").Time("lastTransitionTime") ?? pod.Created)))
            .ThenByDescending(Restarts)
            .ThenBy(pod => Magnitude(now - pod.Created))
            .ThenByDescending(pod => pod.Version);
    }

    private static int Cost(Mirrored pod) =>
        int.TryParse(pod.Annotation("controller.kubernetes.io/pod-deletion-cost"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost) ? cost : 0;

    private static int Restarts(Mirrored pod) =>
        pod.Body.Items("status", "containerStatuses").Select(container => container.Number("restartCount") ?? 0).DefaultIfEmpty().Max();

    // Times are compared by their order of magnitude only, so that a second more or less does not decide.
    private static int Magnitude(TimeSpan age) => age.TotalSeconds < 1 ? 0 : (int)Math.Log2(age.TotalSeconds) + 1;
}
