using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Rolls a Deployment's template out: a ReplicaSet for each template, pods moved from the old to the new.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/deployment/</remarks>
internal sealed class DeploymentController(ControllerContext context) : Controller(context, CountingPace)
{
    private static readonly string[] OwnAnnotations =
    [
        "kubectl.kubernetes.io/last-applied-configuration", Rollout.Revision, Rollout.RevisionHistory, Rollout.DesiredReplicas, Rollout.MaxReplicas,
    ];

    /// <inheritdoc/>
    public override string Name => "deployment-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var type = (now ?? before)!.Type;
        if (type == Kinds.Deployments) Queue.Add((now ?? before)!.Key);
        if (type == Kinds.ReplicaSets)
        {
            foreach (var set in new[] { before, now })
                if (set is not null)
                    foreach (var key in PodClaims.Concerned(Kinds.Deployments, set, Objects)) Queue.Add(key);
        }

        // Recreate waits for the last old pod to be gone.
        if (type == Kinds.Pods && (now is null || now.IsFinished()) && before?.Controller is { Kind: "ReplicaSet" } owner
            && Objects.Find(Kinds.ReplicaSets, before.Namespace, owner.Name)?.Controller is { Kind: "Deployment" } deployment)
            Queue.Add(new ObjectKey(Kinds.Deployments, before.Namespace, deployment.Name));
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { Selector.IsEverything: false } deployment) return;
        var rollout = Look(deployment);
        if (deployment.IsDeleting)
        {
            WriteStatus(rollout, isNew: false, refused: null);
            return;
        }

        var isNew = false;
        if (!rollout.IsPaused && !rollout.IsScaled)
        {
            // Recreate: the old pods are gone before the new ReplicaSet is there.
            if (!rollout.IsRolling && rollout.Old.Any(set => Rollout.Wanted(set) > 0))
            {
                foreach (var set in rollout.Old) Scale(rollout, set, 0);
                WriteStatus(Look(deployment), isNew: false, refused: null);
                return;
            }

            if (!rollout.IsRolling && rollout.Current is null && rollout.Old.Any(HasPods))
            {
                WriteStatus(rollout, isNew: false, refused: null);
                return;
            }

            try
            {
                isNew = MakeCurrent(rollout);
            }
            catch (ApiException exception)
            {
                WriteStatus(rollout, isNew: false, exception.Message);
                throw;
            }

            if ((deployment = Objects.Find(key)) is null) return;
            rollout = Look(deployment);
        }

        if (rollout.IsPaused || rollout.IsScaled)
        {
            foreach (var (set, replicas) in rollout.Proportional()) Scale(rollout, set, replicas);
        }
        else if (rollout.Current is not null)
        {
            Scale(rollout, rollout.Current, rollout.NextOfCurrent());
            foreach (var (set, replicas) in rollout.NextOfOld()) Scale(rollout, set, replicas);
            Tidy(rollout);
        }

        if (Objects.Find(key) is { } now) WriteStatus(Look(now), isNew, refused: null);
    }

    private static bool IsOf(Mirrored set, Mirrored deployment) =>
        PodTemplate.AreSame(set.Body.Object("spec", "template"), deployment.Body.Object("spec", "template"));

    private Rollout Look(Mirrored deployment)
    {
        var sets = PodClaims.Claim(Kinds.ReplicaSets, deployment, Objects, Writer).OrderBy(set => set.Created).ThenBy(set => set.Name, StringComparer.Ordinal).ToList();

        // Where several have the template, the oldest one is kept to, so that all restarts choose alike.
        var current = sets.Find(set => IsOf(set, deployment));
        return new Rollout(deployment, current, [.. sets.Where(set => set != current).OrderBy(Rollout.RevisionOf)]);
    }

    private bool HasPods(Mirrored set) => Objects.OwnedBy(set.Uid).Any(item => item.Type == Kinds.Pods && !item.IsFinished());

    /// <summary>Makes the ReplicaSet of the template, or gives the one that there is the newest number.</summary>
    /// <returns>Whether it was made.</returns>
    private bool MakeCurrent(Rollout rollout)
    {
        var deployment = rollout.Deployment;
        var revision = rollout.Old.Select(Rollout.RevisionOf).DefaultIfEmpty().Max() + 1;
        var current = rollout.Current;
        if (current is null)
        {
            if (Objects.Find(Kinds.Namespaces, "", deployment.Namespace) is not { IsDeleting: false }) return false;
            current = Create(rollout, revision);
            if (current is null) return false;
        }
        else
        {
            revision = Math.Max(revision, Rollout.RevisionOf(current));
            KeepAnnotations(rollout, current, revision);
        }

        if (deployment.Annotation(Rollout.Revision) != revision.ToString())
            Writer.Update(deployment, body => body.Annotate(Rollout.Revision, revision.ToString()));
        return rollout.Current is null;
    }

    private Mirrored? Create(Rollout rollout, long revision)
    {
        var deployment = rollout.Deployment;
        var template = deployment.Body.Object("spec", "template")?.Copy() ?? [];
        var hash = PodTemplate.Hash(template, deployment.Body.Number("status", "collisionCount") ?? 0);
        var labels = template.Child("metadata").Child("labels");
        labels[PodTemplate.HashLabel] = hash;
        var selector = deployment.Body.Object("spec", "selector")!.Copy();
        selector.Child("matchLabels")[PodTemplate.HashLabel] = hash;
        var set = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{deployment.Name}-{hash}",
                ["namespace"] = deployment.Namespace,
                ["labels"] = labels.Copy(),
                ["annotations"] = Annotations(rollout, revision),
                ["ownerReferences"] = new JsonArray(deployment.ControllerReference()),
            },
            ["spec"] = new JsonObject { ["selector"] = selector, ["template"] = template },
        };
        var replicas = rollout.IsRolling ? Math.Clamp(rollout.Replicas + rollout.MaxSurge - rollout.Old.Sum(Rollout.Occupied), 0, rollout.Replicas) : rollout.Replicas;
        set.Child("spec")["replicas"] = replicas;
        if (deployment.Body.Number("spec", "minReadySeconds") is { } seconds) set.Child("spec")["minReadySeconds"] = seconds;
        try
        {
            var created = Writer.Create(Kinds.ReplicaSets, set);
            if (replicas > 0) Record(deployment, "Normal", "ScalingReplicaSet", $"Scaled up replica set {created.Name} from 0 to {replicas}");
            return created;
        }
        catch (ApiException exception) when (exception.Reason == "AlreadyExists")
        {
            // Of another template or owner: the next name is taken. If it is ours after all, the watch is about to say so.
            if (Objects.Find(Kinds.ReplicaSets, deployment.Namespace, $"{deployment.Name}-{hash}") is { } other
                && (other.Controller?.Uid != deployment.Uid || !IsOf(other, deployment)))
                Writer.Update(deployment, body => body.Child("status")["collisionCount"] = (body.Number("status", "collisionCount") ?? 0) + 1, "status");
            throw;
        }
    }

    private static JsonObject Annotations(Rollout rollout, long revision)
    {
        var annotations = new JsonObject();
        foreach (var (key, value) in rollout.Deployment.Body.Labels("metadata", "annotations"))
            if (!OwnAnnotations.Contains(key)) annotations[key] = value;
        annotations[Rollout.DesiredReplicas] = rollout.Replicas.ToString();
        annotations[Rollout.MaxReplicas] = (rollout.Replicas + rollout.MaxSurge).ToString();
        annotations[Rollout.Revision] = revision.ToString();
        return annotations;
    }

    private void KeepAnnotations(Rollout rollout, Mirrored current, long revision)
    {
        var wanted = Annotations(rollout, revision);
        var minReady = rollout.Deployment.Body.Number("spec", "minReadySeconds");
        if (wanted.All(annotation => current.Annotation(annotation.Key) == annotation.Value.Text())
            && (minReady ?? 0) == (current.Body.Number("spec", "minReadySeconds") ?? 0)) return;
        Writer.Update(current, body =>
        {
            var before = Rollout.RevisionOf(current);
            if (before != 0 && before != revision)
            {
                var history = current.Annotation(Rollout.RevisionHistory);
                body.Annotate(Rollout.RevisionHistory, history is null ? before.ToString() : $"{history},{before}");
            }

            foreach (var (key, value) in wanted) body.Annotate(key, value.Text()!);
            if (minReady is { } seconds) body.Child("spec")["minReadySeconds"] = seconds;
            else body.Child("spec").Remove("minReadySeconds");
        });
    }

    private void Scale(Rollout rollout, Mirrored set, int replicas)
    {
        var before = Rollout.Wanted(set);
        var desired = rollout.Replicas.ToString();
        var most = (rollout.Replicas + rollout.MaxSurge).ToString();
        if (before == replicas && set.Annotation(Rollout.DesiredReplicas) == desired && set.Annotation(Rollout.MaxReplicas) == most) return;
        var written = Writer.Update(set, body =>
        {
            body.Child("spec")["replicas"] = replicas;
            body.Annotate(Rollout.DesiredReplicas, desired);
            body.Annotate(Rollout.MaxReplicas, most);
        });
        if (written is not null && before != replicas)
            Record(rollout.Deployment, "Normal", "ScalingReplicaSet", $"Scaled {(replicas > before ? "up" : "down")} replica set {set.Name} from {before} to {replicas}");
    }

    /// <summary>Removes ReplicaSets that are too far back in the history.</summary>
    private void Tidy(Rollout rollout)
    {
        var kept = rollout.Deployment.Body.Number("spec", "revisionHistoryLimit") ?? 10;
        var done = rollout.Old.Where(set => !set.IsDeleting && Rollout.Wanted(set) == 0 && Rollout.Existing(set) == 0
            && set.Body.Number("status", "observedGeneration") >= set.Generation).ToList();
        foreach (var set in done.Take(Math.Max(0, done.Count - kept))) Writer.Delete(set);
    }

    private void WriteStatus(Rollout rollout, bool isNew, string? refused)
    {
        var status = RolloutStatus.Make(rollout, isNew, refused, Now, out var left);
        Writer.UpdateStatus(rollout.Deployment, status);
        if (left is { } rest) Queue.AddAfter(rollout.Deployment.Key, rest);
    }
}
