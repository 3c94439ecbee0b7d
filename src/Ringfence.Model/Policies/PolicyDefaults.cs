namespace Ringfence.Model.Policies;

/// <summary>The API server's defaulting of a NetworkPolicy.</summary>
/// <remarks>pkg/apis/networking/v1/defaults.go: an absent protocol is TCP, absent policyTypes follow from the rules.</remarks>
public static class PolicyDefaults
{
    /// <summary>
    /// A copy with the defaults filled in. An absent <c>protocol</c> becomes TCP (an empty one stays, and is invalid). <c>policyTypes</c> of
    /// length 0 becomes Ingress, and Egress too where there is an egress rule. Applying it again changes nothing.
    /// </summary>
    public static PolicyManifest Apply(PolicyManifest policy)
    {
        var typesAbsent = policy.PolicyTypes is null or { Count: 0 };
        return policy with
        {
            Ingress = Rules(policy.Ingress),
            Egress = Rules(policy.Egress),
            PolicyTypes = !typesAbsent ? policy.PolicyTypes : policy.Egress is { Count: > 0 } ? ["Ingress", "Egress"] : ["Ingress"],
            PolicyTypesDefaulted = typesAbsent || policy.PolicyTypesDefaulted,
        };
    }

    private static IReadOnlyList<RuleManifest>? Rules(IReadOnlyList<RuleManifest>? rules) =>
        rules is null ? null : [.. rules.Select(rule => rule.Ports is null ? rule : rule with { Ports = [.. rule.Ports.Select(Port)] })];

    private static PortManifest Port(PortManifest port) => port.Protocol is null ? port with { Protocol = "TCP" } : port;
}
