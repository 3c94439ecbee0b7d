using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>How an object is written.</summary>
public sealed record WriteOptions
{
    /// <summary>
    /// The subresource that is written; null for the object itself. <c>status</c>: the rest of the object stays as it is, as the status does without it.
    /// <c>ephemeralcontainers</c>: a pod may get more <c>spec.ephemeralContainers</c>, and nothing else changes. <c>binding</c>: a pod may get its <c>spec.nodeName</c>. <c>finalize</c>: a namespace may lose its <c>spec.finalizers</c>.
    /// </summary>
    public string? Subresource { get; init; }

    /// <summary>Whether everything is checked and nothing kept.</summary>
    public bool DryRun { get; init; }
}

/// <summary>How an object is deleted.</summary>
public sealed record DeleteOptions
{
    /// <summary>What becomes of its dependents: <c>Background</c>, <c>Foreground</c> or <c>Orphan</c>; null for the kind's default.</summary>
    public string? Propagation { get; init; }

    /// <summary>Seconds that a pod has to end; 0 removes it at once; null for its own.</summary>
    public int? GracePeriodSeconds { get; init; }

    /// <summary>Only this very object is meant; null for whichever has the name.</summary>
    public string? Uid { get; init; }

    /// <summary>Only this version is meant; null for any.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Whether everything is checked and nothing deleted.</summary>
    public bool DryRun { get; init; }
}

/// <summary>
/// The API without HTTP, for what runs in the server's own process: the same checks, defaults, versions and events. Safe for several threads.
/// Refusals are <see cref="ApiException"/>.
/// </summary>
public interface IObjectApi
{
    /// <summary>The kinds that are served now; those of custom resource definitions come and go.</summary>
    ServedKinds Kinds { get; }

    /// <summary>Finds an object; null where there is none.</summary>
    StoredObject? Find(ResourceType type, string @namespace, string name);

    /// <summary>The objects of a kind, by namespace and name, with the version as of which they are so.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">Of this namespace alone; null for all.</param>
    (ImmutableArray<StoredObject> Items, long Version) List(ResourceType type, string? @namespace = null);

    /// <summary>Adds an object.</summary>
    /// <exception cref="ApiException">It is refused, or there is one of this name.</exception>
    StoredObject Create(ResourceType type, JsonObject value, WriteOptions? options = null);

    /// <summary>Reads an object, changes it and writes it; again where somebody else wrote it meanwhile.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">The namespace; empty for a kind without.</param>
    /// <param name="name">The name.</param>
    /// <param name="change">Makes the new state of the old one, which it may change in place; null leaves the object as it is.</param>
    /// <param name="options">How.</param>
    /// <returns>The object as it is now.</returns>
    /// <exception cref="ApiException">There is none, or the new state is refused.</exception>
    StoredObject Update(ResourceType type, string @namespace, string name, Func<JsonObject, JsonObject?> change, WriteOptions? options = null);

    /// <summary>Deletes an object, or marks it to be deleted where it has finalizers or is a pod that has time to end.</summary>
    /// <returns>The object where it is still there, marked; null where it is gone.</returns>
    /// <exception cref="ApiException">There is none, or it is another one.</exception>
    StoredObject? Delete(ResourceType type, string @namespace, string name, DeleteOptions? options = null);

    /// <summary>Every change after a version, in order, as it happens, until cancelled.</summary>
    /// <param name="type">The kind; null for all.</param>
    /// <param name="after">The version that is known already, as <see cref="List"/> gave it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ApiException">Changes after that version are no longer kept (410): list anew.</exception>
    IAsyncEnumerable<StoredChange> WatchAsync(ResourceType? type, long after, CancellationToken cancellation);
}
