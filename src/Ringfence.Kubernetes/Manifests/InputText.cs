using System.IO.Compression;
using System.Text;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>The content of a file as UTF-8 without byte order mark, unpacked where it is gzip.</summary>
internal sealed class InputText : IDisposable
{
    private readonly Stream _source;

    private InputText(Stream source, Stream text, byte[] head, long? length) => (_source, Text, Head, Length) = (source, text, head, length);

    /// <summary>All of the text.</summary>
    public Stream Text { get; }

    /// <summary>Its beginning, a few kilobytes, which <see cref="Text"/> has too.</summary>
    public byte[] Head { get; }

    /// <summary>Its length in bytes; null where it is not known beforehand.</summary>
    public long? Length { get; }

    public static InputText Open(string path) =>
        Open(new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan }));

    public static InputText Open(Stream source)
    {
        try
        {
            var head = ReadHead(source);
            long? length = source.CanSeek ? source.Length : null;
            Stream text = new ContinuedStream(head, source);
            if (head is [0x1f, 0x8b, ..])
            {
                var unpacked = new UnpackedStream(text);
                head = ReadHead(unpacked);
                length = null;
                text = new ContinuedStream(head, unpacked);
            }

            var (encoding, mark) = head switch
            {
                [0xef, 0xbb, 0xbf, ..] => (null, 3),
                [0xff, 0xfe, ..] => (Encoding.Unicode, 2),
                [0xfe, 0xff, ..] => (Encoding.BigEndianUnicode, 2),
                _ => ((Encoding?)null, 0),
            };
            if (mark > 0)
            {
                text.ReadExactly(new byte[mark]);
                head = head[mark..];
            }

            if (encoding is not null)
            {
                var transcoded = Encoding.CreateTranscodingStream(text, encoding, Encoding.UTF8);
                head = ReadHead(transcoded);
                text = new ContinuedStream(head, transcoded);
                length = null;
            }

            return new InputText(source, text, head, length);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Dispose() => _source.Dispose();

    private static byte[] ReadHead(Stream stream)
    {
        var head = new byte[4096];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return head[..length];
    }

    /// <summary>What was already read of a stream, and then the rest of it.</summary>
    private sealed class ContinuedStream(byte[] head, Stream rest) : ForwardStream
    {
        private int _position;

        public override int Read(Span<byte> buffer)
        {
            if (_position == head.Length) return rest.Read(buffer);
            var count = Math.Min(buffer.Length, head.Length - _position);
            head.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }
    }
}
