using Microsoft.Win32.SafeHandles;

namespace Ringfence.Cli.Output;

/// <summary>Nobody reads standard output any more: the other end of the pipe is closed.</summary>
internal sealed class BrokenPipeException(Exception cause) : Exception("standard output is closed", cause);

/// <summary>Opens standard output so that a closed pipe is noticed.</summary>
/// <remarks>The console's own stream swallows the error, and a long answer would be computed for nobody.</remarks>
internal static class StandardOutput
{
    /// <summary>A stream that throws <see cref="BrokenPipeException"/> where nobody reads any more.</summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file may be shared with other processes, whose place in it FileStream would not respect.
        return pipe.CanSeek ? Console.OpenStandardOutput() : new PipeStream(pipe);
    }

    /// <summary>Whether what was written to has no space left (ENOSPC, ERROR_DISK_FULL).</summary>
    public static bool IsFull(IOException problem) => problem.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);

    private sealed class PipeStream(FileStream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer) => Try(inner, buffer);

        public override void Write(byte[] buffer, int offset, int count) => Try(inner, buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private static void Try(FileStream stream, ReadOnlySpan<byte> bytes)
        {
            try
            {
                stream.Write(bytes);
            }
            catch (IOException problem) when (!IsFull(problem))
            {
                throw new BrokenPipeException(problem);
            }
        }
    }
}
