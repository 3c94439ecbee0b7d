using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>A pod as an endpoint of a Service.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions</remarks>
internal static class Endpoint
{
    /// <summary>Whether a Service finds its endpoints by a selector.</summary>
    public static bool IsSelecting(Mirrored service) =>
        service.Body.Text("spec", "type") != "ExternalName" && service.Body.At("spec", "selector") is JsonObject { Count: > 0 };

    /// <summary>A Service's selector.</summary>
    public static LabelSelector SelectorOf(Mirrored service) => service.MapSelector;

    /// <summary>A Service's families, its first one in front.</summary>
    public static IEnumerable<IpFamily> FamiliesOf(Mirrored service, ServiceRanges ranges)
    {
        var families = service.Body.Texts("spec", "ipFamilies").Select(family => family == "IPv6" ? IpFamily.V6 : IpFamily.V4).Distinct().ToList();
        return families.Count > 0 ? families : ranges.Families.Take(1);
    }

    /// <summary>The pods that a Service selects and that have not ended, by name.</summary>
    public static List<Mirrored> PodsOf(Mirrored service, Mirror objects)
    {
        var selector = SelectorOf(service);
        return [.. objects.In(Kinds.Pods, service.Namespace).Where(pod => !pod.IsFinished() && selector.Matches(pod.Labels)).OrderBy(pod => pod.Name, StringComparer.Ordinal)];
    }

    /// <summary>Whether a pod's change can matter for endpoints.</summary>
    public static bool HasChanged(Mirrored? before, Mirrored? now) =>
        before is null || now is null
        || before.Uid != now.Uid
        || before.IsDeleting != now.IsDeleting
        || before.IsReady() != now.IsReady()
        || before.Phase() != now.Phase()
        || before.Node() != now.Node()
        || !before.Labels.Equals(now.Labels)
        || !JsonNode.DeepEquals(before.Body.At("status", "podIPs"), now.Body.At("status", "podIPs"));

    /// <summary>Adds the Services that select a pod, or did, to what is to be looked at.</summary>
    public static void AddServicesOf(Mirrored? before, Mirrored? now, Mirror objects, WorkQueue queue)
    {
        foreach (var service in objects.In(Kinds.Services, (now ?? before)!.Namespace))
        {
            if (!IsSelecting(service)) continue;
            var selector = SelectorOf(service);
            if ((before is not null && selector.Matches(before.Labels)) || (now is not null && selector.Matches(now.Labels))) queue.Add(service.Key);
        }
    }

    /// <summary>A pod's address of a family; null where it has none.</summary>
    public static string? AddressOf(Mirrored pod, IpFamily family)
    {
        var addresses = pod.Body.Items("status", "podIPs").Select(entry => entry.Text("ip")).OfType<string>();
        if (pod.Body.Text("status", "podIP") is { } first) addresses = addresses.Append(first);
        return addresses.FirstOrDefault(text => Address.TryParse(text, out var address) && address.Family == family);
    }

    /// <summary>The endpoint of a pod for a family; null where it has no address of it.</summary>
    public static JsonObject? Make(Mirrored service, Mirrored pod, IpFamily family)
    {
        if (AddressOf(pod, family) is not { } address) return null;
        var isReady = pod.IsReady();
        var isWanted = service.Body.IsTrue("spec", "publishNotReadyAddresses");
        var endpoint = new JsonObject
        {
            ["addresses"] = new JsonArray((JsonNode)address),
            ["conditions"] = new JsonObject
            {
                ["ready"] = isWanted || (isReady && !pod.IsDeleting),
                ["serving"] = isReady,
                ["terminating"] = pod.IsDeleting,
            },
            ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = pod.Namespace, ["name"] = pod.Name, ["uid"] = pod.Uid },
        };
        if (pod.Node() is { } node) endpoint["nodeName"] = node;
        if (pod.Body.Text("spec", "hostname") is { Length: > 0 } hostname && pod.Body.Text("spec", "subdomain") == service.Name) endpoint["hostname"] = hostname;
        return endpoint;
    }
}
