using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for EndpointSlices and Endpoints.</summary>
/// <remarks>pkg/apis/discovery/validation/validation.go</remarks>
internal static class EndpointRules
{
    private const int MaxEndpoints = 1000;
    private const int MaxPorts = 20_000;
    private const int MaxAddresses = 100;

    private static readonly string[] s_families = ["FQDN", "IPv4", "IPv6"];

    public static void CheckSlice(JsonObject slice, JsonObject? old, FieldErrorList errors)
    {
        var family = JsonField.Of(slice, "addressType");
        if (family.Text.Length == 0) errors.Required(family.Path, "");
        if (old is not null) WorkloadRules.CheckImmutable(family, JsonField.Of(old, "addressType"), errors);
        var endpoints = JsonField.Of(slice, "endpoints");
        if (endpoints.Count > MaxEndpoints) errors.InvalidJson(endpoints.Path, $"{endpoints.Count}", $"must have at most {MaxEndpoints} items");
        foreach (var endpoint in endpoints.Items) CheckEndpoint(endpoint, family.Text, errors);
        CheckPorts(JsonField.Of(slice, "ports"), errors);
    }

    public static void CheckEndpoints(JsonObject value, FieldErrorList errors)
    {
        foreach (var subset in JsonField.Of(value, "subsets").Items)
        {
            if (subset["addresses"].Count == 0 && subset["notReadyAddresses"].Count == 0)
                errors.Required(subset.Path, "must specify `addresses` or `notReadyAddresses`");
            foreach (var address in subset["addresses"].Items.Concat(subset["notReadyAddresses"].Items))
                if (!AddressText.IsAddress(address["ip"].Text)) errors.Invalid(address["ip"].Path, address["ip"].Text, AddressText.Fault);
            CheckPorts(subset["ports"], errors);
        }
    }

    private static void CheckEndpoint(JsonField endpoint, string family, FieldErrorList errors)
    {
        var addresses = endpoint["addresses"];
        if (addresses.Count == 0) errors.Required(addresses.Path, "must contain at least 1 address");
        if (addresses.Count > MaxAddresses) errors.InvalidJson(addresses.Path, $"{addresses.Count}", $"must have at most {MaxAddresses} items");
        if (!s_families.Contains(family)) return;
        foreach (var address in addresses.Items)
            switch (family)
            {
                case "IPv4" when !AddressText.IsAddress(address.Text, AddressFamily.InterNetwork):
                    errors.Invalid(address.Path, address.Text, "must be an IPv4 address");
                    break;
                case "IPv6" when !AddressText.IsAddress(address.Text, AddressFamily.InterNetworkV6):
                    errors.Invalid(address.Path, address.Text, "must be an IPv6 address");
                    break;
                case "FQDN":
                    errors.Invalid(address.Path, address.Text, NameFormat.DnsSubdomain(address.Text));
                    break;
            }
    }

    private static void CheckPorts(JsonField ports, FieldErrorList errors)
    {
        if (ports.Count > MaxPorts) errors.InvalidJson(ports.Path, $"{ports.Count}", $"must have at most {MaxPorts} items");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var port in ports.Items)
        {
            var name = port["name"].Text;
            if (name.Length > 0) errors.Invalid(port["name"].Path, name, NameFormat.DnsLabel(name));
            if (!names.Add(name)) errors.Duplicate(port["name"].Path, name);
            PortRange.Check(port["port"], errors);
        }
    }
}
