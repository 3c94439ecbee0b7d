using System.Text;

namespace Ringfence.Kubernetes.Client.Reading;

/// <summary>Gets one item of a list, which is gone afterwards.</summary>
internal delegate void ItemReader(ReadOnlySpan<byte> item);

/// <summary>What a list says beside its items.</summary>
/// <param name="Version">The version as of which it is so.</param>
/// <param name="Continue">What asks for the next page; null at the end.</param>
/// <param name="TooBig">How many items were passed over because they are too big.</param>
internal readonly record struct ListHead(string Version, string? Continue, int TooBig);

/// <summary>Reads a list item by item, straight from the stream.</summary>
internal static class ListStream
{
    /// <summary>Reads it whole.</summary>
    /// <exception cref="InvalidDataException">It is no list.</exception>
    /// <exception cref="EndOfStreamException">It was cut off.</exception>
    public static async Task<ListHead> ReadAsync(JsonWindow window, ItemReader read, CancellationToken cancellation)
    {
        var (head, tooBig, hasItems) = (default(ListHead), 0, false);
        await window.ExpectAsync((byte)'{', cancellation);
        while (true)
        {
            switch (await window.PeekAsync(cancellation))
            {
                case (byte)'}':
                    window.Take(1);
                    if (!hasItems || head.Version is null) throw new InvalidDataException("the answer is no list of objects");
                    return head with { TooBig = tooBig };
                case (byte)',':
                    window.Take(1);
                    continue;
                default:
                    var key = await KeyAsync(window, cancellation);
                    if (key == Key.Items && await window.PeekAsync(cancellation) == '[')
                    {
                        hasItems = true;
                        tooBig += await ItemsAsync(window, read, cancellation);
                        continue;
                    }

                    var length = Math.Max(await window.ValueAsync(cancellation), 0);
                    if (key == Key.Metadata) head = Head(window.Rest[..length]);
                    // An empty list of a server in Go may be null.
                    if (key == Key.Items) hasItems |= window.Rest[..length].SequenceEqual("null"u8);
                    window.Take(length);
                    continue;
            }
        }
    }

    private enum Key
    {
        Other,
        Items,
        Metadata,
    }

    private static async ValueTask<Key> KeyAsync(JsonWindow window, CancellationToken cancellation)
    {
        var length = await window.ValueAsync(cancellation);
        var text = length < 0 ? default : JsonFields.Text(window.Rest[..length]);
        var key = text.SequenceEqual("items"u8) ? Key.Items : text.SequenceEqual("metadata"u8) ? Key.Metadata : Key.Other;
        window.Take(Math.Max(length, 0));
        await window.ExpectAsync((byte)':', cancellation);
        return key;
    }

    private static async ValueTask<int> ItemsAsync(JsonWindow window, ItemReader read, CancellationToken cancellation)
    {
        var tooBig = 0;
        window.Take(1);
        while (true)
        {
            switch (await window.PeekAsync(cancellation))
            {
                case (byte)']':
                    window.Take(1);
                    return tooBig;
                case (byte)',':
                    window.Take(1);
                    continue;
                default:
                    var length = await window.ValueAsync(cancellation);
                    if (length < 0)
                    {
                        tooBig++;
                        continue;
                    }

                    if (length == 0) throw new InvalidDataException("the answer is not the JSON that it should be");
                    read(window.Rest[..length]);
                    window.Take(length);
                    continue;
            }
        }
    }

    private static ListHead Head(ReadOnlySpan<byte> metadata)
    {
        var version = Encoding.UTF8.GetString(JsonFields.Text(JsonFields.Find(metadata, "resourceVersion"u8)));
        var token = JsonFields.Find(metadata, "continue"u8);
        return new ListHead(version, token.Length <= 2 ? null : Unescaped(token), 0);
    }

    private static string? Unescaped(ReadOnlySpan<byte> value)
    {
        var reader = new System.Text.Json.Utf8JsonReader(value);
        return reader.Read() && reader.TokenType == System.Text.Json.JsonTokenType.String ? reader.GetString() : null;
    }
}
