using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Keeps as many pods of a Job as may run at once until enough have succeeded or too many failed.</summary>
/// <remarks>
/// https://kubernetes.io/docs/concepts/workloads/controllers/job/. A pod counts as long as it is there: what ended and is deleted before its Job is
/// finished is done again.
/// </remarks>
internal sealed class JobController(ControllerContext context) : Controller(context, CountingPace)
{
    private const string IndexAnnotation = "batch.kubernetes.io/job-completion-index";

    private readonly PodCreation _pods = new(context, "job-controller");

    /// <inheritdoc/>
    public override string Name => "job-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var type = (now ?? before)!.Type;
        if (type == Kinds.Jobs) Queue.Add((now ?? before)!.Key);
        if (type != Kinds.Pods) return;
        foreach (var pod in new[] { before, now })
            if (pod is not null)
                foreach (var key in PodClaims.Concerned(Kinds.Jobs, pod, Objects)) Queue.Add(key);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { IsDeleting: false, Selector: not null } job) return;
        if (Ending(job) is { } ended)
        {
            Expire(job, ended);
            return;
        }

        PodClaims.Claim(Kinds.Pods, job, Objects, Writer);
        var pods = PodsOf(job);
        var succeeded = pods.Where(pod => pod.Phase() == "Succeeded").ToList();
        var failed = pods.Count(pod => pod.Phase() == "Failed");
        var done = IsIndexed(job) ? succeeded.Select(Index).Distinct().Count() : succeeded.Count;
        var completions = job.Body.Number("spec", "completions");
        var active = pods.Where(pod => pod.IsActive()).ToList();
        var status = job.Body.Object("status")?.Copy() ?? [];
        var isSuspended = job.Body.IsTrue("spec", "suspend");
        if (!isSuspended) status["startTime"] ??= Now.ToText();

        if (completions is { } all ? done >= all : succeeded.Count > 0 && active.Count == 0)
        {
            Finish(job, status, active, "Complete", "CompletionsReached", "Reached expected number of succeeded pods");
            status["completionTime"] = Now.ToText();
            Record(job, "Normal", "Completed", "Job completed");
            active = [];
        }
        else if (failed > (job.Body.Number("spec", "backoffLimit") ?? 6))
        {
            Finish(job, status, active, "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
            active = [];
        }
        else if (IsLate(job, status))
        {
            Finish(job, status, active, "Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
            active = [];
        }
        else
        {
            var running = isSuspended ? 0 : job.Body.Number("spec", "parallelism") ?? 1;
            if (completions is { } wanted) running = Math.Min(running, wanted - done);
            else if (succeeded.Count > 0) running = Math.Min(running, active.Count);
            if (isSuspended) Conditions.Set(status, Now, "Suspended", "True", "JobSuspended", "Job suspended", "lastProbeTime");
            else if (Conditions.Find(status, "Suspended") is not null) Conditions.Set(status, Now, "Suspended", "False", "JobResumed", "Job resumed", "lastProbeTime");
            active = Scale(job, active, succeeded, running);
        }

        ReplicaSetController.SetCount(status, "active", active.Count);
        ReplicaSetController.SetCount(status, "succeeded", done);
        ReplicaSetController.SetCount(status, "failed", failed);
        status["ready"] = active.Count(pod => pod.IsReady());
        status["terminating"] = PodsOf(job).Count(pod => pod.IsDeleting && !pod.IsFinished());
        status["uncountedTerminatedPods"] ??= new JsonObject();
        if (IsIndexed(job) && succeeded.Count > 0) status["completedIndexes"] = string.Join(',', succeeded.Select(Index).Distinct().Order());
        Writer.UpdateStatus(job, status);
    }

    private static bool IsIndexed(Mirrored job) => job.Body.Text("spec", "completionMode") == "Indexed";

    private static int Index(Mirrored pod) => int.TryParse(pod.Annotation(IndexAnnotation), out var index) ? index : -1;

    private static JsonObject? Ending(Mirrored job) => job.Body.Items("status", "conditions")
        .FirstOrDefault(condition => condition.Text("type") is "Complete" or "Failed" && condition.Text("status") == "True");

    private List<Mirrored> PodsOf(Mirrored job) =>
        [.. Objects.OwnedBy(job.Uid).Where(pod => pod.Type == Kinds.Pods).OrderBy(pod => pod.Created).ThenBy(pod => pod.Name, StringComparer.Ordinal)];

    private void Finish(Mirrored job, JsonObject status, List<Mirrored> active, string condition, string reason, string message)
    {
        foreach (var pod in active) _pods.Delete(job, pod);
        if (condition == "Complete") Conditions.Set(status, Now, "SuccessCriteriaMet", "True", reason, message, "lastProbeTime");
        else Conditions.Set(status, Now, "FailureTarget", "True", reason, message, "lastProbeTime");
        Conditions.Set(status, Now, condition, "True", reason, message, "lastProbeTime");
        if (condition == "Failed") Record(job, "Warning", reason, message);
        Queue.Add(job.Key);
    }

    private bool IsLate(Mirrored job, JsonObject status)
    {
        if (job.Body.Number("spec", "activeDeadlineSeconds") is not { } seconds || status.Time("startTime") is not { } start) return false;
        var left = start + TimeSpan.FromSeconds(seconds) - Now;
        if (left > TimeSpan.Zero) Queue.AddAfter(job.Key, left);
        return left <= TimeSpan.Zero;
    }

    private void Expire(Mirrored job, JsonObject ended)
    {
        if (job.Body.Number("spec", "ttlSecondsAfterFinished") is not { } seconds) return;
        var left = (ended.Time("lastTransitionTime") ?? Now) + TimeSpan.FromSeconds(seconds) - Now;
        if (left > TimeSpan.Zero) Queue.AddAfter(job.Key, left);
        else Writer.Delete(job, "Background");
    }

    private List<Mirrored> Scale(Mirrored job, List<Mirrored> active, List<Mirrored> succeeded, int wanted)
    {
        if (active.Count > wanted)
        {
            var surplus = DeletionOrder.Sort(active, Now).Take(active.Count - wanted).ToList();
            foreach (var pod in surplus) _pods.Delete(job, pod);
            return [.. active.Except(surplus)];
        }

        if (active.Count == wanted || _pods.IsEnding(job.Namespace)) return active;
        var taken = active.Concat(succeeded).Select(Index).ToHashSet();
        for (var index = 0; active.Count < wanted; index++)
        {
            var isIndexed = IsIndexed(job);
            if (isIndexed && taken.Contains(index)) continue;
            var pod = PodTemplate.MakePod(job, job.Body.Object("spec", "template") ?? []);
            pod.Child("metadata")["generateName"] = isIndexed ? $"{job.Name}-{index}-" : $"{job.Name}-";
            if (isIndexed)
            {
                pod.Annotate(IndexAnnotation, index.ToString());
                pod.Child("metadata").Child("labels")[IndexAnnotation] = index.ToString();
                pod.Child("spec")["hostname"] = $"{job.Name}-{index}";
            }

            active.Add(_pods.Create(job, pod));
        }

        return active;
    }
}
