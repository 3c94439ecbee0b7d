using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Keeps the <c>Endpoints</c> of Services with a selector, the older form of EndpointSlices: one family, at most a thousand addresses.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/service/#endpoints</remarks>
internal sealed class EndpointsController(ControllerContext context) : Controller(context, ListingPace)
{
    // EndpointSlices are not to be made of these a second time.
    private const string SkipLabel = "endpointslice.kubernetes.io/skip-mirror";
    private const int Most = 1000;

    /// <inheritdoc/>
    public override string Name => "endpoint-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var item = (now ?? before)!;
        if (item.Type == Kinds.Services || item.Type == Kinds.Endpoints) Queue.Add(new ObjectKey(Kinds.Services, item.Namespace, item.Name));
        else if (item.Type == Kinds.Pods && Endpoint.HasChanged(before, now)) Endpoint.AddServicesOf(before, now, Objects, Queue);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        var existing = Objects.Find(Kinds.Endpoints, key.Namespace, key.Name);
        if (Objects.Find(key) is not { } service)
        {
            if (existing?.Labels[SkipLabel] is not null) Writer.Delete(existing);
            return;
        }

        if (service.IsDeleting || !Endpoint.IsSelecting(service)) return;
        if (Objects.Find(Kinds.Namespaces, "", key.Namespace) is not { IsDeleting: false }) return;
        var subsets = Subsets(service);
        var labels = service.Labels.ToJson();
        labels[SkipLabel] = "true";
        if (existing is null)
        {
            Writer.CreateMissing(Kinds.Endpoints, new JsonObject
            {
                ["metadata"] = new JsonObject { ["namespace"] = key.Namespace, ["name"] = key.Name, ["labels"] = labels },
                ["subsets"] = subsets,
            });
        }
        else if (!existing.IsDeleting
            && (!JsonNode.DeepEquals(existing.Body.At("subsets") ?? new JsonArray(), subsets) || !JsonNode.DeepEquals(existing.Body.Object("metadata", "labels"), labels)))
        {
            Writer.Update(existing, body =>
            {
                body["subsets"] = subsets;
                body.Child("metadata")["labels"] = labels;
            });
        }
    }

    private JsonArray Subsets(Mirrored service)
    {
        var family = Endpoint.FamiliesOf(service, Context.Options.Services).First();
        var subsets = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var pod in Endpoint.PodsOf(service, Objects).Where(pod => !pod.IsDeleting).Take(Most))
        {
            if (Endpoint.Make(service, pod, family) is not { } endpoint) continue;
            var ports = EndpointPorts.Of(service, pod);
            if (ports.Count == 0 && service.Body.Items("spec", "ports").Any()) continue;
            foreach (var port in ports)
                if (port.Text("name") == "") port!.AsObject().Remove("name");
            if (!subsets.TryGetValue(ports.ToJsonString(), out var subset)) subsets[ports.ToJsonString()] = subset = [];
            var address = new JsonObject { ["ip"] = endpoint.Texts("addresses").First(), ["targetRef"] = endpoint["targetRef"]!.DeepClone() };
            foreach (var field in new[] { "hostname", "nodeName" })
                if (endpoint.Text(field) is { } value) address[field] = value;
            var list = endpoint.IsTrue("conditions", "ready") ? "addresses" : "notReadyAddresses";
            if (subset[list] is not JsonArray addresses) subset[list] = addresses = [];
            addresses.Add((JsonNode)address);
            subset["ports"] ??= ports;
        }

        return subsets.Values.ToJson();
    }
}
