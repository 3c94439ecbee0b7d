using System.Text;

namespace Ringfence.Kubernetes.Client.Reading;

/// <summary>What an event of a watch says.</summary>
internal enum WatchEventKind
{
    /// <summary>An object is new, or different, or was there when the watch began.</summary>
    Present,

    /// <summary>An object is gone.</summary>
    Deleted,

    /// <summary>Everything up to the version has been told.</summary>
    Bookmark,

    /// <summary>The watch failed: the object is a <c>Status</c>.</summary>
    Error,

    /// <summary>What is no event.</summary>
    Unreadable,
}

/// <summary>An event of a watch; its object is gone once the next event is read.</summary>
/// <param name="kind">What it says.</param>
/// <param name="text">The object.</param>
internal readonly ref struct WatchEvent(WatchEventKind kind, ReadOnlySpan<byte> text)
{
    /// <summary>What it says.</summary>
    public WatchEventKind Kind { get; } = kind;

    /// <summary>The object.</summary>
    public ReadOnlySpan<byte> Object { get; } = text;

    /// <summary>The object's version; null where it has none.</summary>
    public string? Version() =>
        JsonFields.Text(JsonFields.Find(JsonFields.Find(Object, "metadata"u8), "resourceVersion"u8)) is { Length: > 0 } version ? Encoding.UTF8.GetString(version) : null;

    /// <summary>Whether it is the bookmark that ends what was there when the watch began.</summary>
    /// <remarks>https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists</remarks>
    public bool EndsInitialEvents() =>
        Kind == WatchEventKind.Bookmark
        && JsonFields.Text(JsonFields.Find(JsonFields.Find(JsonFields.Find(Object, "metadata"u8), "annotations"u8), "k8s.io/initial-events-end"u8)).SequenceEqual("true"u8);

    /// <summary>Reads what a watch sends.</summary>
    public static WatchEvent Parse(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> type = default, text = default;
        var fields = new JsonFields(frame);
        while (fields.Next(out var key, out var value))
        {
            if (key.SequenceEqual("type"u8)) type = JsonFields.Text(value);
            else if (key.SequenceEqual("object"u8)) text = value;
        }

        if (fields.Failed || text.IsEmpty) return new WatchEvent(WatchEventKind.Unreadable, default);
        var kind = type.SequenceEqual("ADDED"u8) || type.SequenceEqual("MODIFIED"u8) ? WatchEventKind.Present
            : type.SequenceEqual("DELETED"u8) ? WatchEventKind.Deleted
            : type.SequenceEqual("BOOKMARK"u8) ? WatchEventKind.Bookmark
            : type.SequenceEqual("ERROR"u8) ? WatchEventKind.Error
            : WatchEventKind.Unreadable;
        return new WatchEvent(kind, text);
    }
}
