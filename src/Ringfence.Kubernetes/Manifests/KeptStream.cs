namespace Ringfence.Kubernetes.Manifests;

/// <summary>A stream that keeps what was read from it, up to a few megabytes, because it cannot be read again.</summary>
internal sealed class KeptStream(Stream source) : ForwardStream
{
    private const int Most = 4 << 20;

    private MemoryStream? _kept = new();

    /// <summary>All that was read; null where it was too much.</summary>
    public byte[]? Kept => _kept?.ToArray();

    public override int Read(Span<byte> buffer)
    {
        var count = source.Read(buffer);
        if (_kept is null) return count;
        if (_kept.Length + count > Most) _kept = null;
        else _kept.Write(buffer[..count]);
        return count;
    }
}
