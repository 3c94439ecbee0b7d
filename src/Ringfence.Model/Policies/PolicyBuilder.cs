using System.Collections.Immutable;

namespace Ringfence.Model.Policies;

/// <summary>Turns a valid wire form into the immutable <see cref="NetworkPolicy"/> that the engine reads.</summary>
public static class PolicyBuilder
{
    private const string OwnAnnotations = "ringfence.dev/";

    /// <summary>
    /// Builds a policy. Defaults are applied where they are not yet. CIDRs are read as the API server reads them without strict checks:
    /// leading zeros are decimal, host bits are dropped, IPv4-mapped IPv6 is IPv4.
    /// </summary>
    /// <param name="policy">A policy that <see cref="PolicyValidation"/> finds no fault with, in whichever CIDR mode.</param>
    /// <param name="locate">
    /// Where things stand, by field path: <c>""</c> for the object, <c>spec.ingress[0]</c>, <c>spec.ingress[0].from[1]</c>,
    /// <c>spec.egress[0].to[1]</c>, <c>spec.egress[0].ports[2]</c>. Null where places are not known.
    /// </param>
    /// <remarks>A policy with <c>generateName</c> alone is named <c>prefix*</c>, which no real object can be.</remarks>
    /// <exception cref="FormatException">The policy has a protocol, operator or CIDR that is not valid.</exception>
    public static NetworkPolicy Build(PolicyManifest policy, Func<string, Location>? locate = null)
    {
        locate ??= static _ => default;
        policy = PolicyDefaults.Apply(policy);
        var types = policy.PolicyTypes!;
        return new NetworkPolicy
        {
            Name = !string.IsNullOrEmpty(policy.Name) ? policy.Name : $"{policy.GenerateName}*",
            Namespace = policy.Namespace ?? "",
            Labels = LabelSet.Create(policy.Labels ?? []),
            Annotations = LabelSet.Create((policy.Annotations ?? []).Where(a => a.Key.StartsWith(OwnAnnotations, StringComparison.Ordinal))),
            Location = locate(""),
            PodSelector = Selector(policy.PodSelector) ?? LabelSelector.Everything,
            AffectsIngress = types.Contains("Ingress"),
            AffectsEgress = types.Contains("Egress"),
            TypesDefaulted = policy.PolicyTypesDefaulted,
            Ingress = Rules(policy.Ingress, "spec.ingress", "from", locate),
            Egress = Rules(policy.Egress, "spec.egress", "to", locate),
        };
    }

    private static ImmutableArray<PolicyRule> Rules(
        IReadOnlyList<RuleManifest>? rules, string path, string peersField, Func<string, Location> locate) =>
        Convert(rules, path, (rule, place) => new PolicyRule(
            Convert(rule.Peers, $"{place}.{peersField}", (peer, at) => Peer(peer, locate(at))),
            Convert(rule.Ports, $"{place}.ports", (port, at) => Port(port, locate(at))),
            locate(place)) { Form = rule.Form });

    private static PolicyPeer Peer(PeerManifest peer, Location location) =>
        new(Selector(peer.PodSelector), Selector(peer.NamespaceSelector), peer.IpBlock is { } block ? Block(block) : null, location);

    private static PolicyPort Port(PortManifest port, Location location)
    {
        if (!ProtocolText.TryParse(port.Protocol, out var protocol)) throw Invalid($"protocol {port.Protocol}");
        return port.PortNumber is { } first
            ? new PolicyPort(protocol, null, first, port.EndPort ?? first, location)
            : new PolicyPort(protocol, port.PortName, 0, 0, location);
    }

    private static IpBlock Block(IpBlockManifest block)
    {
        var cidr = Cidr(block.Cidr);
        return new IpBlock(cidr, [.. (block.Except ?? []).Select(text => Inside(cidr, Cidr(text)))]);
    }

    // An exception in IPv4-mapped form may be wider than its block and still pass validation; it then leaves nothing of the block.
    private static Prefix Inside(Prefix cidr, Prefix except) => except.Length < cidr.Length ? cidr : except;

    private static Prefix Cidr(string text) => LegacyCidr.TryParse(text, out var cidr) ? cidr.Prefix : throw Invalid($"CIDR {text}");

    private static LabelSelector? Selector(SelectorManifest? selector) => selector is null
        ? null
        : new LabelSelector(LabelSet.Create(selector.MatchLabels ?? [])
            .Select(label => new Requirement(label.Key, SelectorOperator.In, [label.Value]))
            .Concat((selector.MatchExpressions ?? []).Select(Expression)));

    private static Requirement Expression(ExpressionManifest expression) => new(
        expression.Key,
        expression.Operator switch
        {
            "In" => SelectorOperator.In,
            "NotIn" => SelectorOperator.NotIn,
            "Exists" => SelectorOperator.Exists,
            "DoesNotExist" => SelectorOperator.DoesNotExist,
            _ => throw Invalid($"operator {expression.Operator}"),
        },
        [.. expression.Values ?? []]);

    private static ImmutableArray<TTo> Convert<TFrom, TTo>(IReadOnlyList<TFrom>? list, string path, Func<TFrom, string, TTo> convert) =>
        [.. (list ?? []).Select((entry, i) => convert(entry, $"{path}[{i}]"))];

    private static FormatException Invalid(string what) => new($"the policy was not validated: {what}");
}
