using System.Globalization;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>
/// Listens to what the kernel tells of changes of rules: which objects changed, then a new generation with the process that changed them. Tells of those that
/// concern the table and come from others.
/// </summary>
internal sealed class ForeignChangeWatch : IDisposable
{
    private const int NoBuffers = 105;
    private const int StackSize = 256 * 1024;
    private const ushort Nothing = 1;

    private readonly NetlinkSocket _socket;
    private readonly uint _ownPort;
    private readonly Action<ForeignChange>? _tell;
    private readonly Thread _thread;
    private volatile ForeignChange? _last;
    private volatile bool _disposed;
    private volatile bool _isDeaf;
    private int _count;

    public ForeignChangeWatch(NetworkNamespace network, uint ownPort, Action<ForeignChange>? tell)
    {
        _ownPort = ownPort;
        _tell = tell;
        _socket = NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
        _socket.IgnoreFrom(ownPort);
        _socket.Join(Nft.NotificationGroup);
        _thread = new Thread(Listen, StackSize) { IsBackground = true, Name = "nft-watch" };
        _thread.Start();
    }

    /// <summary>The last change that was noticed.</summary>
    public ForeignChange? Last => _last;

    /// <summary>How many changes were noticed.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether it can hear no more: then any change may have been missed.</summary>
    public bool IsDeaf => _isDeaf;

    public void Dispose()
    {
        _disposed = true;

        // An empty message that asks for its receipt: it wakes the listener.
        var wake = new NetlinkMessages();
        wake.Begin(Nothing, NetlinkFlags.Request | NetlinkFlags.Acknowledge);
        try
        {
            _socket.Send(wake);
        }
        catch (NetlinkException)
        {
            // Buffers are full: then the listener has something to hear.
        }

        if (Thread.CurrentThread != _thread) _thread.Join();
        _socket.Dispose();
    }

    private void Listen()
    {
        var touched = false;
        try
        {
            while (!_disposed) touched = ListenOnce(touched);
        }
        catch (Exception)
        {
            // A problem here must not end the process: without ears, the table is read before each change.
            _isDeaf = true;
        }
    }

    private bool ListenOnce(bool touched)
    {
        try
        {
            foreach (var message in new NetlinkReader(_socket.Receive())) touched = Hear(message, touched);
            return touched;
        }
        catch (NetlinkException problem) when (problem.NativeErrorCode == NoBuffers)
        {
            Tell(new ForeignChange(0, ""));
            return false;
        }
    }

    private bool Hear(NetlinkMessage message, bool touched)
    {
        if (message.Subsystem != Nft.Subsystem || message.Port == _ownPort) return touched;
        var attributes = message.NetfilterAttributes;
        if (message.Number != Nft.NewGeneration)
            return touched || (message.Payload[0] == Nft.FamilyInet && attributes.Text(Nft.TableName) == NodeRules.Table);
        if (touched)
        {
            var process = (int)attributes.Number(Nft.GenerationProcess);
            Tell(new ForeignChange(process, ProcessName(process) ?? attributes.Text(Nft.GenerationProcessName)));
        }

        return false;
    }

    private void Tell(ForeignChange change)
    {
        _last = change;
        Interlocked.Increment(ref _count);
        _tell?.Invoke(change);
    }

    // The kernel names the thread; while its process lives, the process says more.
    private static string? ProcessName(int thread)
    {
        try
        {
            var group = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{thread}/status")).First(l => l.StartsWith("Tgid:", StringComparison.Ordinal));
            return File.ReadAllText($"/proc/{group["Tgid:".Length..].Trim()}/comm").TrimEnd();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }
}
