namespace Ringfence.Kubernetes.Client;

/// <summary>Which objects of a kind are asked for.</summary>
public sealed record ObjectSelection
{
    /// <summary>All of them.</summary>
    public static readonly ObjectSelection All = new();

    /// <summary>Those of one namespace; null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Those with these fields, such as <c>spec.nodeName=node-1</c>; null for any. Which fields there are depends on the kind.</summary>
    /// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/</remarks>
    public string? FieldSelector { get; init; }

    /// <summary>Those with these labels; null for any.</summary>
    public string? LabelSelector { get; init; }
}
