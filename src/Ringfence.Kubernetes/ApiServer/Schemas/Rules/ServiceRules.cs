using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for Services, but for their addresses and node ports: whether these are free and theirs is known where they are given.</summary>
/// <remarks>ValidateService in pkg/apis/core/validation/validation.go</remarks>
internal static class ServiceRules
{
    private const string Headless = "None";

    public static void Check(JsonField spec, FieldErrorList errors)
    {
        var type = spec["type"].Text;
        var isHeadless = spec["clusterIP"].Text == Headless;
        if (spec["ports"].Count == 0 && !isHeadless && type != "ExternalName") errors.Required(spec["ports"].Path, "");
        CheckPorts(spec, type, errors);
        SelectorRules.CheckLabels(spec["selector"].Texts, spec["selector"].Path, errors);
        if (type == "ExternalName")
        {
            CheckExternalName(spec["externalName"], errors);
            if (spec["clusterIP"].Text.Length > 0) errors.Forbidden(spec["clusterIP"].Path, "may not be set when `type` is 'ExternalName'");
        }

        if (type == "LoadBalancer" && isHeadless) errors.Invalid(spec["clusterIPs"].Path.Index(0), Headless, "may not be set to 'None' for LoadBalancer services");
        if (type == "NodePort" && isHeadless) errors.Invalid(spec["clusterIPs"].Path.Index(0), Headless, "may not be set to 'None' for NodePort services");
        foreach (var address in spec["externalIPs"].Items)
            if (!AddressText.IsAddress(address.Text)) errors.Invalid(address.Path, address.Text, AddressText.Fault);
            else if (AddressText.IsOfNobodyElse(address.Text)) errors.Invalid(address.Path, address.Text, "may not be unspecified or in the loopback range");
        foreach (var block in spec["loadBalancerSourceRanges"].Items)
            if (!LegacyCidr.TryParse(block.Text.AsSpan().Trim(), out _))
                errors.Invalid(block.Path, block.Text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        if (spec["externalTrafficPolicy"].Exists && type is not ("NodePort" or "LoadBalancer") && spec["externalIPs"].Count == 0)
            errors.Invalid(spec["externalTrafficPolicy"].Path, spec["externalTrafficPolicy"].Text, "may only be set for externally-accessible services");
    }

    private static void CheckPorts(JsonField spec, string type, FieldErrorList errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var ports = new HashSet<(long?, string)>();
        var nodePorts = new HashSet<(long?, string)>();
        foreach (var port in spec["ports"].Items)
        {
            var name = port["name"];
            if (name.Text.Length == 0 && spec["ports"].Count > 1) errors.Required(name.Path, "");
            else if (name.Text.Length > 0)
            {
                errors.Invalid(name.Path, name.Text, NameFormat.DnsLabel(name.Text));
                if (!names.Add(name.Text)) errors.Duplicate(name.Path, name.Text);
            }

            if (port["port"].Number is null) errors.InvalidJson(port["port"].Path, "0", PortRange.OutOfRange);
            else PortRange.Check(port["port"], errors);
            var protocol = port["protocol"].Text;
            if (protocol.Length == 0) errors.Required(port["protocol"].Path, "");
            if (port["targetPort"].Exists) PortRange.CheckNumberOrName(port["targetPort"], errors);
            if (!ports.Add((port["port"].Number, protocol)))
                errors.DuplicateJson(
                    port.Path,
                    $$"""{"Name":"","Protocol":{{GoText.Json(protocol)}},"AppProtocol":null,"Port":{{port["port"].Number}},"TargetPort":0,"NodePort":0}""");
            CheckNodePort(port["nodePort"], protocol, type, nodePorts, errors);
        }
    }

    private static void CheckNodePort(JsonField nodePort, string protocol, string type, HashSet<(long?, string)> taken, FieldErrorList errors)
    {
        if (nodePort.Number is null or 0) return;
        if (type is not ("NodePort" or "LoadBalancer")) errors.Forbidden(nodePort.Path, $"may not be used when `type` is '{type}'");
        else if (!taken.Add((nodePort.Number, protocol))) errors.DuplicateJson(nodePort.Path, $"{nodePort.Number}");
    }

    private static void CheckExternalName(JsonField name, FieldErrorList errors)
    {
        var host = name.Text.TrimEnd('.');
        if (host.Length == 0) errors.Required(name.Path, "");
        else errors.Invalid(name.Path, host, NameFormat.DnsSubdomain(host));
    }
}
