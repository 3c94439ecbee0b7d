using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Gives Services their families, cluster addresses and node ports, and holds them to those that they have.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/ and /dual-stack/</remarks>
internal sealed class ServiceAdmission(ServiceRanges ranges, Func<IEnumerable<StoredObject>> services) : IAdmission
{
    private readonly ServiceAllocations _allocations = new(ranges, services);

    /// <inheritdoc/>
    public void Admit(AdmissionRequest request)
    {
        if (request.Type != Kinds.Services) return;
        var spec = request.Value.Child("spec");
        var before = request.Old.Object("spec");
        var errors = new List<FieldError>();
        if (before is not null) ServiceInheritance.Keep(spec, before);
        if (spec.Text("type") == "ExternalName") return;
        JoinAddresses(spec, before, errors);
        if (errors.Count == 0) ServiceFamilies.Complete(spec, before, ranges, errors);
        if (errors.Count == 0) _allocations.Take(request, spec, errors);
        if (errors.Count > 0) throw Refusal.Invalid(request.Type, request.Value.Text("metadata", "name") ?? "", [.. errors]);
    }

    /// <inheritdoc/>
    public void Release(JsonObject value) => _allocations.Release(value);

    /// <summary>Makes <c>clusterIP</c> and <c>clusterIPs</c> say the same.</summary>
    private static void JoinAddresses(JsonObject spec, JsonObject? before, List<FieldError> errors)
    {
        var first = spec.Text("clusterIP") ?? "";
        var all = spec.Texts("clusterIPs").ToList();
        if (first.Length > 0 && all.Count == 0) all = [first];
        if (first.Length == 0 && all.Count > 0 && before is null) first = all[0];
        if (all.Count > 2) errors.Add(Invalid("spec.clusterIPs", all, "may only hold up to 2 values"));
        else if (all.Count > 0 && all[0] != first) errors.Add(Invalid("spec.clusterIPs", all, "first value must match `clusterIP`"));
        var had = before.Texts("clusterIPs").ToList();
        for (var i = 0; i < Math.Min(had.Count, all.Count) && before.Text("type") != "ExternalName"; i++)
            if (had[i] != all[i]) errors.Add(Invalid($"spec.clusterIPs[{i}]", all, i == 0 ? "may not change once set" : "may not change the secondary value once set"));
        for (var i = 0; i < all.Count && errors.Count == 0; i++)
            if (all[i] != "None" && !Address.TryParse(all[i], out _))
                errors.Add(Invalid($"spec.clusterIPs[{i}]", all[i], "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
        if (all.Count == 0)
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            return;
        }

        spec["clusterIP"] = first;
        spec["clusterIPs"] = all.ToJson();
    }

    /// <summary>An error about a text.</summary>
    internal static FieldError Invalid(string field, string value, string message) => new(FieldErrorType.FieldValueInvalid, field, Quoted(value), message);

    /// <summary>An error about several texts.</summary>
    internal static FieldError Invalid(string field, IEnumerable<string> values, string message) =>
        new(FieldErrorType.FieldValueInvalid, field, $"[{string.Join(',', values.Select(Quoted))}]", message);

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString();
}
