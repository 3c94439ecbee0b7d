namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>The place where objects are kept cannot be used. The message says what is wrong with which file, and what to do.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
