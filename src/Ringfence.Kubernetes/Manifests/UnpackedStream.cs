using System.Buffers.Binary;
using System.IO.Compression;

namespace Ringfence.Kubernetes.Manifests;

/// <summary>What a gzip file holds; its length is checked at the end, because the base library takes a file that is cut off for a whole one.</summary>
internal sealed class UnpackedStream : ForwardStream
{
    private readonly TailStream _packed;
    private readonly GZipStream _gzip;
    private uint _length;

    public UnpackedStream(Stream packed)
    {
        _packed = new TailStream(packed);
        _gzip = new GZipStream(_packed, CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        var count = _gzip.Read(buffer);
        _length += (uint)count;

        // The last four bytes are the length modulo 2^32 (RFC 1952).
        if (count == 0 && buffer.Length > 0 && BinaryPrimitives.ReadUInt32LittleEndian(_packed.Tail) != _length)
            throw new InvalidDataException();
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _gzip.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Keeps the last four bytes that were read.</summary>
    private sealed class TailStream(Stream source) : ForwardStream
    {
        private readonly byte[] _tail = new byte[4];

        public ReadOnlySpan<byte> Tail => _tail;

        public override int Read(Span<byte> buffer)
        {
            var count = source.Read(buffer);
            if (count >= 4) buffer.Slice(count - 4, 4).CopyTo(_tail);
            else
            {
                _tail.AsSpan(count).CopyTo(_tail);
                buffer[..count].CopyTo(_tail.AsSpan(4 - count));
            }

            return count;
        }
    }
}
