using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>
/// Who has which cluster address and node port: what is stored, and what was given out to writes that are still under way. Safe for several threads.
/// </summary>
internal sealed class ServiceAllocations(ServiceRanges ranges, Func<IEnumerable<StoredObject>> services)
{
    // The lower places are left to those who ask for an address.
    private const ulong FirstPlace = 256;
    private const ulong DnsPlace = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Namespace, string Name), Holding> _stored = [];
    private readonly Dictionary<JsonObject, Holding> _underWay = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IpFamily, ulong> _next = [];
    private int _nextPort;

    /// <summary>Gives a Service the addresses and node ports that it lacks, and checks those that it asks for.</summary>
    public void Take(AdmissionRequest request, JsonObject spec, List<FieldError> errors)
    {
        lock (_gate)
        {
            Refresh();
            var self = (request.Value.Text("metadata", "namespace") ?? "", request.Value.Text("metadata", "name") ?? "");
            var others = _stored.Where(entry => entry.Key != self).Select(entry => entry.Value).Concat(_underWay.Values.Where(holding => holding.Service != self)).ToList();
            if (spec.Text("clusterIP") != "None") TakeAddresses(self, spec, others.SelectMany(holding => holding.Addresses).ToHashSet(), errors);
            if (ServiceInheritance.HasNodePorts(spec)) TakePorts(spec, others.SelectMany(holding => holding.Ports).ToHashSet(), errors);
            if (errors.Count == 0 && !request.IsDryRun) _underWay[request.Value] = Read(self, spec, 0);
        }
    }

    /// <summary>Takes note that a Service was stored or will not be.</summary>
    public void Release(JsonObject service)
    {
        lock (_gate) _underWay.Remove(service);
    }

    private static Holding Read((string, string) service, JsonObject? spec, long version) => new(
        service,
        version,
        [.. spec.Texts("clusterIPs").Where(text => text != "None").Select(text => Address.Parse(text))],
        [.. spec.Items("ports").Select(port => port.Number("nodePort")).OfType<int>().Where(port => port > 0)]);

    /// <summary>Takes over what is stored now; only what changed is read.</summary>
    private void Refresh()
    {
        var seen = new HashSet<(string, string)>();
        foreach (var stored in services())
        {
            var key = (stored.Namespace, stored.Name);
            seen.Add(key);
            if (_stored.GetValueOrDefault(key)?.Version != stored.Version) _stored[key] = Read(key, stored.Parse().Object("spec"), stored.Version);
        }

        foreach (var gone in _stored.Keys.Where(key => !seen.Contains(key)).ToList()) _stored.Remove(gone);
    }

    private void TakeAddresses((string Namespace, string Name) self, JsonObject spec, HashSet<Address> taken, List<FieldError> errors)
    {
        var asked = spec.Texts("clusterIPs").Select(text => Address.Parse(text)).ToList();
        var addresses = new List<Address>();
        foreach (var family in spec.Texts("ipFamilies").Select(ServiceFamilies.FamilyOf))
        {
            if (ranges.Of(family) is not { } block) continue;
            var wanted = asked.Where(address => address.Family == family).Select(address => (Address?)address).FirstOrDefault();
            if (wanted is { } address)
            {
                if (Problem(block, address, taken) is { } problem)
                {
                    errors.Add(ServiceAdmission.Invalid("spec.clusterIPs", asked.Select(one => one.ToString()), $"failed to allocate IP {address}: {problem}"));
                    return;
                }

                addresses.Add(address);
            }
            else if (Free(self, block, taken) is { } free)
            {
                addresses.Add(free);
            }
            else
            {
                errors.Add(new FieldError(
                    FieldErrorType.FieldValueInvalid, "spec.clusterIPs", "[]", "failed to allocate a serviceIP: range is full"));
                return;
            }
        }

        if (addresses.Count == 0) return;
        spec["clusterIP"] = addresses[0].ToString();
        spec["clusterIPs"] = addresses.Select(address => address.ToString()).ToJson();
    }

    private static string? Problem(Prefix block, Address address, HashSet<Address> taken)
    {
        if (!block.Contains(address) || address == block.First)
            return $"the provided IP ({address}) is not in the valid range. The range of valid IPs is {block}";
        return taken.Contains(address) ? "provided IP is already allocated" : null;
    }

    private Address? Free((string Namespace, string Name) self, Prefix block, HashSet<Address> taken)
    {
        if (self == ("default", "kubernetes") && !taken.Contains(ServiceRanges.ServerAddress(block))) return ServiceRanges.ServerAddress(block);
        var dns = ServiceRanges.At(block, DnsPlace);
        if (self == ("kube-system", "kube-dns") && block.Contains(dns) && !taken.Contains(dns)) return dns;
        var bits = Math.Min(32, Address.Bits(block.Family) - block.Length);
        var last = (1UL << bits) - 2;
        var first = last > 2 * FirstPlace ? FirstPlace : 2;
        if (last < first) return null;
        var count = last - first + 1;
        var start = _next.GetValueOrDefault(block.Family);

        // One after the other, so that an address that became free is not at once somebody else's.
        for (ulong i = 0; i < count; i++)
        {
            var address = ServiceRanges.At(block, first + ((start + i) % count));
            if (taken.Contains(address) || address == dns) continue;
            _next[block.Family] = (start + i + 1) % count;
            return address;
        }

        return null;
    }

    private void TakePorts(JsonObject spec, HashSet<int> taken, List<FieldError> errors)
    {
        var ports = spec.Items("ports").ToList();
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].Number("nodePort") is not ({ } wanted and not 0)) continue;
            if (wanted < ranges.FirstNodePort || wanted > ranges.LastNodePort)
                Refuse(i, wanted, $"provided port is not in the valid range. The range of valid ports is {ranges.FirstNodePort}-{ranges.LastNodePort}");
            else if (taken.Contains(wanted)) Refuse(i, wanted, "provided port is already allocated");
        }

        if (errors.Count > 0) return;
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].Number("nodePort") is > 0) continue;

            // One number for one port, whatever the protocol.
            var twin = ports.Find(other => other != ports[i] && other.Number("port") == ports[i].Number("port") && other.Text("protocol") != ports[i].Text("protocol"));
            if (twin.Number("nodePort") is { } same and > 0) ports[i]["nodePort"] = same;
            else if (FreePort(ports, taken) is { } free) ports[i]["nodePort"] = free;
            else errors.Add(new FieldError(FieldErrorType.FieldValueInvalid, $"spec.ports[{i}].nodePort", "0", "failed to allocate a nodePort: range is full"));
        }

        void Refuse(int place, int port, string message) =>
            errors.Add(new FieldError(FieldErrorType.FieldValueInvalid, $"spec.ports[{place}].nodePort", port.ToString(), message));
    }

    private int? FreePort(List<JsonObject> ports, HashSet<int> taken)
    {
        var count = ranges.LastNodePort - ranges.FirstNodePort + 1;
        for (var i = 0; i < count; i++)
        {
            var port = ranges.FirstNodePort + ((_nextPort + i) % count);
            if (taken.Contains(port) || ports.Exists(other => other.Number("nodePort") == port)) continue;
            _nextPort = (_nextPort + i + 1) % count;
            return port;
        }

        return null;
    }

    private sealed record Holding((string Namespace, string Name) Service, long Version, Address[] Addresses, int[] Ports);
}
