using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for a container.</summary>
internal static class ContainerRules
{
    private static readonly string[] s_handlers = ["exec", "grpc", "httpGet", "sleep", "tcpSocket"];
    private static readonly string[] s_valueSources = ["configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"];

    /// <summary>Checks a container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="names">The names of the pod's containers so far.</param>
    /// <param name="volumes">The names of the pod's volumes.</param>
    /// <param name="isHost">Whether the pod has the node's network.</param>
    /// <param name="isInit">Whether it is an init container.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static void Check(JsonField container, HashSet<string> names, HashSet<string> volumes, bool isHost, bool isInit, FieldErrorList errors)
    {
        var name = container["name"];
        if (name.Text.Length == 0) errors.Required(name.Path, "");
        else errors.Invalid(name.Path, name.Text, NameFormat.DnsLabel(name.Text));
        if (name.Text.Length > 0 && !names.Add(name.Text)) errors.Duplicate(name.Path, name.Text);
        PodRules.CheckImage(container["image"], errors);
        CheckPorts(container["ports"], isHost, errors);
        foreach (var variable in container["env"].Items) CheckVariable(variable, errors);
        CheckMounts(container["volumeMounts"], volumes, errors);
        CheckResources(container["resources"], errors);

        var isSidecar = isInit && container["restartPolicy"].Text == "Always";
        foreach (var probe in new[] { "livenessProbe", "readinessProbe", "startupProbe" })
        {
            if (!container[probe].Exists) continue;
            if (isInit && !isSidecar) errors.Forbidden(container[probe].Path, "may not be set for init containers without restartPolicy=Always");
            else CheckProbe(container[probe], isReadiness: probe == "readinessProbe", errors);
        }

        foreach (var hook in new[] { "postStart", "preStop" })
            if (container["lifecycle"][hook].Exists) CheckHandler(container["lifecycle"][hook], errors);
    }

    private static void CheckPorts(JsonField ports, bool isHost, FieldErrorList errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var port in ports.Items)
        {
            var (name, number) = (port["name"], port["containerPort"]);
            if (name.Text.Length > 0)
            {
                errors.Invalid(name.Path, name.Text, NameFormat.PortName(name.Text));
                if (!names.Add(name.Text)) errors.Duplicate(name.Path, name.Text);
            }

            if (number.Number is null or 0) errors.Required(number.Path, "");
            else PortRange.Check(number, errors);
            if (port["hostPort"].Number is null or 0) continue;
            PortRange.Check(port["hostPort"], errors);
            if (isHost && port["hostPort"].Number != number.Number)
                errors.InvalidJson(number.Path, $"{number.Number}", "must match `hostPort` when `hostNetwork` is true");
        }
    }

    private static void CheckVariable(JsonField variable, FieldErrorList errors)
    {
        var name = variable["name"];
        if (name.Text.Length == 0) errors.Required(name.Path, "");
        else if (name.Text.AsSpan().ContainsAnyExceptInRange(' ', '~') || name.Text.Contains('=', StringComparison.Ordinal))
            errors.Invalid(name.Path, name.Text, "a valid environment variable name must consist only of printable ASCII characters other than '='");
        var source = variable["valueFrom"];
        if (!source.Exists) return;
        var sources = s_valueSources.Count(field => source[field].Exists);
        if (variable["value"].Text.Length > 0) errors.Invalid(source.Path, "", "may not be specified when `value` is not empty");
        if (sources == 0) errors.Invalid(source.Path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`");
        else if (sources > 1) errors.Invalid(source.Path, "", "may not have more than one field specified at a time");
    }

    private static void CheckMounts(JsonField mounts, HashSet<string> volumes, FieldErrorList errors)
    {
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var mount in mounts.Items)
        {
            var (name, place) = (mount["name"], mount["mountPath"]);
            if (name.Text.Length == 0) errors.Required(name.Path, "");
            else if (!volumes.Contains(name.Text)) errors.NotFound(name.Path, name.Text);
            if (place.Text.Length == 0) errors.Required(place.Path, "");
            else if (!places.Add(place.Text)) errors.Invalid(place.Path, place.Text, "must be unique");
            if (mount["subPath"].Text.Split('/').Contains("..")) errors.Invalid(mount["subPath"].Path, mount["subPath"].Text, "must not contain '..'");
        }
    }

    private static void CheckResources(JsonField resources, FieldErrorList errors)
    {
        var limits = Amounts(resources["limits"], errors);
        foreach (var (name, request) in Amounts(resources["requests"], errors))
            if (limits.TryGetValue(name, out var limit) && request.Amount > limit.Amount)
                errors.Invalid(resources["requests"].Path, request.Text, $"must be less than or equal to {name} limit of {limit.Text}");
    }

    private static Dictionary<string, (string Text, decimal Amount)> Amounts(JsonField list, FieldErrorList errors)
    {
        var amounts = new Dictionary<string, (string, decimal)>(StringComparer.Ordinal);
        foreach (var (name, text) in list.Texts ?? [])
        {
            if (!Quantity.TryParse(text, out var amount)) continue;
            amounts[name] = (text, amount);
            if (amount < 0) errors.Invalid(list.Path.Key(name), text, "must be greater than or equal to 0");
        }

        return amounts;
    }

    private static void CheckProbe(JsonField probe, bool isReadiness, FieldErrorList errors)
    {
        CheckHandler(probe, errors);
        foreach (var field in new[] { "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold" })
            PortRange.CheckNotNegative(probe[field], errors);
        if (!isReadiness && probe["successThreshold"].Number is { } threshold && threshold != 1)
            errors.InvalidJson(probe["successThreshold"].Path, $"{threshold}", "must be 1");
    }

    private static void CheckHandler(JsonField handler, FieldErrorList errors)
    {
        var given = s_handlers.Where(field => handler[field].Exists).ToArray();
        if (given.Length == 0) errors.Required(handler.Path, "must specify a handler type");
        foreach (var field in given.Skip(1)) errors.Forbidden(handler[field].Path, "may not specify more than 1 handler type");
        if (handler["exec"].Exists && handler["exec"]["command"].Count == 0) errors.Required(handler["exec"]["command"].Path, "");
        foreach (var field in new[] { "httpGet", "tcpSocket" })
            if (handler[field].Exists) PortRange.CheckNumberOrName(handler[field]["port"], errors);
    }
}
