using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Keeps the EndpointSlices of Services with a selector: one or more for each family and each set of ports that its pods have.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/</remarks>
internal sealed class EndpointSliceController(ControllerContext context) : Controller(context, ListingPace)
{
    public const string ServiceLabel = "kubernetes.io/service-name";
    private const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    private const string ManagedBy = "endpointslice-controller.k8s.io";
    private const string HeadlessLabel = "service.kubernetes.io/headless";
    private const int MostEndpoints = 100;

    /// <inheritdoc/>
    public override string Name => "endpoint-slice-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var item = (now ?? before)!;
        if (item.Type == Kinds.Services) Queue.Add(item.Key);
        else if (item.Type == Kinds.EndpointSlices && item.Labels[ManagedByLabel] == ManagedBy && item.Labels[ServiceLabel] is { } name) Queue.Add(new ObjectKey(Kinds.Services, item.Namespace, name));
        else if (item.Type == Kinds.Pods && Endpoint.HasChanged(before, now)) Endpoint.AddServicesOf(before, now, Objects, Queue);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { IsDeleting: false } service) return;
        var isExternal = service.Body.Text("spec", "type") == "ExternalName";
        if (!isExternal && !Endpoint.IsSelecting(service)) return;
        if (Objects.Find(Kinds.Namespaces, "", key.Namespace) is not { IsDeleting: false }) return;
        var existing = Objects.In(Kinds.EndpointSlices, key.Namespace)
            .Where(slice => slice.Labels[ServiceLabel] == key.Name && slice.Labels[ManagedByLabel] == ManagedBy && !slice.IsDeleting)
            .OrderBy(slice => slice.Name, StringComparer.Ordinal)
            .ToList();
        if (isExternal)
        {
            foreach (var slice in existing) Writer.Delete(slice);
            return;
        }

        var pods = Endpoint.PodsOf(service, Objects);
        var kept = new HashSet<Mirrored>();
        foreach (var family in Endpoint.FamiliesOf(service, Context.Options.Services)) KeepFamily(service, family, pods, existing, kept);
        foreach (var surplus in existing.Where(slice => !kept.Contains(slice))) Writer.Delete(surplus);
    }

    private static string TypeOf(IpFamily family) => family == IpFamily.V4 ? "IPv4" : "IPv6";

    private void KeepFamily(Mirrored service, IpFamily family, List<Mirrored> pods, List<Mirrored> existing, HashSet<Mirrored> kept)
    {
        var type = TypeOf(family);
        var slices = existing.Where(slice => slice.Body.Text("addressType") == type).ToList();
        var groups = new Dictionary<string, (JsonArray Ports, Dictionary<string, JsonObject> Endpoints)>();
        foreach (var pod in pods)
        {
            if (Endpoint.Make(service, pod, family) is not { } endpoint) continue;
            var ports = EndpointPorts.Of(service, pod);
            if (ports.Count == 0 && service.Body.Items("spec", "ports").Any()) continue;
            var text = ports.ToJsonString();
            if (!groups.TryGetValue(text, out var group)) groups[text] = group = (ports, []);
            group.Endpoints[pod.Uid] = endpoint;
        }

        // Without endpoints there is a slice still: it says that there are none.
        if (groups.Count == 0) groups[""] = ([], []);
        foreach (var (ports, endpoints) in groups.Values)
        {
            var placed = new List<(Mirrored? Slice, List<JsonObject> Endpoints)>();
            var rest = new Dictionary<string, JsonObject>(endpoints);
            foreach (var slice in slices.Where(slice => !kept.Contains(slice) && JsonNode.DeepEquals(slice.Body.At("ports") ?? new JsonArray(), ports)))
            {
                var stay = new List<JsonObject>();
                foreach (var uid in slice.Body.Items("endpoints").Select(endpoint => endpoint.Text("targetRef", "uid")))
                    if (uid is not null && rest.Remove(uid, out var endpoint)) stay.Add(endpoint);
                placed.Add((slice, stay));
            }

            var queue = new Queue<JsonObject>(rest.Values);
            foreach (var (_, stay) in placed)
                while (stay.Count < MostEndpoints && queue.TryDequeue(out var endpoint)) stay.Add(endpoint);
            placed.RemoveAll(slice => slice.Endpoints.Count == 0 && (endpoints.Count > 0 || slice != placed[0]));
            while (queue.Count > 0 || placed.Count == 0)
            {
                var more = new List<JsonObject>();
                while (more.Count < MostEndpoints && queue.TryDequeue(out var endpoint)) more.Add(endpoint);
                placed.Add((null, more));
            }

            foreach (var (slice, stay) in placed)
            {
                if (slice is not null) kept.Add(slice);
                Keep(service, type, slice, ports, stay);
            }
        }
    }

    private void Keep(Mirrored service, string type, Mirrored? slice, JsonArray ports, List<JsonObject> endpoints)
    {
        var labels = service.Labels.ToJson();
        labels[ServiceLabel] = service.Name;
        labels[ManagedByLabel] = ManagedBy;
        labels.Remove(HeadlessLabel);
        if (service.Body.Text("spec", "clusterIP") == "None") labels[HeadlessLabel] = "";
        var list = endpoints.ToJson();
        if (slice is null)
        {
            Writer.Create(Kinds.EndpointSlices, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["generateName"] = service.Name + "-",
                    ["namespace"] = service.Namespace,
                    ["labels"] = labels,
                    ["ownerReferences"] = new JsonArray(service.ControllerReference()),
                },
                ["addressType"] = type,
                ["endpoints"] = list,
                ["ports"] = ports.DeepClone(),
            });
        }
        else if (!JsonNode.DeepEquals(slice.Body.At("endpoints") ?? new JsonArray(), list)
            || !JsonNode.DeepEquals(slice.Body.Object("metadata", "labels"), labels)
            || slice.Controller?.Uid != service.Uid)
        {
            Writer.Update(slice, body =>
            {
                body["endpoints"] = list;
                body.Child("metadata")["labels"] = labels;
                body.Child("metadata")["ownerReferences"] = new JsonArray(service.ControllerReference());
            });
        }
    }
}
