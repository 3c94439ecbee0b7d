using System.Collections.Immutable;
using System.Threading.Channels;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Flows;

/// <summary>How packets are read from the kernel's log.</summary>
public sealed record FlowLogOptions
{
    /// <summary>The nflog groups: denied connections by default. A group has one reader in a namespace.</summary>
    public ImmutableArray<ushort> Groups { get; init; } = [NodeRules.DeniedGroup];

    /// <summary>How many packets wait for the reader at most; more are dropped, and counted.</summary>
    public int Capacity { get; init; } = 8192;

    /// <summary>How much of each packet is copied, in bytes; at least its headers. A rule can ask for less.</summary>
    public int CopyBytes { get; init; } = 128;

    /// <summary>How long the kernel gathers packets before it hands them on; from 10 ms.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The size of the socket's buffer, in bytes; null for the usual one (16 MiB).</summary>
    public int? KernelBuffer { get; init; }

    /// <summary>The clock for packets to which the kernel gave no time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>Reads the packets that a namespace's rules log. Disposing it ends the reading.</summary>
public sealed class FlowLog : IDisposable
{
    private const int OutOfBuffers = 105;
    private const int Interrupted = 4;
    private const int Threshold = 64;
    private const int StackSize = 256 * 1024;

    private readonly FlowLogOptions _options;
    private readonly NetlinkSocket _socket;
    private readonly Channel<LoggedPacket> _packets;
    private readonly Dictionary<ushort, uint> _next = [];
    private readonly Thread _reader;
    private volatile bool _stopping;
    private long _lost;
    private long _dropped;

    private FlowLog(NetlinkSocket socket, FlowLogOptions options)
    {
        (_socket, _options) = (socket, options);
        _packets = Channel.CreateBounded<LoggedPacket>(new BoundedChannelOptions(options.Capacity) { SingleWriter = true });
        _reader = new Thread(Read, StackSize) { IsBackground = true, Name = "packet log" };
    }

    /// <summary>Packets that the kernel logged but could not hand on, because they were not read in time.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Packets that were read, but found no place among those that wait.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Begins to read.</summary>
    /// <param name="network">The namespace whose rules log.</param>
    /// <param name="options">How.</param>
    /// <exception cref="MachineException">The kernel has no packet log, or somebody else reads a group.</exception>
    public static FlowLog Open(NetworkNamespace network, FlowLogOptions? options = null)
    {
        options ??= new FlowLogOptions();
        var socket = NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
        try
        {
            if (options.KernelBuffer is { } bytes) socket.SetReceiveBuffer(bytes);
            var messages = new NetlinkMessages();
            foreach (var group in options.Groups)
            {
                messages.Clear();
                PacketLogMessages.Bind(messages, group, options.CopyBytes, options.Delay, Threshold);
                Bind(socket, messages, group);
            }

            var log = new FlowLog(socket, options);
            log._reader.Start();
            return log;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The packets as they come, until the log is disposed. For one reader.</summary>
    public IAsyncEnumerable<LoggedPacket> ReadAsync(CancellationToken cancellation = default) => _packets.Reader.ReadAllAsync(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;

        // The kernel's answers wake the thread that reads.
        var messages = new NetlinkMessages();
        foreach (var group in _options.Groups) PacketLogMessages.Unbind(messages, group);
        try
        {
            _socket.Send(messages);
        }
        catch (NetlinkException)
        {
            // Buffers are full: then the thread has something to read.
        }

        _reader.Join();
        _socket.Dispose();
    }

    private static void Bind(NetlinkSocket socket, NetlinkMessages messages, ushort group)
    {
        try
        {
            socket.Request(messages, $"read nflog group {group}");
        }
        catch (NetlinkException problem)
        {
            throw problem.NativeErrorCode switch
            {
                1 when !Environment.IsPrivilegedProcess => new MachineException("reading the kernel's packet log needs root", "sudo", problem),
                1 or 16 => new MachineException(
                    $"another program reads nflog group {group} of this network namespace", "stop that program, or choose another group", problem),
                22 or 93 or 95 => new MachineException("this kernel has no packet log (nfnetlink_log)", "modprobe nfnetlink_log", problem),
                _ => problem,
            };
        }
    }

    private void Read()
    {
        Exception? problem = null;
        try
        {
            while (!_stopping) ReadDatagram();
        }
        catch (Exception thrown)
        {
            // Whoever reads the packets gets it; here it would end the process.
            problem = thrown;
        }
        finally
        {
            _packets.Writer.TryComplete(problem);
        }
    }

    private void ReadDatagram()
    {
        try
        {
            foreach (var message in new NetlinkReader(_socket.Receive()))
                if (message.Subsystem == PacketLogMessages.Subsystem && message.Number == PacketLogMessages.Packet) Take(message);
        }
        catch (NetlinkException problem) when (problem.NativeErrorCode is OutOfBuffers or Interrupted)
        {
            // The sequence numbers tell how many packets are missing.
        }
    }

    private void Take(NetlinkMessage message)
    {
        var packet = PacketLogMessages.Read(message, _options.Clock.GetUtcNow(), out var sequence);
        if (sequence is { } number)
        {
            var group = PacketLogMessages.GroupOf(message);
            if (_next.TryGetValue(group, out var expected)) Interlocked.Add(ref _lost, unchecked(number - expected));
            else Interlocked.Add(ref _lost, number);
            _next[group] = unchecked(number + 1);
        }

        if (packet is not null && !_packets.Writer.TryWrite(packet)) Interlocked.Increment(ref _dropped);
    }
}
