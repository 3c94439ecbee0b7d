using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for Ingresses.</summary>
/// <remarks>ValidateIngressSpec in pkg/apis/networking/validation/validation.go</remarks>
internal static class IngressRules
{
    public static void Check(JsonField spec, FieldErrorList errors)
    {
        if (spec["rules"].Count == 0 && !spec["defaultBackend"].Exists)
            errors.InvalidJson(spec.Path, spec["rules"].Value?.ToJsonString() ?? "[]", "either `defaultBackend` or `rules` must be specified");
        if (spec["defaultBackend"].Exists) CheckBackend(spec["defaultBackend"], errors);
        foreach (var rule in spec["rules"].Items)
        {
            CheckHost(rule["host"], errors);
            if (!rule["http"].Exists) continue;
            if (rule["http"]["paths"].Count == 0) errors.Required(rule["http"]["paths"].Path, "");
            foreach (var path in rule["http"]["paths"].Items) CheckPath(path, errors);
        }

        foreach (var host in spec["tls"].Items.SelectMany(tls => tls["hosts"].Items)) CheckHost(host, errors);
    }

    private static void CheckHost(JsonField host, FieldErrorList errors)
    {
        if (host.Text.Length == 0) return;
        if (AddressText.IsAddress(host.Text)) errors.Invalid(host.Path, host.Text, "must be a DNS name, not an IP address");
        var name = host.Text.StartsWith("*.", StringComparison.Ordinal) ? host.Text[2..] : host.Text;
        errors.Invalid(host.Path, host.Text, NameFormat.DnsSubdomain(name));
    }

    private static void CheckPath(JsonField path, FieldErrorList errors)
    {
        var text = path["path"].Text;
        switch (path["pathType"].Text)
        {
            case "":
                errors.Required(path["pathType"].Path, "pathType must be specified");
                break;
            case "Exact" or "Prefix":
                if (!text.StartsWith('/')) errors.Invalid(path["path"].Path, text, "must be an absolute path");
                else if (text.Contains("//", StringComparison.Ordinal)) errors.Invalid(path["path"].Path, text, "must not contain '//'");
                break;
            default:
                if (text.Length > 0 && text[0] != '/') errors.Invalid(path["path"].Path, text, "must be an absolute path");
                break;
        }

        CheckBackend(path["backend"], errors);
    }

    private static void CheckBackend(JsonField backend, FieldErrorList errors)
    {
        var (service, resource) = (backend["service"], backend["resource"]);
        if (service.Exists && resource.Exists)
        {
            errors.Invalid(backend.Path, "", "cannot set both resource and service backends");
            return;
        }

        if (resource.Exists) return;
        if (!service.Exists)
        {
            errors.Required(backend.Path, "port name or number is required");
            return;
        }

        if (service["name"].Text.Length == 0) errors.Required(service["name"].Path, "");
        else errors.Invalid(service["name"].Path, service["name"].Text, NameFormat.Dns1035Label(service["name"].Text));
        var (name, number) = (service["port"]["name"], service["port"]["number"]);
        var hasNumber = number.Number is not (null or 0);
        if (name.Text.Length > 0 && hasNumber) errors.Invalid(backend.Path, "", "cannot set both port name & port number");
        else if (name.Text.Length > 0) errors.Invalid(name.Path, name.Text, NameFormat.PortName(name.Text));
        else if (hasNumber) PortRange.Check(number, errors);
        else errors.Required(backend.Path, "port name or number is required");
    }
}
