using System.Collections.Immutable;
using Ringfence.Kubernetes.ApiServer.CustomResources;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>A kind of object that the server serves, with the names that it has in paths, in manifests and in kubectl.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version, such as <c>v1</c>.</param>
/// <param name="Kind">The kind, such as <c>NetworkPolicy</c>.</param>
/// <param name="Plural">The name in paths, such as <c>networkpolicies</c>.</param>
/// <param name="IsNamespaced">Whether its objects are in namespaces.</param>
/// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/</remarks>
public sealed record ResourceType(string Group, string Version, string Kind, string Plural, bool IsNamespaced)
{
    /// <summary>The short names that kubectl takes for it, such as <c>netpol</c>.</summary>
    public ImmutableArray<string> ShortNames { get; init; } = [];

    /// <summary>The groups of kinds that kubectl takes for several at once, such as <c>all</c>.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>The subresources that can be read and written, such as <c>status</c> and <c>scale</c>.</summary>
    public ImmutableArray<string> Subresources { get; init; } = [];

    /// <summary>The kind that its objects are kept as, where it is another form of that one; null for a kind of its own.</summary>
    public ResourceType? KeptAs { get; init; }

    /// <summary>The name of one, in small letters.</summary>
    public string Singular { get => field ?? Kind.ToLowerInvariant(); init; }

    /// <summary>The kind of lists of it.</summary>
    public string ListKind { get => field ?? Kind + "List"; init; }

    /// <summary>What its custom resource definition says of this version; null for a kind that is built in.</summary>
    internal CustomVersion? Custom { get; init; }

    /// <summary><c>apiVersion</c> of its objects.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Whether it is the same kind, in whichever version: its objects are the same ones.</summary>
    public bool Equals(ResourceType? other) => other is not null && (Group, Plural) == (other.Group, other.Plural);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Group, Plural);

    /// <inheritdoc/>
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}
