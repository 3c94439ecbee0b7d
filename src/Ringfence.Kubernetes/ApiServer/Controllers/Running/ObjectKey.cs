namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Which object: its kind, namespace (empty for a kind without) and name.</summary>
internal readonly record struct ObjectKey(ResourceType Type, string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? $"{Type}/{Name}" : $"{Type}/{Namespace}/{Name}";
}
