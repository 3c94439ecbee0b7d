using System.Net;
using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Keeps the Service <c>default/kubernetes</c>, by which pods reach the API server.</summary>
/// <remarks>https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/</remarks>
internal sealed class ServerServiceController(ControllerContext context) : Controller(context)
{
    private const string Server = "kubernetes";
    private const int Port = 443;

    /// <inheritdoc/>
    public override string Name => "kubernetes-service-controller";

    /// <inheritdoc/>
    public override void Start() => Queue.Add(new ObjectKey(Kinds.Services, "default", Server));

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var item = (now ?? before)!;
        if ((item.Type == Kinds.Services || item.Type == Kinds.EndpointSlices) && item.Name == Server && item.Namespace == "default") Start();
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Context.Options.ApiEndpoints.IsEmpty) return;
        var service = Objects.Find(key);
        if (service is null)
        {
            Writer.CreateMissing(Kinds.Services, MakeService());
            return;
        }

        if (service.IsDeleting) return;
        var family = service.Body.Texts("spec", "ipFamilies").Select(ServiceFamilies.FamilyOf).DefaultIfEmpty(Context.Options.Services.Families.First()).First();

        // What is reachable from this machine alone is no endpoint.
        var endpoints = Context.Options.ApiEndpoints
            .Where(endpoint => !IPAddress.IsLoopback(endpoint.Address) && Address.From(endpoint.Address).Family == family)
            .ToList();
        var slice = Objects.Find(Kinds.EndpointSlices, "default", Server);
        if (slice is { IsDeleting: true }) return;
        var list = endpoints.Select(endpoint => new JsonObject
        {
            ["addresses"] = new JsonArray((JsonNode)Address.From(endpoint.Address).ToString()),
            ["conditions"] = new JsonObject { ["ready"] = true },
        }).ToJson();
        var ports = new JsonArray(new JsonObject { ["name"] = "https", ["protocol"] = "TCP", ["port"] = ServerPort });
        if (slice is null)
        {
            Writer.CreateMissing(Kinds.EndpointSlices, new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = Server,
                    ["namespace"] = "default",
                    ["labels"] = new JsonObject { [EndpointSliceController.ServiceLabel] = Server },
                },
                ["addressType"] = family == IpFamily.V4 ? "IPv4" : "IPv6",
                ["endpoints"] = list,
                ["ports"] = ports,
            });
        }
        else if (!JsonNode.DeepEquals(slice.Body.At("endpoints"), list) || !JsonNode.DeepEquals(slice.Body.At("ports"), ports))
        {
            Writer.Update(slice, body => (body["endpoints"], body["ports"]) = (list, ports));
        }
    }

    private int ServerPort => Context.Options.ApiEndpoints[0].Port;

    private JsonObject MakeService() => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = Server,
            ["namespace"] = "default",
            ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = Server },
        },
        ["spec"] = new JsonObject
        {
            ["type"] = "ClusterIP",
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["protocol"] = "TCP", ["port"] = Port, ["targetPort"] = ServerPort }),
        },
    };
}
