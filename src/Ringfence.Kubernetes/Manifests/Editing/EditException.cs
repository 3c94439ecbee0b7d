namespace Ringfence.Kubernetes.Manifests.Editing;

/// <summary>An edit cannot be made; the message says why.</summary>
internal sealed class EditException(string message) : Exception(message);
