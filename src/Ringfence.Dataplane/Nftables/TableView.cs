using System.Collections.Immutable;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>The table <c>inet ringfence</c> of a network namespace as somebody else programmed it: to look at alone. Safe for several threads.</summary>
public sealed class TableView : IDisposable
{
    private const int NoSuchThing = 2;

    private readonly Lock _lock = new();
    private readonly NetlinkSocket _socket;
    private readonly TableReader _reader;

    private TableView(NetlinkSocket socket) => (_socket, _reader) = (socket, new TableReader(socket, new NetlinkMessages()));

    /// <summary>Opens the view of a namespace; there need be no table.</summary>
    /// <exception cref="MachineException">Not root, or no nftables in the kernel.</exception>
    public static TableView Open(NetworkNamespace network)
    {
        var socket = NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
        try
        {
            var view = new TableView(socket);
            view._reader.Generation();
            return view;
        }
        catch (Exception thrown)
        {
            socket.Dispose();
            if (thrown is NetlinkException problem && NftablesFault.Of(problem) is { } fault) throw fault;
            throw;
        }
    }

    /// <summary>Whether the kernel has exactly these rules, all of them in force.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or the rules changed all the time.</exception>
    public bool Has(NodeRules rules)
    {
        lock (_lock) return _reader.Read(rules, isOwned: false).IsJust(rules);
    }

    /// <summary>What the kernel has, read as the rules that are expected there; empty where there is no table.</summary>
    /// <exception cref="NetlinkException">The kernel refused, or the rules changed all the time.</exception>
    public NodeRules Read(NodeRules expected)
    {
        lock (_lock) return _reader.Read(expected, isOwned: false).Rules;
    }

    /// <summary>What the counters stand at; none where there is no table.</summary>
    public ImmutableSortedDictionary<string, CounterValue> ReadCounters()
    {
        lock (_lock)
            try
            {
                return _reader.Counters();
            }
            catch (NetlinkException problem) when (problem.NativeErrorCode == NoSuchThing)
            {
                return ImmutableSortedDictionary.Create<string, CounterValue>(StringComparer.Ordinal);
            }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
