using Ringfence.Kubernetes.ApiServer.CustomResources;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>
/// Deletes the objects of a custom resource definition that is being deleted, then lets it go, and gives names that have become free to definitions that
/// wait for them.
/// </summary>
/// <remarks>https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#delete-a-customresourcedefinition</remarks>
internal sealed class CustomResourceController(ControllerContext context) : Controller(context, CountingPace)
{
    /// <inheritdoc/>
    public override string Name => "custom-resource-controller";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        var item = (now ?? before)!;
        if (item.Type == Definition.Kind)
        {
            if (now is { IsDeleting: true }) Queue.Add(now.Key);
            foreach (var other in Objects.All(Definition.Kind))
                if (DefinitionStatus.IsTrue(other.Body, "NamesAccepted") is false) Queue.Add(other.Key);
        }
        else if (now is null && item.Type.Custom is not null)
        {
            Queue.Add(new ObjectKey(Definition.Kind, "", item.Type.ToString()));
        }
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (Objects.Find(key) is not { } item) return;
        if (!item.IsDeleting)
        {
            // The server says anew which names it has.
            if (!DefinitionStatus.IsTrue(item.Body, "NamesAccepted")) Writer.Update(item, _ => { }, "status");
            return;
        }

        if (!item.HasFinalizer(Definition.Finalizer)) return;
        if (Context.Kinds().OfDefinition(item.Name) is { } type)
        {
            foreach (var instance in Objects.All(type).ToList())
                if (!instance.IsDeleting) Writer.Delete(instance, "Background");
            if (Objects.All(type).Count > 0)
            {
                if (!DefinitionStatus.IsTrue(item.Body, "Terminating")) Writer.Update(item, body => DefinitionStatus.SetTerminating(body, Context.Time.GetUtcNow()), "status");
                return;
            }
        }

        Writer.Update(item, body => OwnerReferences.RemoveFinalizer(body, Definition.Finalizer));
    }
}
