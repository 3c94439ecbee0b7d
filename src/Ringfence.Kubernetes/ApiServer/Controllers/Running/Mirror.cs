namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>
/// The server's objects as controllers know them: one copy for all, fed by one watch, so that nobody sees an effect before its cause. What a
/// controller writes itself is in it at once. For one thread.
/// </summary>
internal sealed class Mirror
{
    private readonly Dictionary<ObjectKey, Mirrored> _objects = [];
    private readonly Dictionary<(ResourceType, string), Dictionary<string, Mirrored>> _byNamespace = [];
    private readonly Dictionary<ResourceType, Dictionary<ObjectKey, Mirrored>> _byType = [];
    private readonly Dictionary<string, Mirrored> _byUid = [];
    private readonly Dictionary<string, Dictionary<ObjectKey, Mirrored>> _byOwner = [];

    // Removed here already, while the watch may still tell of what was before.
    private readonly HashSet<string> _removed = [];

    /// <summary>Told of every change: what was (null: new) and what is (null: gone).</summary>
    public Action<Mirrored?, Mirrored?>? Changed { get; set; }

    /// <summary>Finds an object.</summary>
    public Mirrored? Find(ObjectKey key) => _objects.GetValueOrDefault(key);

    /// <summary>Finds an object.</summary>
    public Mirrored? Find(ResourceType type, string @namespace, string name) => Find(new ObjectKey(type, @namespace, name));

    /// <summary>Finds an object by its uid.</summary>
    public Mirrored? FindUid(string uid) => _byUid.GetValueOrDefault(uid);

    /// <summary>All objects of a kind, in no order.</summary>
    public IReadOnlyCollection<Mirrored> All(ResourceType type) => _byType.TryGetValue(type, out var objects) ? objects.Values : [];

    /// <summary>The objects of a kind in a namespace, in no order.</summary>
    public IReadOnlyCollection<Mirrored> In(ResourceType type, string @namespace) =>
        _byNamespace.TryGetValue((type, @namespace), out var objects) ? objects.Values : [];

    /// <summary>The objects that name an owner, in no order.</summary>
    public IReadOnlyCollection<Mirrored> OwnedBy(string uid) => _byOwner.TryGetValue(uid, out var objects) ? objects.Values : [];

    /// <summary>Takes a change from the watch.</summary>
    public void Observe(StoredChange change)
    {
        if (change.Kind == ChangeKind.Deleted)
        {
            if (change.Object.Version >= (Find(KeyOf(change.Object))?.Version ?? 0)) Remove(KeyOf(change.Object));
            if (_removed.Count > 0) _removed.Remove(new Mirrored(change.Object).Uid);
            return;
        }

        Put(change.Object);
    }

    /// <summary>Takes an object's new state, unless a later one is known.</summary>
    public void Put(StoredObject stored)
    {
        var key = KeyOf(stored);
        var before = Find(key);
        if (before is not null && before.Version >= stored.Version) return;
        var now = new Mirrored(stored);
        if (_removed.Contains(now.Uid)) return;
        if (before is not null) Unlink(before);
        Link(now);
        Changed?.Invoke(before, now);
        if (!Kinds.OftenRead.Contains(now.Type)) now.Rest();
    }

    /// <summary>Takes note that this very object was removed by a controller.</summary>
    public void Forget(Mirrored gone)
    {
        if (Find(gone.Key)?.Uid != gone.Uid) return;
        _removed.Add(gone.Uid);
        Remove(gone.Key);
    }

    /// <summary>Takes a whole list of a kind: what is not in it is gone.</summary>
    public void Replace(ResourceType type, IReadOnlyCollection<StoredObject> objects)
    {
        _removed.Clear();
        var kept = objects.Select(KeyOf).ToHashSet();
        foreach (var gone in All(type).Where(item => !kept.Contains(item.Key)).ToList()) Remove(gone.Key);
        foreach (var stored in objects) Put(stored);
    }

    private static ObjectKey KeyOf(StoredObject stored) => new(stored.Type, stored.Namespace, stored.Name);

    private void Remove(ObjectKey key)
    {
        if (Find(key) is not { } gone) return;
        Unlink(gone);
        Changed?.Invoke(gone, null);
    }

    private void Link(Mirrored item)
    {
        _objects[item.Key] = item;
        Add(_byType, item.Type, item.Key, item);
        Add(_byNamespace, (item.Type, item.Namespace), item.Name, item);
        _byUid[item.Uid] = item;
        foreach (var owner in item.Owners) Add(_byOwner, owner.Uid, item.Key, item);
    }

    private void Unlink(Mirrored item)
    {
        _objects.Remove(item.Key);
        Drop(_byType, item.Type, item.Key);
        Drop(_byNamespace, (item.Type, item.Namespace), item.Name);
        if (_byUid.TryGetValue(item.Uid, out var known) && known == item) _byUid.Remove(item.Uid);
        foreach (var owner in item.Owners) Drop(_byOwner, owner.Uid, item.Key);
    }

    private static void Add<TGroup, TKey>(Dictionary<TGroup, Dictionary<TKey, Mirrored>> index, TGroup group, TKey key, Mirrored item)
        where TGroup : notnull
        where TKey : notnull
    {
        if (!index.TryGetValue(group, out var objects)) index[group] = objects = [];
        objects[key] = item;
    }

    private static void Drop<TGroup, TKey>(Dictionary<TGroup, Dictionary<TKey, Mirrored>> index, TGroup group, TKey key)
        where TGroup : notnull
        where TKey : notnull
    {
        if (index.TryGetValue(group, out var objects) && objects.Remove(key) && objects.Count == 0) index.Remove(group);
    }
}
