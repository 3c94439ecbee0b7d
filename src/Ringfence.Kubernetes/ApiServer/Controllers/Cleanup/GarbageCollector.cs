namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Removes what belonged to an owner that is gone, and lets an owner go when what has to go or be freed before is.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/architecture/garbage-collection/</remarks>
internal sealed class GarbageCollector(ControllerContext context) : Controller(context)
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";

    // Owners of kinds that may be gone as well by the time that their dependents are looked at.
    private readonly HashSet<string> _gone = [];

    /// <inheritdoc/>
    public override string Name => "garbage-collector";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        if (now is not null)
        {
            if (now.Owners.Length > 0 || now.IsDeleting) Queue.Add(now.Key);
            if (before is null || before.Uid == now.Uid) TellBlocked(before);
        }

        if (before is null || (now is not null && now.Uid == before.Uid)) return;
        foreach (var dependent in Objects.OwnedBy(before.Uid))
        {
            Queue.Add(dependent.Key);
            if (before.Type.Custom is not null) _gone.Add(before.Uid);
        }

        TellBlocked(before);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { } item) return;
        if (!item.IsDeleting) Judge(item);
        else if (item.HasFinalizer(Orphan)) FreeDependents(item);
        else if (item.HasFinalizer(Foreground)) DeleteDependents(item);
    }

    /// <summary>Owners that wait for an object to go are looked at again when it went or names them no more.</summary>
    private void TellBlocked(Mirrored? dependent)
    {
        if (dependent is null) return;
        foreach (var owner in dependent.Owners)
            if (owner.BlocksDeletion && Objects.FindUid(owner.Uid) is { IsDeleting: true } waiting) Queue.Add(waiting.Key);
    }

    private void Judge(Mirrored item)
    {
        if (item.Owners.IsEmpty) return;
        var gone = new List<string>();
        var leaving = new List<string>();
        var stays = false;
        foreach (var reference in item.Owners)
        {
            switch (Find(item, reference))
            {
                case { IsGone: true }:
                    gone.Add(reference.Uid);
                    break;
                case { Owner: { IsDeleting: true } owner } when owner.HasFinalizer(Foreground) && reference.BlocksDeletion:
                    leaving.Add(reference.Uid);
                    break;
                default:
                    stays = true;
                    break;
            }
        }

        if (stays)
        {
            if (gone.Count + leaving.Count > 0) Writer.Update(item, body => OwnerReferences.Remove(body, [.. gone, .. leaving]));
            return;
        }

        if (leaving.Count > 0 && Objects.OwnedBy(item.Uid).Count > 0) Writer.Delete(item, "Foreground");
        else if (item.HasFinalizer(Orphan)) Writer.Delete(item, "Orphan");
        else Writer.Delete(item, item.HasFinalizer(Foreground) ? "Foreground" : "Background");
    }

    /// <summary>Finds an owner. One of a kind that is not served here may well be: it is taken to be there.</summary>
    private (bool IsGone, Mirrored? Owner) Find(Mirrored item, OwnerReference reference)
    {
        if (_gone.Contains(reference.Uid)) return (true, null);
        if (Context.OfKind(reference.ApiVersion, reference.Kind) is not { } type) return (false, null);
        var owner = Objects.Find(type, type.IsNamespaced ? item.Namespace : "", reference.Name);
        return owner?.Uid == reference.Uid ? (false, owner) : (true, null);
    }

    private void DeleteDependents(Mirrored owner)
    {
        var waits = false;
        foreach (var dependent in Objects.OwnedBy(owner.Uid).ToList())
        {
            if (!dependent.Owners.Any(reference => reference.Uid == owner.Uid && reference.BlocksDeletion)) continue;
            waits = true;
            if (!dependent.IsDeleting) Queue.Add(dependent.Key);
        }

        if (!waits) Writer.Update(owner, body => OwnerReferences.RemoveFinalizer(body, Foreground));
    }

    private void FreeDependents(Mirrored owner)
    {
        foreach (var dependent in Objects.OwnedBy(owner.Uid).ToList())
        {
            if (Writer.Update(dependent, body => OwnerReferences.Remove(body, owner.Uid)) is not null) continue;
            if (Objects.Find(dependent.Key) is not null)
            {
                // Changed meanwhile: it must be free before its owner goes.
                Queue.AddAfter(owner.Key, WorkQueue.FirstDelay);
                return;
            }
        }

        Writer.Update(owner, body => OwnerReferences.RemoveFinalizer(body, Orphan));
    }
}
