using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Objects;
using Ringfence.Kubernetes.ApiServer.Schemas;
using Ringfence.Kubernetes.ApiServer.Schemas.Rules;
using Ringfence.Kubernetes.ApiServer.Storage;
using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer;

/// <summary>The rules of the API over a store: identity, versions, defaults, validation, namespaces and deletion. Safe for several threads.</summary>
/// <param name="store">Where objects are kept.</param>
/// <param name="time">Tells the time.</param>
/// <param name="admissions">What completes or refuses objects, in this order.</param>
internal sealed class ObjectApi(ObjectStore store, TimeProvider time, IReadOnlyList<IAdmission> admissions) : IObjectApi
{
    private const int NamesTried = 8;
    private const int Batch = 256;
    private static readonly WriteOptions Plain = new();
    private static readonly ResourceType Namespaces = ResourceCatalog.OfKind("v1", "Namespace")!;

    /// <inheritdoc/>
    public ServedKinds Kinds => store.State.Kinds;

    /// <summary>All objects as they are now.</summary>
    public StoreState State => store.State;

    /// <summary>The latest changes.</summary>
    public ChangeLog Log => store.Log;

    /// <inheritdoc/>
    public StoredObject? Find(ResourceType type, string @namespace, string name) => store.State.Find(type, @namespace, name)?.In(type);

    /// <inheritdoc/>
    public (ImmutableArray<StoredObject> Items, long Version) List(ResourceType type, string? @namespace = null)
    {
        var state = store.State;
        return ([.. state.In(type, @namespace).Select(stored => stored.In(type))], state.Version);
    }

    /// <inheritdoc/>
    public StoredObject Create(ResourceType type, JsonObject value, WriteOptions? options = null)
    {
        var isDryRun = (options ?? Plain).DryRun;
        type = Now(type);
        var metadata = Meta.Of(value);
        value["kind"] = type.Kind;
        value["apiVersion"] = type.ApiVersion;
        if (metadata.Text("resourceVersion").Length > 0) throw Refusal.BadRequest("resourceVersion should not be set on objects to be created");
        if (!type.IsNamespaced) metadata.Remove("namespace");
        else if (metadata.Text("namespace").Length == 0) metadata["namespace"] = "default";
        var @namespace = metadata.Text("namespace");
        var start = metadata.Text("generateName");
        var isGenerated = metadata.Text("name").Length == 0 && start.Length > 0;
        ObjectRules.PrepareNew(type, value, time.GetUtcNow());
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (isGenerated) metadata["name"] = GeneratedName.Make(start);
                var name = metadata.Text("name");
                CheckPlace(store.State, type, @namespace, name);
                if (attempt == 1) Complete(type, value, null, isDryRun);
                Settle(type, value, null, store.State);
                var created = isDryRun ? WouldCreate(type, @namespace, name, value) : store.Put(type, @namespace, name, null, value, state =>
                {
                    CheckPlace(state, type, @namespace, name);
                    Settle(type, value, null, state);
                });
                if (created is not null) return created.In(type);
                if (!isGenerated || attempt == NamesTried) throw Refusal.AlreadyExists(type, name);
            }
        }
        finally
        {
            Release(value);
        }
    }

    /// <inheritdoc/>
    public StoredObject Update(ResourceType type, string @namespace, string name, Func<JsonObject, JsonObject?> change, WriteOptions? options = null)
    {
        options ??= Plain;
        while (true)
        {
            type = Now(type);
            var current = store.State.Find(type, @namespace, name) ?? throw Refusal.NotFound(type, name);
            var (old, value) = (current.Parse(), change(current.In(type).Parse()));
            if (value is null) return current.In(type);
            ObjectRules.PrepareUpdate(type, value, old, options.Subresource);
            try
            {
                switch (options.Subresource)
                {
                    case null:
                        Complete(type, value, old, options.DryRun);
                        break;
                    case "ephemeralcontainers":
                        Defaults.Apply(type, value);
                        Refuse(type, name, EphemeralContainerRules.Check(value, old));
                        break;
                    default:
                        Validate(type, value, old);
                        break;
                }

                ObjectRules.CountGeneration(type, value, old);
                Settle(type, value, old, store.State);
                if (JsonNode.DeepEquals(value, old)) return current.In(type);
                if (options.DryRun) return new StoredObject(type, @namespace, name, current.Version, ObjectJson.Write(value));
                var written = Deletion.IsDue(type, value) ? Remove(current, value) : store.Put(type, @namespace, name, current, value, state => Settle(type, value, old, state));
                if (written is not null) return written.In(type);
            }
            finally
            {
                Release(value);
            }
        }
    }

    /// <inheritdoc/>
    public StoredObject? Delete(ResourceType type, string @namespace, string name, DeleteOptions? options = null)
    {
        var result = DeleteKnowingLast(type, @namespace, name, options ?? new DeleteOptions());
        return result.IsGone ? null : result.Object;
    }

    /// <summary>Deletes as <see cref="Delete"/> does.</summary>
    /// <returns>Whether the object is gone, and its last state.</returns>
    public (bool IsGone, StoredObject Object) DeleteKnowingLast(ResourceType type, string @namespace, string name, DeleteOptions options)
    {
        while (true)
        {
            type = Now(type);
            var current = store.State.Find(type, @namespace, name) ?? throw Refusal.NotFound(type, name);
            var value = current.Parse();
            Deletion.CheckPreconditions(type, name, value, options);
            if (type.IsCore("Namespace") && name is ("default" or "kube-system" or "kube-public"))
                throw Refusal.Forbidden(type, name, "this namespace may not be deleted");
            if (Deletion.Mark(type, value, options, time.GetUtcNow()))
            {
                if (options.DryRun) return (true, current);
                if (Remove(current, current.Parse()) is { } gone) return (true, gone);
            }
            else
            {
                if (JsonNode.DeepEquals(value, current.Parse())) return (false, current);
                if (options.DryRun) return (false, new StoredObject(type, @namespace, name, current.Version, ObjectJson.Write(value)));
                if (store.Put(type, @namespace, name, current, value) is { } marked) return (false, marked);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredChange> WatchAsync(ResourceType? type, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var position = after;
        var changes = new List<StoredChange>();
        while (!cancellation.IsCancellationRequested)
        {
            if (Log.Read(type, ref position, changes, Batch) is { } waiter)
            {
                try
                {
                    position = await waiter.Task.WaitAsync(cancellation);
                }
                catch (OperationCanceledException)
                {
                    yield break;
                }
                finally
                {
                    Log.Leave(type, waiter);
                }
            }

            foreach (var change in changes) yield return change;
            changes.Clear();
        }
    }

    private void Complete(ResourceType type, JsonObject value, JsonObject? old, bool isDryRun)
    {
        Defaults.Apply(type, value);
        foreach (var admission in admissions) admission.Admit(new AdmissionRequest(type, value, old, isDryRun));
        Validate(type, value, old);
    }

    private void Release(JsonObject value)
    {
        foreach (var admission in admissions) admission.Release(value);
    }

    private static void Validate(ResourceType type, JsonObject value, JsonObject? old)
    {
        var name = Meta.Of(value).Text("name");
        ImmutableArray<FieldError> errors = name.Length == 0
            ? [new FieldError(FieldErrorType.FieldValueRequired, "metadata.name", null, "name or generateName is required")]
            : Validation.Check(type, value, old);
        Refuse(type, name, errors);
    }

    private static void Refuse(ResourceType type, string name, ImmutableArray<FieldError> errors)
    {
        if (errors.Length > 0) throw Refusal.Invalid(type, name, errors);
    }

    private StoredObject? WouldCreate(ResourceType type, string @namespace, string name, JsonObject value)
    {
        var state = store.State;
        return state.Find(type, @namespace, name) is null ? new StoredObject(type, @namespace, name, state.Version, ObjectJson.Write(value)) : null;
    }

    // A namespace outlives what is in it, also what was put there while it was being emptied. So does a definition.
    private StoredObject? Remove(StoredObject current, JsonObject last) => store.Remove(current, last, !HoldsOthers(current.Type) ? null : state =>
    {
        if (current.Type == Definition.Kind)
        {
            if (state.Kinds.OfDefinition(current.Name) is not { } kind || state.Of(kind).IsEmpty) return;
            throw Refusal.Conflict(current.Type, current.Name, "custom resource instances remain; they are deleted first");
        }

        if (!state.HasAnyIn(current.Name)) return;
        throw Refusal.Conflict(
            current.Type, current.Name,
            "The system is ensuring all content is removed from this namespace.  Upon completion, this namespace will automatically be purged by the system.");
    });

    private static bool HoldsOthers(ResourceType type) => type.IsCore("Namespace") || type == Definition.Kind;

    // Whoever knows a custom kind from earlier means it as it is now.
    private ResourceType Now(ResourceType type) => Kinds.Now(type) ?? throw NotServed();

    private static ApiException NotServed() => new(404, "NotFound", "the server could not find the requested resource");

    /// <summary>Writes what follows from all that there is: a definition's names, and the version in which an object is kept.</summary>
    private void Settle(ResourceType type, JsonObject value, JsonObject? old, StoreState state)
    {
        if (type == Definition.Kind) DefinitionStatus.Settle(value, old, state.Kinds.Definitions, time.GetUtcNow());
        else if (type.Custom is not null && state.Kinds.Now(type)?.Custom is { } custom) value["apiVersion"] = custom.StorageApiVersion;
    }

    private static void CheckPlace(StoreState state, ResourceType type, string @namespace, string name)
    {
        if (type.Custom is not null && (state.Kinds.Now(type)?.Custom ?? throw NotServed()).IsTerminating)
            throw new ApiException(405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating");
        if (!type.IsNamespaced) return;
        var found = state.Find(Namespaces, "", @namespace) ?? throw Refusal.NotFound(Namespaces, @namespace);
        if (Meta.IsDeleting(found.Parse())) throw Refusal.NamespaceTerminates(type, name, @namespace);
    }
}
