using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Lab.Planning;

/// <summary>Cluster DNS as objects of the API.</summary>
internal static class ClusterDnsObjects
{
    /// <summary>Its place in a range of cluster addresses, as nearly all clusters have it.</summary>
    private const int Place = 10;

    private static JsonObject Labels => new() { ["k8s-app"] = ClusterDns.Name };

    /// <summary>The Deployment.</summary>
    public static JsonObject Deployment => new()
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = Metadata(),
        ["spec"] = new JsonObject
        {
            ["replicas"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = Labels },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = Labels },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "dns",
                        ["image"] = "ringfence.dev/lab-dns",
                        ["ports"] = new JsonArray(ContainerPort("dns", "UDP"), ContainerPort("dns-tcp", "TCP")),
                    }),
                },
            },
        },
    };

    /// <summary>The Service.</summary>
    /// <param name="families">The families of the lab.</param>
    public static JsonObject Service(LabFamilies families)
    {
        var addresses = LabAddresses.Families(families).Select(family => LabAddresses.At(LabAddresses.Of(LabAddresses.Services, family), Place).ToString()).ToList();
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = Metadata(),
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = addresses[0],
                ["clusterIPs"] = new JsonArray([.. addresses.Select(address => (JsonNode)address)]),
                ["ipFamilyPolicy"] = addresses.Count > 1 ? "RequireDualStack" : "SingleStack",
                ["selector"] = Labels,
                ["ports"] = new JsonArray(ServicePort("dns", "UDP"), ServicePort("dns-tcp", "TCP")),
            },
        };
    }

    private static JsonObject Metadata() => new() { ["name"] = ClusterDns.Name, ["namespace"] = ClusterDns.Namespace, ["labels"] = Labels };

    private static JsonObject ContainerPort(string name, string protocol) => new JsonObject { ["name"] = name, ["containerPort"] = ClusterDns.Port, ["protocol"] = protocol };

    private static JsonObject ServicePort(string name, string protocol) =>
        new JsonObject { ["name"] = name, ["port"] = ClusterDns.Port, ["targetPort"] = ClusterDns.Port, ["protocol"] = protocol };
}
