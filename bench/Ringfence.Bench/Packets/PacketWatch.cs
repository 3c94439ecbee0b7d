using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace Ringfence.Bench.Packets;

/// <summary>Sends a packet every tenth of a millisecond, and knows since when they arrive or do not.</summary>
internal sealed class PacketWatch : IDisposable
{
    private const int Length = 64;
    private const int Urgent = -15;
    private const uint Pause = 100;

    private readonly Socket _sender;
    private readonly Socket _receiver;
    private readonly int _port;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private volatile bool _stop;
    private bool _arrives;
    private long _since;

    /// <summary>Watches the packets from one socket to another.</summary>
    /// <param name="sender">A raw socket of UDP that is connected to the receiver's address.</param>
    /// <param name="receiver">A socket that is bound to the port.</param>
    /// <param name="port">The port.</param>
    public PacketWatch(Socket sender, Socket receiver, int port)
    {
        (_sender, _receiver, _port) = (sender, receiver, port);
        _thread = new Thread(Send) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>How many packets were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Waits until packets arrive, or do not.</summary>
    /// <param name="arrive">Whether they shall.</param>
    /// <param name="started">What to count from, in the clock of <see cref="Stopwatch"/>.</param>
    /// <returns>From then until the first packet that obeyed was sent.</returns>
    /// <exception cref="TimeoutException">None did within a minute.</exception>
    public TimeSpan WaitFor(bool arrive, long started)
    {
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1))
        {
            lock (_lock)
                if (_arrives == arrive && _since >= started) return Stopwatch.GetElapsedTime(started, _since);
            Thread.Sleep(1);
        }

        throw new TimeoutException($"packets {(arrive ? "do not arrive" : "still arrive")} a minute after the change");
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
    }

    private void Send()
    {
        Span<byte> packet = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet, PacketBatch.KnownPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)_port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], Length);

        // Whether other work keeps this thread from a processor is not what is measured.
        _ = Native.setpriority(Native.PRIO_PROCESS, 0, Urgent);
        while (!_stop)
        {
            _ = Native.usleep(Pause);
            var now = Stopwatch.GetTimestamp();
            _sender.Send(packet);
            var arrives = PacketBatch.Drain(_receiver) > 0;
            Sent++;
            if (arrives == _arrives && Sent > 1) continue;
            lock (_lock) (_arrives, _since) = (arrives, now);
        }
    }
}
