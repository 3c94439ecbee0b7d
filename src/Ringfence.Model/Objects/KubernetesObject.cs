using System.Collections.Immutable;

namespace Ringfence.Model;

/// <summary>The owner that manages an object: the <c>ownerReferences</c> entry with <c>controller: true</c>, else the first one.</summary>
/// <param name="Kind">The owner's kind; may be empty in hand-written manifests.</param>
/// <param name="Name">The owner's name, in the same namespace.</param>
public sealed record OwnerReference(string Kind, string Name);

/// <summary>What all Kubernetes objects here have: identity, labels, annotations, owner and place. Immutable.</summary>
public abstract record KubernetesObject
{
    /// <summary>The kind, for example <c>Pod</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>The namespace; empty for cluster-scoped kinds. A manifest without one gets the reader's default.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Labels.</summary>
    public LabelSet Labels { get; init; } = LabelSet.Empty;

    /// <summary>Annotations; only those under <c>ringfence.dev/</c> are kept.</summary>
    public LabelSet Annotations { get; init; } = LabelSet.Empty;

    /// <summary>The controlling owner, if any.</summary>
    public OwnerReference? Owner { get; init; }

    /// <summary>Where the object begins.</summary>
    public Location Location { get; init; }

    /// <summary><c>ns/name</c>, or the name alone for cluster-scoped kinds.</summary>
    public string QualifiedName => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";

    /// <summary><c>Kind ns/name</c>.</summary>
    public string Describe() => $"{Kind} {QualifiedName}";
}

/// <summary>A namespace.</summary>
public sealed record Namespace : KubernetesObject
{
    /// <summary>The label that the API server keeps on every namespace.</summary>
    /// <remarks>https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name</remarks>
    public const string NameLabel = "kubernetes.io/metadata.name";

    /// <inheritdoc/>
    public override string Kind => "Namespace";
}

/// <summary>A node.</summary>
public sealed record Node : KubernetesObject
{
    /// <inheritdoc/>
    public override string Kind => "Node";

    /// <summary>The addresses of type InternalIP and ExternalIP.</summary>
    public ImmutableArray<Address> Addresses { get; init; } = [];

    /// <summary>The pod ranges of the node (<c>spec.podCIDRs</c>).</summary>
    public ImmutableArray<Prefix> PodCidrs { get; init; } = [];
}

/// <summary>A policy of a kind that can change every answer but is not evaluated: cluster-wide policies and those of network plugins.</summary>
public sealed record UnevaluatedPolicy : KubernetesObject
{
    /// <inheritdoc/>
    public override string Kind => ObjectKind;

    /// <summary>The kind as written.</summary>
    public required string ObjectKind { get; init; }

    /// <summary>The apiVersion as written.</summary>
    public required string ApiVersion { get; init; }
}
