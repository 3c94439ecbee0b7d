namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>The order of objects of one kind: by namespace, then by name.</summary>
internal sealed class ByName : IComparer<StoredObject>
{
    public static readonly ByName Order = new();

    /// <inheritdoc/>
    public int Compare(StoredObject? left, StoredObject? right) => Compare(left!, right!.Namespace, right.Name);

    /// <summary>Where an object stands as to a place.</summary>
    public static int Compare(StoredObject left, string @namespace, string name)
    {
        var byNamespace = string.CompareOrdinal(left.Namespace, @namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(left.Name, name);
    }
}
