using System.Globalization;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;

namespace Ringfence.Dataplane.Nftables;

/// <summary>
/// Listens to what the kernel tells of changes of rules: which objects changed, then a new generation with the process that changed them. Tells of those that
/// concern the tables of one name and come from others.
/// </summary>
public sealed class TableWatch : IDisposable
{
    private const int NoBuffers = 105;
    private const int StackSize = 256 * 1024;
    private const ushort Nothing = 1;

    private readonly NetlinkSocket _socket;
    private readonly string _table;
    private readonly uint? _ownPort;
    private readonly Action<ForeignChange>? _tell;
    private readonly Thread _thread;
    private volatile ForeignChange? _last;
    private volatile bool _disposed;
    private volatile bool _isDeaf;
    private int _count;

    /// <summary>Listens until it is disposed of.</summary>
    /// <param name="network">Where the tables are.</param>
    /// <param name="table">Their name, in whatever families.</param>
    /// <param name="tell">Told of changes, one after another, on a thread of its own.</param>
    /// <exception cref="NetlinkException">The kernel does not tell.</exception>
    public TableWatch(NetworkNamespace network, string table, Action<ForeignChange> tell)
        : this(network, table, null, tell)
    {
    }

    internal TableWatch(NetworkNamespace network, string table, uint? ownPort, Action<ForeignChange>? tell)
    {
        (_table, _ownPort, _tell) = (table, ownPort, tell);
        _socket = NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
        if (ownPort is { } own) _socket.IgnoreFrom(own);
        _socket.Join(Nft.NotificationGroup);
        _thread = new Thread(Listen, StackSize) { IsBackground = true, Name = "nft-watch" };
        _thread.Start();
    }

    /// <summary>The last change that was noticed.</summary>
    internal ForeignChange? Last => _last;

    /// <summary>How many changes were noticed.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Whether it can hear no more: then any change may have been missed.</summary>
    internal bool IsDeaf => _isDeaf;

    /// <inheritdoc/>
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
            return touched || attributes.Text(Nft.TableName) == _table;
        if (touched)
        {
            var process = (int)attributes.Number(Nft.GenerationProcess);
            Tell(new ForeignChange(process, ProcessName(process) ?? attributes.Text(Nft.GenerationProcessName)) { Port = message.Port });
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
