using Ringfence.Model;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Which objects are a workload's: those that name it as their controller and that its selector matches; orphans that match are adopted.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#non-template-pod-acquisitions</remarks>
internal static class PodClaims
{
    /// <summary>The objects of a kind that are a workload's, after those that match were adopted and those that no longer do released.</summary>
    public static List<Mirrored> Claim(ResourceType type, Mirrored owner, Mirror objects, ObjectWriter writer)
    {
        var claimed = new List<Mirrored>();
        if (owner.Selector is not { } selector) return claimed;
        foreach (var item in objects.In(type, owner.Namespace).ToList())
        {
            var controller = item.Controller;
            if (controller?.Uid == owner.Uid)
            {
                if (selector.Matches(item.Labels)) claimed.Add(item);
                else if (!owner.IsDeleting && !item.IsDeleting) Release(item, owner, writer);
            }
            else if (controller is null && CanAdopt(owner, item, selector) && Adopt(item, owner, writer) is { } adopted)
            {
                claimed.Add(adopted);
            }
        }

        return claimed;
    }

    /// <summary>Names the workloads of a kind that an object concerns: its controller, or where it has none, whoever would adopt it.</summary>
    public static IEnumerable<ObjectKey> Concerned(ResourceType workloads, Mirrored item, Mirror objects)
    {
        if (item.Controller is { } controller)
        {
            if (controller.Kind == workloads.Kind && controller.ApiVersion == workloads.ApiVersion)
                yield return new ObjectKey(workloads, item.Namespace, controller.Name);
            yield break;
        }

        foreach (var workload in objects.In(workloads, item.Namespace))
            if (CanAdopt(workload, item, workload.Selector)) yield return workload.Key;
    }

    private static bool CanAdopt(Mirrored owner, Mirrored item, LabelSelector? selector) =>
        selector is { IsEverything: false } && !owner.IsDeleting && !item.IsDeleting && (item.Type != Kinds.Pods || !item.IsFinished()) && selector.Matches(item.Labels);

    private static Mirrored? Adopt(Mirrored item, Mirrored owner, ObjectWriter writer) => writer.Update(item, body =>
    {
        var owners = body.Items("metadata", "ownerReferences").Where(reference => reference.Text("uid") != owner.Uid).Select(reference => reference.Copy());
        body.Child("metadata")["ownerReferences"] = owners.Append(owner.ControllerReference()).ToJson();
    });

    private static void Release(Mirrored item, Mirrored owner, ObjectWriter writer) => writer.Update(item, body => OwnerReferences.Remove(body, owner.Uid));
}
