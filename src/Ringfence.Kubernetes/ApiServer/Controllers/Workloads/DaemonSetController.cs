using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Keeps one pod of a DaemonSet on every node that its template fits.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/</remarks>
internal sealed class DaemonSetController(ControllerContext context) : Controller(context, CountingPace)
{
    private static readonly (string Key, string Effect)[] Tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    private readonly PodCreation _pods = new(context, "daemonset-controller");
    private readonly RevisionHistory _history = new(context);

    /// <inheritdoc/>
    public override string Name => "daemonset-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var type = (now ?? before)!.Type;
        if (type == Kinds.DaemonSets) Queue.Add((now ?? before)!.Key);
        if (type == Kinds.Nodes && Scheduler.HasNodeChanged(before, now))
        {
            foreach (var set in Objects.All(Kinds.DaemonSets)) Queue.Add(set.Key);
        }

        if (type != Kinds.Pods) return;
        foreach (var pod in new[] { before, now })
            if (pod is not null)
                foreach (var key in PodClaims.Concerned(Kinds.DaemonSets, pod, Objects)) Queue.Add(key);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { Selector: not null } set) return;
        PodClaims.Claim(Kinds.Pods, set, Objects, Writer);
        var template = MakeSpec(set);
        var fitting = Objects.All(Kinds.Nodes).Where(node => NodeFit.WhyNot(template, node) is null).Select(node => node.Name).Order(StringComparer.Ordinal).ToList();
        if (set.IsDeleting || _pods.IsEnding(set.Namespace))
        {
            WriteStatus(set, fitting, null);
            return;
        }

        if (_history.Current(set) is not { } revision) return;
        var hash = revision[(set.Name.Length + 1)..];
        try
        {
            Place(set, fitting, hash);
            if (set.Body.Text("spec", "updateStrategy", "type") != "OnDelete") Update(set, fitting, hash);
        }
        finally
        {
            WriteStatus(set, fitting, hash);
        }

        var used = PodsOf(set).Select(pod => $"{set.Name}-{pod.Labels[RevisionHistory.HashLabel]}").Append(revision);
        _history.Tidy(set, used.ToHashSet());
    }

    /// <summary>The template's spec with what pods of DaemonSets put up with.</summary>
    private static JsonObject MakeSpec(Mirrored set)
    {
        var spec = set.Body.Object("spec", "template", "spec")?.Copy() ?? [];
        var tolerations = spec.Items("tolerations").Select(toleration => toleration.Copy()).ToList();
        var network = spec.IsTrue("hostNetwork") ? new[] { ("node.kubernetes.io/network-unavailable", "NoSchedule") } : [];
        foreach (var (key, effect) in Tolerated.Concat(network))
        {
            var toleration = new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = effect };
            if (!tolerations.Exists(given => JsonNode.DeepEquals(given, toleration))) tolerations.Add(toleration);
        }

        spec["tolerations"] = tolerations.ToJson();
        return spec;
    }

    private static string? NodeOf(Mirrored pod) => pod.Node() ?? pod.Body
        .Items("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
        .SelectMany(term => term.Items("matchFields"))
        .Where(field => field.Text("key") == "metadata.name")
        .SelectMany(field => field.Texts("values"))
        .FirstOrDefault();

    private IEnumerable<Mirrored> PodsOf(Mirrored set) => Objects.OwnedBy(set.Uid).Where(pod => pod.Type == Kinds.Pods && set.Selector!.Matches(pod.Labels));

    private void Place(Mirrored set, List<string> fitting, string hash)
    {
        var onNode = PodsOf(set).Where(pod => NodeOf(pod) is not null).ToLookup(pod => NodeOf(pod)!);
        foreach (var node in fitting)
        {
            // Of several the oldest stays; one that ended makes room for another.
            var pods = onNode[node].Where(pod => !pod.IsDeleting).OrderBy(pod => pod.IsFinished()).ThenBy(pod => pod.Created).ThenBy(pod => pod.Name, StringComparer.Ordinal).ToList();
            foreach (var surplus in pods.Where((pod, place) => place > 0 || pod.IsFinished())) _pods.Delete(set, surplus);
            if (!onNode[node].Any(pod => Objects.Find(pod.Key) is not null)) Create(set, node, hash);
        }

        foreach (var node in Objects.All(Kinds.Nodes).ExceptBy(fitting, node => node.Name))
            foreach (var pod in onNode[node.Name].Where(pod => !pod.IsDeleting && !NodeFit.MayStay(pod.Body.Object("spec") ?? [], node))) _pods.Delete(set, pod);
        foreach (var gone in onNode.Where(pods => Objects.Find(Kinds.Nodes, "", pods.Key) is null))
            foreach (var pod in gone.Where(pod => !pod.IsDeleting)) _pods.Delete(set, pod);
    }

    private void Create(Mirrored set, string node, string hash)
    {
        var pod = PodTemplate.MakePod(set, set.Body.Object("spec", "template") ?? []);
        var metadata = pod.Child("metadata");
        metadata["generateName"] = set.Name + "-";
        metadata.Child("labels")[RevisionHistory.HashLabel] = hash;
        var spec = MakeSpec(set);
        var term = new JsonObject
        {
            ["matchFields"] = new JsonArray(new JsonObject { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray((JsonNode)node) }),
        };

        // The node fits what the template asks for, so that its name is all that is left to ask for.
        spec.Child("affinity").Child("nodeAffinity")["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject { ["nodeSelectorTerms"] = new JsonArray(term) };
        pod["spec"] = spec;
        _pods.Create(set, pod);
    }

    private void Update(Mirrored set, List<string> fitting, string hash)
    {
        var pods = PodsOf(set).Where(pod => !pod.IsDeleting && NodeOf(pod) is { } node && fitting.Contains(node)).ToList();
        var most = Math.Max(1, IntOrPercent.Resolve(set.Body.At("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), fitting.Count, up: true, 1));
        var old = pods.Where(pod => pod.Labels[RevisionHistory.HashLabel] != hash).OrderBy(NodeOf, StringComparer.Ordinal).ToList();

        // What is not available anyway can be replaced at no cost.
        foreach (var pod in old.Where(pod => !pod.IsReady())) _pods.Delete(set, pod);
        var room = most - (fitting.Count - pods.Count(pod => pod.IsReady()));
        foreach (var pod in old.Where(pod => pod.IsReady()).Take(Math.Max(0, room))) _pods.Delete(set, pod);
    }

    private void WriteStatus(Mirrored set, List<string> fitting, string? hash)
    {
        if (Objects.Find(set.Key) is not { } now) return;
        var minReady = now.Body.Number("spec", "minReadySeconds") ?? 0;
        var pods = PodsOf(now).Where(pod => pod.IsActive() && NodeOf(pod) is not null).ToList();
        var wanted = pods.Where(pod => fitting.Contains(NodeOf(pod)!)).DistinctBy(NodeOf).ToList();
        var available = 0;
        foreach (var pod in wanted)
        {
            if (pod.IsAvailable(minReady, Now, out var left)) available++;
            else if (left is { } rest) Queue.AddAfter(set.Key, rest);
        }

        var status = now.Body.Object("status")?.Copy() ?? [];
        status["currentNumberScheduled"] = wanted.Count;
        status["desiredNumberScheduled"] = fitting.Count;
        status["numberMisscheduled"] = pods.Select(pod => NodeOf(pod)!).Distinct().Except(fitting).Count();
        status["numberReady"] = wanted.Count(pod => pod.IsReady());
        status["observedGeneration"] = now.Generation;
        ReplicaSetController.SetCount(status, "numberAvailable", available);
        ReplicaSetController.SetCount(status, "numberUnavailable", fitting.Count - available);
        if (hash is not null) ReplicaSetController.SetCount(status, "updatedNumberScheduled", wanted.Count(pod => pod.Labels[RevisionHistory.HashLabel] == hash));
        Writer.UpdateStatus(now, status);
    }
}
