namespace Ringfence.Model;

/// <summary>What an edit does at its path.</summary>
public enum EditKind : byte
{
    /// <summary>Gives a field a value; the field is added where it is not there.</summary>
    Set,

    /// <summary>Adds an item at the end of a list; the list is added where it is not there.</summary>
    Append,

    /// <summary>Takes a field or a list item away.</summary>
    Remove,

    /// <summary>Gives a field another name; its value stays.</summary>
    Rename,
}

/// <summary>A change of a manifest, told by field, so that it can be made in the file as it is written, its comments kept.</summary>
/// <param name="Object">The object.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Path">
/// The field, list or item, as the API server writes paths: <c>spec.policyTypes</c>, <c>spec.egress[0].ports[1].port</c>,
/// <c>spec.podSelector.matchLabels[app.kubernetes.io/name]</c>.
/// </param>
/// <param name="Value">
/// The value or item as block YAML without indentation; the new key for <see cref="EditKind.Rename"/>; null for <see cref="EditKind.Remove"/>.
/// </param>
public sealed record ManifestEdit(KubernetesObject Object, EditKind Kind, string Path, string? Value)
{
    /// <summary>
    /// The text that must stand there for the edit to be the one that is meant; null where it may be any, or none. A label that a selector asks for can be written
    /// in <c>matchLabels</c> or in <c>matchExpressions</c>, and who looks at the selector cannot see which.
    /// </summary>
    public string? Was { get; init; }
}
