using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Ringfence.Kubernetes.Client.Transport;

/// <summary>
/// A header with several values, each on a line of its own. .NET joins them with commas, and an API server takes what is joined for one value. So a mark stands
/// between them that becomes the end of a line on its way to the connection. For HTTP/1.1 alone: HTTP/2 has no lines.
/// </summary>
internal static class RepeatedHeader
{
    // Drawn by lot, so that it stands in nothing else that is sent. What is sent never ends with its first letter.
    private static readonly string Mark = "~" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Adds the header to a request.</summary>
    public static void Add(HttpRequestHeaders headers, string name, IEnumerable<string> values) =>
        headers.TryAddWithoutValidation(name, string.Join($"{Mark}{name}: ", values));

    /// <summary>The connection on which marks become ends of lines.</summary>
    public static Stream Over(Stream connection) => new LineEnds(connection, Encoding.ASCII.GetBytes(Mark));

    private sealed class LineEnds(Stream connection, byte[] mark) : Stream
    {
        // What may be the beginning of a mark.
        private byte[] _held = [];

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => connection.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => connection.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => connection.Write(Broken(buffer.AsSpan(offset, count)));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            connection.WriteAsync(Broken(buffer.Span), cancellationToken);

        public override void Flush() => connection.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) connection.Dispose();
            base.Dispose(disposing);
        }

        private byte[] Broken(ReadOnlySpan<byte> bytes)
        {
            ReadOnlySpan<byte> rest = [.. _held, .. bytes];
            var broken = new List<byte>(rest.Length);
            for (int at; (at = rest.IndexOf(mark)) >= 0; rest = rest[(at + mark.Length)..])
            {
                broken.AddRange(rest[..at]);
                broken.AddRange("\r\n"u8);
            }

            var end = rest.LastIndexOf(mark[0]) is >= 0 and var first && mark.AsSpan().StartsWith(rest[first..]) ? first : rest.Length;
            _held = rest[end..].ToArray();
            broken.AddRange(rest[..end]);
            return [.. broken];
        }
    }
}
