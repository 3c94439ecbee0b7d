using System.Text.Json.Nodes;
using Ringfence.Model.Policies;

namespace Ringfence.Kubernetes.ApiServer.Schemas.Rules;

/// <summary>The rules for a pod's volumes.</summary>
internal static class VolumeRules
{
    /// <summary>Checks the volumes.</summary>
    /// <returns>Their names.</returns>
    public static HashSet<string> Check(JsonField volumes, FieldErrorList errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var volume in volumes.Items)
        {
            var name = volume["name"];
            if (name.Text.Length == 0) errors.Required(name.Path, "");
            else
            {
                errors.Invalid(name.Path, name.Text, NameFormat.DnsLabel(name.Text));
                if (!names.Add(name.Text)) errors.Duplicate(name.Path, name.Text);
            }

            if (volume.Value is not JsonObject fields) continue;
            var sources = fields.Where(field => field.Key != "name" && field.Value is not null).Select(field => field.Key).ToArray();
            if (sources.Length == 0) errors.Required(volume.Path, "must specify a volume type");
            foreach (var source in sources.Skip(1)) errors.Forbidden(volume[source].Path, "may not specify more than 1 volume type");
            if (volume["configMap"].Exists && volume["configMap"]["name"].Text.Length == 0) errors.Required(volume["configMap"]["name"].Path, "");
            if (volume["secret"].Exists && volume["secret"]["secretName"].Text.Length == 0) errors.Required(volume["secret"]["secretName"].Path, "");
            if (volume["hostPath"].Exists && volume["hostPath"]["path"].Text.Length == 0) errors.Required(volume["hostPath"]["path"].Path, "");
            if (volume["persistentVolumeClaim"].Exists && volume["persistentVolumeClaim"]["claimName"].Text.Length == 0)
                errors.Required(volume["persistentVolumeClaim"]["claimName"].Path, "");
        }

        return names;
    }
}
