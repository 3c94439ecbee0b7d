namespace Ringfence.Model.Policies;

/// <summary>Which version and which gates of the API server to validate as.</summary>
public sealed record PolicyValidationOptions
{
    /// <summary>A Kubernetes 1.36 API server as it comes.</summary>
    public static readonly PolicyValidationOptions Default = new();

    /// <summary>
    /// Refuse CIDRs with leading zeros, IPv4-mapped IPv6 addresses and bits beyond the prefix length (the gate StrictIPCIDRValidation, on by
    /// default from 1.36). True by default.
    /// </summary>
    public bool StrictCidr { get; init; } = true;

    /// <summary>
    /// Accept malformed values in <c>matchExpressions</c>, as the API server does for policies that already have them. False by default.
    /// </summary>
    public bool AllowInvalidLabelValueInSelector { get; init; }
}
