using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Ringfence.Kubernetes.ApiServer.CustomResources;
using Ringfence.Kubernetes.ApiServer.Schemas;

namespace Ringfence.Kubernetes.ApiServer.Storage;

/// <summary>How much of the past a store keeps.</summary>
internal sealed record StoreOptions
{
    /// <summary>Changes that are kept for those who watch.</summary>
    public int MostChanges { get; init; } = 32_768;

    /// <summary>Bytes of JSON that these may hold.</summary>
    public long MostBytes { get; init; } = 96L << 20;
}

/// <summary>
/// Keeps objects: in a file, and in memory for reading. A change is first in the file and then visible. Safe for several threads: writers wait for
/// each other, readers for nobody.
/// </summary>
internal sealed class ObjectStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly FileStream _guard;
    private readonly StoreFile _file;
    private StoreState _state = StoreState.Empty;
    private bool _isClosed;

    private ObjectStore(string path, FileStream guard, StoreFile file, StoreOptions options)
    {
        (_path, _guard, _file) = (path, guard, file);
        Log = new ChangeLog(options.MostChanges, options.MostBytes);
    }

    /// <summary>All objects as they are now.</summary>
    public StoreState State => Volatile.Read(ref _state);

    /// <summary>The latest changes.</summary>
    public ChangeLog Log { get; }

    /// <summary>Opens the store of a folder, or makes it.</summary>
    /// <param name="folder">The folder, which is made where it is missing.</param>
    /// <param name="options">How much of the past to keep.</param>
    /// <exception cref="StoreException">It is in use by another server, is damaged or cannot be read.</exception>
    public static ObjectStore Open(string folder, StoreOptions? options = null)
    {
        var database = Path.Combine(folder, "objects.db");
        FileStream? held = null;
        StoreFile? opened = null;
        try
        {
            if (File.Exists(folder)) throw new StoreException($"{folder} is a file; name a folder for the data");
            OwnFile.MakeFolder(folder);
            held = Hold(folder);
            opened = StoreFile.Open(database);
            var store = new ObjectStore(database, held, opened, options ?? new StoreOptions());
            store.Load();
            return store;
        }
        catch (Exception problem)
        {
            opened?.Dispose();
            held?.Dispose();
            throw problem switch
            {
                SqliteException sqlite => StoreFile.Explain(database, sqlite),
                UnauthorizedAccessException or IOException => new StoreException($"{folder} cannot be used: {problem.Message}", problem),
                _ => problem,
            };
        }
    }

    /// <summary>Writes an object, where it still is as expected.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">The namespace; empty for a kind without.</param>
    /// <param name="name">The name.</param>
    /// <param name="expected">What the object is by the writer's knowledge; null where there is to be none.</param>
    /// <param name="value">The new state; gets its version.</param>
    /// <param name="check">Looks at the whole state while nobody else can change it; completes the new state, or throws where the write is not to be.</param>
    /// <returns>The object as written; null where it was not as expected.</returns>
    public StoredObject? Put(ResourceType type, string @namespace, string name, StoredObject? expected, JsonObject value, Action<StoreState>? check = null) =>
        Write(type, @namespace, name, expected, value, expected is null ? ChangeKind.Added : ChangeKind.Modified, check);

    /// <summary>Removes an object, where it still is as expected.</summary>
    /// <param name="expected">What the object is by the writer's knowledge.</param>
    /// <param name="last">Its last state, for those who watch; gets the version of the removal.</param>
    /// <param name="check">Looks at the whole state while nobody else can change it, and throws where the removal is not to be.</param>
    /// <returns>The last state; null where the object was not as expected.</returns>
    public StoredObject? Remove(StoredObject expected, JsonObject last, Action<StoreState>? check = null) =>
        Write(expected.Type, expected.Namespace, expected.Name, expected, last, ChangeKind.Deleted, check);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            _file.Dispose();
            _guard.Dispose();
        }
    }

    private StoredObject? Write(ResourceType type, string @namespace, string name, StoredObject? expected, JsonObject value, ChangeKind kind, Action<StoreState>? check)
    {
        lock (_gate)
        {
            if (_isClosed) throw new ApiException(503, "ServiceUnavailable", "the server is shutting down");
            var before = _state.Find(type, @namespace, name);
            if (!ReferenceEquals(before, expected)) return null;
            check?.Invoke(_state);
            var version = _state.Version + 1;
            ObjectJson.SetVersion(value, version);
            var change = new StoredChange(kind, new StoredObject(type, @namespace, name, version, ObjectJson.Write(value)), before);
            var surplus = Log.Surplus(change.Object.Json.Length);
            try
            {
                _file.Append(change, surplus);
            }
            catch (SqliteException problem)
            {
                throw new ApiException(500, "InternalError", $"Internal error occurred: {StoreFile.Explain(_path, problem).Message}");
            }

            if (surplus.Count > 0) Log.Forget(surplus);
            Volatile.Write(ref _state, _state.With(change));
            Log.Add(change);
            return change.Object;
        }
    }

    private void Load()
    {
        // What the other rows are is known by the definitions.
        var definitions = new Dictionary<string, StoredObject>();
        foreach (var (kind, stored) in _file.Read((group, _, plural) => (group, plural) == (Definition.Kind.Group, Definition.Kind.Plural) ? Definition.Kind : null).Rows)
        {
            if (kind == ChangeKind.Deleted) definitions.Remove(stored.Name);
            else definitions[stored.Name] = stored;
        }

        var kinds = ServedKinds.Of(definitions.Values);
        var (floor, rows) = _file.Read((group, version, plural) => kinds.Find(group, version, plural) is { KeptAs: null } type ? type : kinds.OfDefinition($"{plural}.{group}"));
        var objects = new Dictionary<(ResourceType, string, string), StoredObject>();
        var version = floor;
        Log.Start(floor, version);
        foreach (var (kind, stored) in rows)
        {
            var key = (stored.Type, stored.Namespace, stored.Name);
            objects.TryGetValue(key, out var before);
            if (stored.Version > floor) Log.Add(new StoredChange(kind, stored, before));
            if (kind == ChangeKind.Deleted) objects.Remove(key);
            else objects[key] = stored;
            version = Math.Max(version, stored.Version);
        }

        _state = StoreState.Of(version, objects.Values, kinds);
    }

    // The kernel lets go of it when the process ends, however it ends.
    private static FileStream Hold(string folder)
    {
        var lockFile = Path.Combine(folder, "lock");
        try
        {
            return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (File.Exists(lockFile))
        {
            throw new StoreException($"{folder} is in use by another server; stop that one, or name another data folder", problem);
        }
    }
}
