using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Writes for controllers: only where the object is still what the controller looked at, and into the mirror at once.</summary>
internal sealed class ObjectWriter(IObjectApi api, Mirror mirror)
{
    /// <summary>Adds an object.</summary>
    /// <exception cref="ApiException">It is refused.</exception>
    public Mirrored Create(ResourceType type, JsonObject body)
    {
        body["apiVersion"] = type.ApiVersion;
        body["kind"] = type.Kind;
        var stored = api.Create(type, body);
        mirror.Put(stored);
        return mirror.Find(type, stored.Namespace, stored.Name) ?? new Mirrored(stored);
    }

    /// <summary>Adds an object, or leaves the one that has its name.</summary>
    public void CreateMissing(ResourceType type, JsonObject body)
    {
        try
        {
            Create(type, body);
        }
        catch (ApiException exception) when (exception.Reason == "AlreadyExists")
        {
            // Somebody was faster.
        }
    }

    /// <summary>Changes an object.</summary>
    /// <param name="item">As it was looked at.</param>
    /// <param name="change">Changes it in place.</param>
    /// <param name="subresource">The subresource that is written; null for the object itself.</param>
    /// <returns>
    /// The object as it is now; null where it was changed or deleted meanwhile. Nothing is lost then: the change is on its way to whom it concerns.
    /// </returns>
    /// <exception cref="ApiException">It is refused.</exception>
    public Mirrored? Update(Mirrored item, Action<JsonObject> change, string? subresource = null)
    {
        var meant = false;
        StoredObject stored;
        try
        {
            stored = api.Update(
                item.Type,
                item.Namespace,
                item.Name,
                body =>
                {
                    meant = body.Text("metadata", "uid") == item.Uid && body.Text("metadata", "resourceVersion") == item.Version.ToString();
                    if (!meant) return null;
                    change(body);
                    return body;
                },
                subresource is null ? null : new WriteOptions { Subresource = subresource });
        }
        catch (ApiException exception) when (exception.Code == 404)
        {
            return null;
        }

        if (!meant) return null;

        // Without its last finalizer, an object that was being deleted is gone.
        if (item.IsDeleting && api.Find(item.Type, item.Namespace, item.Name)?.Version != stored.Version)
        {
            mirror.Forget(item);
            return null;
        }

        mirror.Put(stored);
        return mirror.Find(item.Key);
    }

    /// <summary>Replaces the status of an object where it differs.</summary>
    public Mirrored? UpdateStatus(Mirrored item, JsonObject status) =>
        JsonNode.DeepEquals(item.Body.Object("status"), status) ? item : Update(item, body => body["status"] = status, "status");

    /// <summary>Deletes an object, if it is still there.</summary>
    /// <param name="item">As it was looked at; another one of its name is left alone.</param>
    /// <param name="propagation">What becomes of its dependents; null for the kind's default.</param>
    /// <param name="graceSeconds">Seconds that a pod has to end; null for its own.</param>
    public void Delete(Mirrored item, string? propagation = null, int? graceSeconds = null)
    {
        try
        {
            var options = new DeleteOptions { Uid = item.Uid, Propagation = propagation, GracePeriodSeconds = graceSeconds };
            if (api.Delete(item.Type, item.Namespace, item.Name, options) is { } marked) mirror.Put(marked);
            else mirror.Forget(item);
        }
        catch (ApiException exception) when (exception.Code is 404 or 409)
        {
            // Gone already, or another one by now: the watch tells.
        }
    }
}
