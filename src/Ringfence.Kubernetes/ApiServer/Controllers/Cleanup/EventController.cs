namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>Writes the events that the other controllers tell, and removes all events when their time is over.</summary>
internal sealed class EventController : Controller
{
    private readonly HashSet<ObjectKey> _unwritten = [];

    public EventController(ControllerContext context)
        : base(context) => context.Events.Recorded = key =>
    {
        _unwritten.Add(key);
        Queue.Add(key);
    };

    /// <inheritdoc/>
    public override string Name => "events";

    /// <inheritdoc/>
    public override void Observe(Mirrored? before, Mirrored? now)
    {
        if (now?.Type == Kinds.Events) Queue.AddAfter(now.Key, Context.Options.EventsKept);
    }

    /// <inheritdoc/>
    public override void Reconcile(ObjectKey key)
    {
        if (_unwritten.Remove(key))
        {
            Write(key);
            return;
        }

        if (Objects.Find(key) is not { } item) return;
        var left = LastTime(item) + Context.Options.EventsKept - Now;
        if (left > TimeSpan.Zero) Queue.AddAfter(key, left);
        else Writer.Delete(item);
    }

    private static DateTimeOffset LastTime(Mirrored item) =>
        item.Body.Time("lastTimestamp") ?? item.Body.Time("series", "lastObservedTime") ?? item.Body.Time("eventTime") ?? item.Created;

    private void Write(ObjectKey key)
    {
        if (Context.Events.Find(key) is not { } recorded) return;
        try
        {
            if (Objects.Find(key) is not { } item) Writer.CreateMissing(Kinds.Events, recorded.ToJson(key));
            else
                Writer.Update(item, body =>
                {
                    body["count"] = recorded.Count;
                    body["lastTimestamp"] = recorded.Last.ToText();
                });
        }
        catch (ApiException exception) when (exception.Code is 403 or 404)
        {
            // The namespace ends or is gone: nobody is left to read it.
        }
    }
}
