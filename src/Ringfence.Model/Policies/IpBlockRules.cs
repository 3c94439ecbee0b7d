namespace Ringfence.Model.Policies;

/// <summary>The rules for an <c>ipBlock</c>.</summary>
/// <remarks>
/// ValidateIPBlock in pkg/apis/networking/validation/validation.go and IsValidCIDRForLegacyField in pkg/apis/core/validation.
/// </remarks>
/// <param name="strict">Whether liberties of the text are errors.</param>
/// <param name="accepted">CIDRs that the old object of an update already has, anywhere; they are not checked again.</param>
internal sealed class IpBlockRules(bool strict, IReadOnlySet<string> accepted)
{
    public void Check(IpBlockManifest block, FieldPath path, FieldErrorList errors)
    {
        if (string.IsNullOrEmpty(block.Cidr))
        {
            errors.Required(path.Child("cidr"), "");
            return;
        }

        if (CheckCidr(block.Cidr, path.Child("cidr"), errors) is not { } cidr || block.Except is null) return;
        for (var i = 0; i < block.Except.Count; i++)
        {
            var place = path.Child("except").Index(i);
            if (CheckCidr(block.Except[i], place, errors) is { } except && !cidr.IsStrictSuperset(except))
                errors.Invalid(place, block.Except[i], "must be a strict subset of `cidr`");
        }
    }

    /// <summary>The block, which may have had errors, or null where the text is no CIDR at all.</summary>
    private LegacyCidr? CheckCidr(string text, FieldPath path, FieldErrorList errors)
    {
        var isCidr = LegacyCidr.TryParse(text, out var cidr);
        if (!accepted.Contains(text) && Fault(cidr) is { } fault) errors.Invalid(path, text, fault);
        return isCidr ? cidr : null;
    }

    private string? Fault(LegacyCidr? cidr) => cidr switch
    {
        null => "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
        _ when !strict => null,
        { HasLeadingZeros: true } => "must not have leading 0s in IP or prefix length",
        { IsMapped: true } => "must not have an IPv4-mapped IPv6 address",
        { HasHostBits: true } => "must not have bits set beyond the prefix length",
        _ => null,
    };
}
