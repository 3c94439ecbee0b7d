using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>One change of the cluster: an object that is new or different, or one that is gone.</summary>
/// <param name="Object">The object in its new state; where <paramref name="Removed"/>, only its kind, namespace and name matter.</param>
/// <param name="Removed">Whether it is gone.</param>
/// <remarks>Pods, namespaces and NetworkPolicies; other kinds change no verdict between pods and are refused.</remarks>
public sealed record Change(KubernetesObject Object, bool Removed);
