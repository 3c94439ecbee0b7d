using System.Globalization;
using Ringfence.Model;

namespace Ringfence.Lab.Kubelet;

/// <summary>The variables by which a container finds Services.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables</remarks>
internal static class ServiceVariables
{
    /// <summary>The variables in a namespace: of its own Services, and of the one that is the API server.</summary>
    public static IEnumerable<(string Name, string Value)> In(string @namespace, ClusterObjects state)
    {
        var services = state.Services.Where(service => !service.ClusterIPs.IsEmpty && !service.Ports.IsEmpty);
        foreach (var service in services.Where(service => service.Namespace == @namespace || service is { Namespace: "default", Name: "kubernetes" })
            .OrderBy(service => service.Namespace == @namespace).DistinctBy(service => service.Name))
        {
            var name = service.Name.ToUpperInvariant().Replace('-', '_');
            yield return ($"{name}_SERVICE_HOST", service.ClusterIPs[0].ToString());
            yield return ($"{name}_SERVICE_PORT", Number(service.Ports[0].Port));
            foreach (var port in service.Ports)
                if (port.Name is { Length: > 0 } portName)
                    yield return ($"{name}_SERVICE_PORT_{portName.ToUpperInvariant().Replace('-', '_')}", Number(port.Port));
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
