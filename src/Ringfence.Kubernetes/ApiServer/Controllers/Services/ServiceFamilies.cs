using System.Text.Json.Nodes;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Makes <c>ipFamilyPolicy</c>, <c>ipFamilies</c> and <c>clusterIPs</c> of a Service agree.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services</remarks>
internal static class ServiceFamilies
{
    private const string Single = "SingleStack";
    private const string Required = "RequireDualStack";

    /// <summary>Completes a <c>spec</c>, or says what cannot be.</summary>
    public static void Complete(JsonObject spec, JsonObject? before, ServiceRanges ranges, List<FieldError> errors)
    {
        var addresses = spec.Texts("clusterIPs").Where(text => text != "None").Select(text => Address.Parse(text)).ToList();
        var isHeadless = spec.Text("clusterIP") == "None";
        var names = spec.Texts("ipFamilies").ToList();
        var policy = spec.Text("ipFamilyPolicy") ?? (addresses.Count == 2 || names.Count == 2 ? Required : Single);

        // Going back to one family keeps the first of both.
        if (policy == Single && before.Texts("ipFamilies").Count() == 2 && before.Text("ipFamilyPolicy") != Single)
        {
            names = [.. names.Take(1)];
            addresses = [.. addresses.Take(1)];
            if (addresses.Count > 0) spec["clusterIPs"] = addresses.Select(address => address.ToString()).ToJson();
        }

        Check(names, addresses, policy, isHeadless, spec, ranges, errors);
        var had = before.Texts("ipFamilies").FirstOrDefault();
        if (had is not null && names.Count > 0 && names[0] != had && before.Text("type") != "ExternalName")
            errors.Add(ServiceAdmission.Invalid("spec.ipFamilies[0]", names, "may not change once set"));
        if (errors.Count > 0) return;

        var families = names.ConvertAll(FamilyOf);
        foreach (var address in addresses)
            if (!families.Contains(address.Family)) families.Add(address.Family);
        if (families.Count == 0) families.Add(had is not null ? FamilyOf(had) : ranges.Families.First());
        if (policy != Single)
        {
            foreach (var family in ranges.Families)
                if (!families.Contains(family)) families.Add(family);
        }

        spec["ipFamilies"] = families.Select(NameOf).ToJson();
        spec["ipFamilyPolicy"] = policy;
    }

    /// <summary>The family of a name.</summary>
    public static IpFamily FamilyOf(string name) => name == "IPv6" ? IpFamily.V6 : IpFamily.V4;

    private static string NameOf(IpFamily family) => family == IpFamily.V6 ? "IPv6" : "IPv4";

    private static void Check(
        List<string> names, List<Address> addresses, string policy, bool isHeadless, JsonObject spec, ServiceRanges ranges, List<FieldError> errors)
    {
        var isFree = isHeadless && spec.At("selector") is not JsonObject { Count: > 0 };
        if (policy == Single && names.Count > 1)
            errors.Add(ServiceAdmission.Invalid("spec.ipFamilyPolicy", policy, "must be RequireDualStack or PreferDualStack when multiple `ipFamilies` are specified"));
        if (policy == Single && addresses.Count > 1)
            errors.Add(ServiceAdmission.Invalid("spec.ipFamilyPolicy", policy, "must be RequireDualStack or PreferDualStack when multiple `clusterIPs` are specified"));
        if (policy == Required && ranges.Blocks.Length < 2 && !isFree)
            errors.Add(ServiceAdmission.Invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services"));
        if (names.Distinct().Count() < names.Count)
            errors.Add(new FieldError(FieldErrorType.FieldValueInvalid, $"spec.ipFamilies[{names.Count - 1}]", $"\"{names[^1]}\"", "may not be repeated"));
        for (var i = 0; i < names.Count; i++)
            if (ranges.Of(FamilyOf(names[i])) is null && !isFree) errors.Add(ServiceAdmission.Invalid($"spec.ipFamilies[{i}]", names[i], "not configured on this cluster"));
        for (var i = 0; i < Math.Min(names.Count, addresses.Count); i++)
        {
            if (addresses[i].Family != FamilyOf(names[i]))
                errors.Add(ServiceAdmission.Invalid($"spec.clusterIPs[{i}]", addresses[i].ToString(), $"expected an {names[i]} value as indicated by `ipFamilies[{i}]`"));
        }

        if (addresses.Count == 2 && addresses[0].Family == addresses[1].Family)
            errors.Add(ServiceAdmission.Invalid("spec.clusterIPs", addresses.Select(address => address.ToString()), "may specify no more than one IP for each IP family"));
    }
}
