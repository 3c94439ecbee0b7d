using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ringfence.Model.Policies;

/// <summary>The API server's validation of a NetworkPolicy.</summary>
/// <remarks>pkg/apis/networking/validation/validation.go of Kubernetes 1.36.</remarks>
public static class PolicyValidation
{
    private static readonly FieldPath s_spec = FieldPath.Root("spec");

    /// <summary>
    /// All errors of a policy, with the fields, types, values, messages and order of the API server; empty for a valid one. Where that
    /// order is random (entries of a map), it is the order of the keys.
    /// </summary>
    /// <param name="policy">The policy, defaulted or not.</param>
    /// <param name="old">The policy that it replaces; null where it is created. What is not new in an update may be excused.</param>
    /// <param name="options">Gates; <see cref="PolicyValidationOptions.Default"/> where null.</param>
    /// <remarks>
    /// A policy with <c>generateName</c> alone is judged with the stand-in ending <c>xxxxx</c> for the random part of its name.
    /// </remarks>
    public static ImmutableArray<FieldError> Validate(
        PolicyManifest policy, PolicyManifest? old = null, PolicyValidationOptions? options = null)
    {
        options ??= PolicyValidationOptions.Default;
        var errors = new FieldErrorList();
        if (old is null) MetadataRules.CheckCreate(policy, errors);
        else MetadataRules.CheckUpdate(policy, old, errors);

        var allowInvalidValues = options.AllowInvalidLabelValueInSelector || (old is not null && HasFaultySelector(old));
        var ipBlocks = new IpBlockRules(options.StrictCidr, old is null ? FrozenSet<string>.Empty : Cidrs(old));

        SelectorRules.Check(policy.PodSelector, s_spec.Child("podSelector"), allowInvalidValues, errors);
        CheckRules(policy.Ingress, s_spec.Child("ingress"), "from");
        CheckRules(policy.Egress, s_spec.Child("egress"), "to");
        CheckTypes(policy.PolicyTypes ?? [], s_spec.Child("policyTypes"), errors);
        return errors.ToImmutable();

        void CheckRules(IReadOnlyList<RuleManifest>? rules, FieldPath path, string peersField)
        {
            for (var i = 0; i < rules?.Count; i++)
            {
                var ports = path.Index(i).Child("ports");
                for (var j = 0; j < rules[i].Ports?.Count; j++) PortRules.Check(rules[i].Ports![j], ports.Index(j), errors);
                var peers = path.Index(i).Child(peersField);
                for (var j = 0; j < rules[i].Peers?.Count; j++) CheckPeer(rules[i].Peers![j], peers.Index(j));
            }
        }

        void CheckPeer(PeerManifest peer, FieldPath path)
        {
            SelectorRules.Check(peer.PodSelector, path.Child("podSelector"), allowInvalidValues, errors);
            SelectorRules.Check(peer.NamespaceSelector, path.Child("namespaceSelector"), allowInvalidValues, errors);
            if (peer.IpBlock is not null) ipBlocks.Check(peer.IpBlock, path.Child("ipBlock"), errors);

            var hasSelector = peer.PodSelector is not null || peer.NamespaceSelector is not null;
            if (!hasSelector && peer.IpBlock is null) errors.Required(path, "must specify a peer");
            else if (hasSelector && peer.IpBlock is not null) errors.Forbidden(path, "may not specify both ipBlock and another peer");
        }
    }

    private static void CheckTypes(IReadOnlyList<string> types, FieldPath path, FieldErrorList errors)
    {
        if (types.Count > 2)
        {
            errors.InvalidJson(path, GoText.Json(types), "may not specify more than two policyTypes");
            return;
        }

        for (var i = 0; i < types.Count; i++)
            if (types[i] is not ("Ingress" or "Egress"))
                errors.NotSupported(path.Index(i), types[i], ["Ingress", "Egress"]);
    }

    // Any fault of the old spec.podSelector excuses malformed values in all selectors of the new policy.
    private static bool HasFaultySelector(PolicyManifest old)
    {
        var errors = new FieldErrorList();
        SelectorRules.Check(old.PodSelector, s_spec, allowInvalidValues: false, errors);
        return errors.Count > 0;
    }

    private static FrozenSet<string> Cidrs(PolicyManifest policy) =>
        (policy.Ingress ?? []).Concat(policy.Egress ?? [])
            .SelectMany(rule => rule.Peers ?? [])
            .Select(peer => peer.IpBlock)
            .OfType<IpBlockManifest>()
            .SelectMany(block => (block.Except ?? []).Append(block.Cidr))
            .ToFrozenSet(StringComparer.Ordinal);
}
