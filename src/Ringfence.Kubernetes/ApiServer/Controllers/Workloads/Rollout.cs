using System.Globalization;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>A Deployment with its ReplicaSets, as a controller looks at them, and how far its rollout may go.</summary>
/// <param name="Deployment">The Deployment.</param>
/// <param name="Current">The ReplicaSet of its template; null where there is none yet.</param>
/// <param name="Old">The others, the oldest first.</param>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment</remarks>
internal sealed record Rollout(Mirrored Deployment, Mirrored? Current, IReadOnlyList<Mirrored> Old)
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    /// <summary>All ReplicaSets, the oldest first.</summary>
    public IEnumerable<Mirrored> Sets => Current is null ? Old : Old.Append(Current);

    /// <summary>How many pods are wanted.</summary>
    public int Replicas => Deployment.Body.Number("spec", "replicas") ?? 1;

    /// <summary>Whether new pods come while old ones are there.</summary>
    public bool IsRolling => Deployment.Body.Text("spec", "strategy", "type") != "Recreate";

    /// <summary>Whether nothing is rolled out for now.</summary>
    public bool IsPaused => Deployment.Body.IsTrue("spec", "paused");

    /// <summary>How many pods more than wanted there may be.</summary>
    public int MaxSurge => !IsRolling ? 0 : Strategy("maxSurge", up: true);

    /// <summary>How many pods fewer than wanted may be available.</summary>
    public int MaxUnavailable
    {
        get
        {
            if (!IsRolling) return 0;
            var unavailable = Math.Min(Strategy("maxUnavailable", up: false), Replicas);

            // Rounded, both may be nothing: then it would never move.
            return unavailable == 0 && MaxSurge == 0 ? 1 : unavailable;
        }
    }

    /// <summary>How many pods a ReplicaSet wants.</summary>
    public static int Wanted(Mirrored set) => set.Body.Number("spec", "replicas") ?? 1;

    /// <summary>How many pods a ReplicaSet has.</summary>
    public static int Existing(Mirrored set) => set.Body.Number("status", "replicas") ?? 0;

    /// <summary>How many pods a ReplicaSet takes up: what it wants, or while it still has more, what it has.</summary>
    public static int Occupied(Mirrored set) => Math.Max(Wanted(set), Existing(set));

    /// <summary>How many of its pods are available.</summary>
    public static int Available(Mirrored set) => set.Body.Number("status", "availableReplicas") ?? 0;

    /// <summary>The number of a ReplicaSet's template in the Deployment's history; 0 where it has none.</summary>
    public static long RevisionOf(Mirrored item) => NumberOf(item, Revision) ?? 0;

    /// <summary>How many pods the new ReplicaSet is to have now.</summary>
    public int NextOfCurrent()
    {
        var wanted = Wanted(Current!);
        if (!IsRolling || wanted > Replicas) return Replicas;
        var room = Replicas + MaxSurge - Sets.Sum(Occupied);
        return room <= 0 ? wanted : wanted + Math.Min(room, Replicas - wanted);
    }

    /// <summary>How many pods the old ReplicaSets are to have now, so that enough stay available; those that would not change are left out.</summary>
    public Dictionary<Mirrored, int> NextOfOld()
    {
        var next = new Dictionary<Mirrored, int>();
        var leastAvailable = Replicas - MaxUnavailable;
        var surplus = Sets.Sum(Wanted) - leastAvailable - (Wanted(Current!) - Available(Current!));
        if (surplus <= 0) return next;

        // First those that do nothing: they would be in the way for good.
        foreach (var set in Old)
        {
            var sick = Math.Min(surplus, Wanted(set) - Available(set));
            if (sick <= 0) continue;
            next[set] = Wanted(set) - sick;
            surplus -= sick;
        }

        var spare = Math.Min(surplus, Sets.Sum(Available) - leastAvailable);
        foreach (var set in Old)
        {
            var wanted = next.GetValueOrDefault(set, Wanted(set));
            var fewer = Math.Min(spare, wanted);
            if (fewer <= 0) continue;
            next[set] = wanted - fewer;
            spare -= fewer;
        }

        return next;
    }

    /// <summary>How many pods each ReplicaSet is to have when the Deployment is scaled in the middle of a rollout: in proportion to what it has.</summary>
    public Dictionary<Mirrored, int> Proportional()
    {
        var active = Sets.Where(set => Wanted(set) > 0).ToList();
        if (active.Count <= 1)
        {
            var only = active.Count > 0 ? active[0] : Current ?? (Old.Count > 0 ? Old[^1] : null);
            return only is null ? [] : new() { [only] = Replicas };
        }

        if (Current is not null && Wanted(Current) == Replicas && Available(Current) == Replicas)
            return active.ToDictionary(set => set, set => set == Current ? Replicas : 0);
        if (!IsRolling) return active.ToDictionary(set => set, Wanted);

        var allowed = Replicas > 0 ? Replicas + MaxSurge : 0;
        var left = allowed - active.Sum(Wanted);
        var sorted = (left > 0
            ? active.OrderByDescending(Wanted).ThenByDescending(RevisionOf)
            : active.OrderByDescending(Wanted).ThenBy(RevisionOf)).ToList();
        var next = sorted.ToDictionary(set => set, Wanted);
        foreach (var set in sorted)
        {
            var size = NumberOf(set, MaxReplicas) is { } known and > 0 ? known : Math.Max(1, Existing(Deployment));
            var share = (int)Math.Round((double)Wanted(set) * allowed / size, MidpointRounding.AwayFromZero) - Wanted(set);
            share = left > 0 ? Math.Clamp(share, 0, left) : Math.Clamp(share, left, 0);
            next[set] += share;
            left -= share;
        }

        next[sorted[0]] = Math.Max(0, next[sorted[0]] + left);
        return next;
    }

    /// <summary>Whether the number of pods that are wanted was changed since the ReplicaSets were told.</summary>
    public bool IsScaled => Sets.Any(set => Wanted(set) > 0 && NumberOf(set, DesiredReplicas) is { } desired && desired != Replicas);

    private int Strategy(string name, bool up) =>
        IntOrPercent.Resolve(Deployment.Body.At("spec", "strategy", "rollingUpdate", name), Replicas, up, IntOrPercent.Resolve("25%", Replicas, up, 0));

    private static long? NumberOf(Mirrored item, string annotation) =>
        long.TryParse(item.Annotation(annotation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
