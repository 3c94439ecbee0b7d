namespace Ringfence.Model.Policies;

// The wire form of a NetworkPolicy: everything may be absent, nothing is checked yet. Field by field as in
// staging/src/k8s.io/api/networking/v1/types.go.

/// <summary>A NetworkPolicy as written, before defaulting and validation.</summary>
public sealed record PolicyManifest
{
    /// <summary><c>metadata.name</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>metadata.generateName</c>.</summary>
    public string? GenerateName { get; init; }

    /// <summary><c>metadata.namespace</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>metadata.labels</c>, in the order written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Labels { get; init; }

    /// <summary><c>metadata.annotations</c>, in the order written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Annotations { get; init; }

    /// <summary><c>spec.podSelector</c>; absent and empty mean the same.</summary>
    public SelectorManifest? PodSelector { get; init; }

    /// <summary><c>spec.ingress</c>; a null entry is an empty rule.</summary>
    public IReadOnlyList<RuleManifest>? Ingress { get; init; }

    /// <summary><c>spec.egress</c>; a null entry is an empty rule.</summary>
    public IReadOnlyList<RuleManifest>? Egress { get; init; }

    /// <summary><c>spec.policyTypes</c>.</summary>
    public IReadOnlyList<string>? PolicyTypes { get; init; }

    /// <summary>True where <see cref="PolicyDefaults"/> filled <see cref="PolicyTypes"/>; not on the wire.</summary>
    public bool PolicyTypesDefaulted { get; init; }
}

/// <summary>A rule as written: <c>from</c> or <c>to</c>, and <c>ports</c>.</summary>
public sealed record RuleManifest
{
    /// <summary>The peers; a null entry of the list is a peer without fields.</summary>
    public IReadOnlyList<PeerManifest>? Peers { get; init; }

    /// <summary>The ports; a null entry of the list is a port without fields.</summary>
    public IReadOnlyList<PortManifest>? Ports { get; init; }

    /// <summary>How the peers were written where there are none.</summary>
    public EveryoneForm Form { get; init; }
}

/// <summary>A peer as written.</summary>
public sealed record PeerManifest
{
    /// <summary><c>podSelector</c>.</summary>
    public SelectorManifest? PodSelector { get; init; }

    /// <summary><c>namespaceSelector</c>.</summary>
    public SelectorManifest? NamespaceSelector { get; init; }

    /// <summary><c>ipBlock</c>.</summary>
    public IpBlockManifest? IpBlock { get; init; }
}

/// <summary>An ipBlock as written.</summary>
/// <param name="Cidr"><c>cidr</c>; absent is empty.</param>
/// <param name="Except"><c>except</c>.</param>
public sealed record IpBlockManifest(string Cidr, IReadOnlyList<string>? Except);

/// <summary>A port as written.</summary>
public sealed record PortManifest
{
    /// <summary><c>protocol</c>; null where absent, which is not the same as empty.</summary>
    public string? Protocol { get; init; }

    /// <summary><c>port</c> where it is a number (a 32-bit integer).</summary>
    public int? PortNumber { get; init; }

    /// <summary><c>port</c> where it is a string.</summary>
    public string? PortName { get; init; }

    /// <summary><c>endPort</c>.</summary>
    public int? EndPort { get; init; }
}

/// <summary>A label selector as written.</summary>
public sealed record SelectorManifest
{
    /// <summary><c>matchLabels</c>, in the order written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? MatchLabels { get; init; }

    /// <summary><c>matchExpressions</c>.</summary>
    public IReadOnlyList<ExpressionManifest>? MatchExpressions { get; init; }
}

/// <summary>One entry of <c>matchExpressions</c> as written; absent strings are empty.</summary>
/// <param name="Key"><c>key</c>.</param>
/// <param name="Operator"><c>operator</c>.</param>
/// <param name="Values"><c>values</c>.</param>
public sealed record ExpressionManifest(string Key, string Operator, IReadOnlyList<string>? Values);
