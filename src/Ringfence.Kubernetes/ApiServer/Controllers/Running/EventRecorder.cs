using System.Text.Json.Nodes;

namespace Ringfence.Kubernetes.ApiServer.Controllers;

/// <summary>An event that is told once or more.</summary>
internal sealed class RecordedEvent(string source, Mirrored about, string type, string reason, string message, DateTimeOffset first)
{
    /// <summary>How often it was told.</summary>
    public int Count { get; set; } = 1;

    /// <summary>When it was told last.</summary>
    public DateTimeOffset Last { get; set; }

    /// <summary>As an object.</summary>
    public JsonObject ToJson(ObjectKey key) => new()
    {
        ["metadata"] = new JsonObject { ["namespace"] = key.Namespace, ["name"] = key.Name },
        ["involvedObject"] = new JsonObject
        {
            ["kind"] = about.Type.Kind,
            ["namespace"] = about.Namespace.Length > 0 ? about.Namespace : null,
            ["name"] = about.Name,
            ["uid"] = about.Uid,
            ["apiVersion"] = about.Type.ApiVersion,
            ["resourceVersion"] = about.Version.ToString(),
        },
        ["reason"] = reason,
        ["message"] = message,
        ["source"] = new JsonObject { ["component"] = source },
        ["firstTimestamp"] = first.ToText(),
        ["lastTimestamp"] = Last.ToText(),
        ["count"] = Count,
        ["type"] = type,
        ["eventTime"] = null,
        ["reportingComponent"] = source,
        ["reportingInstance"] = "",
    };
}

/// <summary>Takes what controllers tell about objects; what is told again counts up. Remembers the last <see cref="Kept"/> only. For one thread.</summary>
internal sealed class EventRecorder(TimeProvider time)
{
    private const int Kept = 2048;

    private readonly Dictionary<(string Source, string Uid, string Reason, string Message), ObjectKey> _known = [];
    private readonly Queue<(string Source, string Uid, string Reason, string Message)> _order = [];
    private readonly Dictionary<ObjectKey, RecordedEvent> _events = [];
    private long _last;

    /// <summary>Told of events that are to be written.</summary>
    public Action<ObjectKey>? Recorded { get; set; }

    /// <summary>Takes an event.</summary>
    public void Record(string source, Mirrored about, string type, string reason, string message)
    {
        var now = time.GetUtcNow();
        var identity = (source, about.Uid, reason, message);
        if (_known.TryGetValue(identity, out var key))
        {
            _events[key].Count++;
            _events[key].Last = now;
        }
        else
        {
            // As Kubernetes names them: the time in nanoseconds, which is to be unique.
            _last = Math.Max(_last + 1, now.UtcTicks * 100);
            key = new ObjectKey(Kinds.Events, about.Namespace.Length > 0 ? about.Namespace : "default", $"{about.Name}.{_last:x}");
            if (_order.Count == Kept && _known.Remove(_order.Dequeue(), out var oldest)) _events.Remove(oldest);
            _order.Enqueue(identity);
            _known[identity] = key;
            _events[key] = new RecordedEvent(source, about, type, reason, message, now) { Last = now };
        }

        Recorded?.Invoke(key);
    }

    /// <summary>The event that is to be written; null where it is none of these.</summary>
    public RecordedEvent? Find(ObjectKey key) => _events.GetValueOrDefault(key);
}
