using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Adds and removes a workload's pods, and says so in events.</summary>
internal sealed class PodCreation(ControllerContext context, string source)
{
    /// <summary>Adds a pod.</summary>
    /// <exception cref="ApiException">It is refused; an event says so.</exception>
    public Mirrored Create(Mirrored owner, JsonObject pod)
    {
        try
        {
            var created = context.Writer.Create(Kinds.Pods, pod);
            context.Events.Record(source, owner, "Normal", "SuccessfulCreate", $"Created pod: {created.Name}");
            return created;
        }
        catch (ApiException exception) when (exception.Reason != "AlreadyExists")
        {
            context.Events.Record(source, owner, "Warning", "FailedCreate", $"Error creating: {exception.Message}");
            throw;
        }
    }

    /// <summary>Removes a pod.</summary>
    public void Delete(Mirrored owner, Mirrored pod)
    {
        context.Writer.Delete(pod);
        context.Events.Record(source, owner, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Name}");
    }

    /// <summary>Whether nothing can be added to a namespace any more.</summary>
    public bool IsEnding(string @namespace) => context.Objects.Find(Kinds.Namespaces, "", @namespace) is not { IsDeleting: false };
}
