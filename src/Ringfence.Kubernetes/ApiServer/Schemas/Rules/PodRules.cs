using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for what a pod is to run, in pods and in templates.</summary>
/// <remarks>ValidatePodSpec in pkg/apis/core/validation/validation.go</remarks>
internal static class PodRules
{
    private const string BadWhitespace = "must not have leading or trailing whitespace";

    /// <summary>Checks it.</summary>
    /// <param name="spec">What a pod is to run.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="claims">The names of volumes that come from elsewhere.</param>
    public static void Check(JsonField spec, FieldErrorList errors, params IEnumerable<string> claims)
    {
        var volumes = VolumeRules.Check(spec["volumes"], errors);
        volumes.UnionWith(claims);
        if (spec["containers"].Count == 0) errors.Required(spec["containers"].Path, "");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var isHost = spec["hostNetwork"].IsTrue;
        foreach (var container in spec["containers"].Items) ContainerRules.Check(container, names, volumes, isHost, isInit: false, errors);
        foreach (var container in spec["initContainers"].Items) ContainerRules.Check(container, names, volumes, isHost, isInit: true, errors);

        if (spec["activeDeadlineSeconds"].Number is { } deadline && deadline is < 1 or > int.MaxValue)
            errors.InvalidJson(spec["activeDeadlineSeconds"].Path, $"{deadline}", "must be between 1 and 2147483647, inclusive");
        PortRange.CheckNotNegative(spec["terminationGracePeriodSeconds"], errors);
        SelectorRules.CheckLabels(spec["nodeSelector"].Texts, spec["nodeSelector"].Path, errors);
        CheckName(spec["serviceAccountName"], NameFormat.DnsSubdomain, errors);
        CheckName(spec["nodeName"], NameFormat.DnsSubdomain, errors);
        CheckName(spec["hostname"], NameFormat.DnsLabel, errors);
        CheckName(spec["subdomain"], NameFormat.DnsLabel, errors);
        foreach (var toleration in spec["tolerations"].Items) CheckToleration(toleration, errors);
        foreach (var constraint in spec["topologySpreadConstraints"].Items) CheckSpread(constraint, errors);
        foreach (var alias in spec["hostAliases"].Items)
            if (!AddressText.IsAddress(alias["ip"].Text)) errors.Invalid(alias["ip"].Path, alias["ip"].Text, AddressText.Fault);
    }

    /// <summary>The template that pods are made from.</summary>
    public static void CheckTemplate(JsonField template, FieldErrorList errors, params IEnumerable<string> claims)
    {
        // The API server leaves metadata out of these two paths.
        SelectorRules.CheckLabels(template["metadata"]["labels"].Texts, template["labels"].Path, errors);
        MetadataRules.CheckAnnotations(template["metadata"]["annotations"].Texts ?? [], template["annotations"].Path, errors);
        Check(template["spec"], errors, claims);
    }

    /// <summary>The image of a container.</summary>
    public static void CheckImage(JsonField image, FieldErrorList errors)
    {
        if (image.Text.Length == 0) errors.Required(image.Path, "");
        else if (image.Text.AsSpan().Trim().Length != image.Text.Length) errors.Invalid(image.Path, image.Text, BadWhitespace);
    }

    private static void CheckName(JsonField name, Func<string, IEnumerable<string>> format, FieldErrorList errors)
    {
        if (name.Text.Length > 0) errors.Invalid(name.Path, name.Text, format(name.Text));
    }

    private static void CheckToleration(JsonField toleration, FieldErrorList errors)
    {
        var key = toleration["key"].Text;
        if (key.Length > 0) errors.Invalid(toleration["key"].Path, key, NameFormat.LabelKey(key));
        else if (toleration["operator"].Text != "Exists")
            errors.Invalid(
                toleration["operator"].Path, toleration["operator"].Text,
                "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        if (toleration["tolerationSeconds"].Exists && toleration["effect"].Text != "NoExecute")
            errors.Invalid(toleration["effect"].Path, toleration["effect"].Text, "effect must be 'NoExecute' when `tolerationSeconds` is set");
        switch (toleration["operator"].Text)
        {
            case "" or "Equal":
                errors.Invalid(toleration["operator"].Path, toleration["value"].Text, NameFormat.LabelValue(toleration["value"].Text));
                break;
            case "Exists":
                if (toleration["value"].Text.Length > 0)
                    errors.Invalid(toleration.Path, toleration["value"].Text, "value must be empty when `operator` is 'Exists'");
                break;
            default:
                errors.NotSupported(toleration["operator"].Path, toleration["operator"].Text, ["Equal", "Exists"]);
                break;
        }
    }

    private static void CheckSpread(JsonField constraint, FieldErrorList errors)
    {
        if (constraint["maxSkew"].Number is not > 0)
            errors.InvalidJson(constraint["maxSkew"].Path, $"{constraint["maxSkew"].Number ?? 0}", "must be greater than zero");
        if (constraint["topologyKey"].Text.Length == 0) errors.Required(constraint["topologyKey"].Path, "can not be empty");
        if (constraint["whenUnsatisfiable"].Text.Length == 0) errors.NotSupported(constraint["whenUnsatisfiable"].Path, "", ["DoNotSchedule", "ScheduleAnyway"]);
    }
}
