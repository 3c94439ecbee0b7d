using System.Collections.Immutable;
using System.Diagnostics;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>
/// The table <c>inet ringfence</c> of one network namespace. Commits differences, each as one transaction that is in force as a whole or not at all;
/// adopts what it finds there; tells and mends what others changed. What is programmed outlives this object and the process. Safe for several threads.
/// </summary>
/// <remarks>nft(8), nfnetlink batches; Linux 5.4 or later, for ownership 6.9.</remarks>
public sealed class NodeTable : IDisposable
{
    private const int CarefulTries = 20;
    private static readonly TimeSpan LettingGo = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly NodeTableOptions _options;
    private readonly NetlinkSocket _socket;
    private readonly NetlinkMessages _messages = new();
    private readonly TableReader _reader;
    private TableWatch? _watch;

    // Whether the kernel is known to have what is programmed; otherwise it is read before the next change.
    private bool _isSure;
    private bool _mustRebuild;
    private int _noticed;
    private bool _disposed;

    private NodeTable(NodeTableOptions options, NetlinkSocket socket)
    {
        _options = options;
        _socket = socket;
        _reader = new TableReader(socket, _messages);
    }

    /// <summary>Whether nobody else can change the table while it is open.</summary>
    public bool IsOwned { get; private set; }

    /// <summary>Why the table is not owned though it was asked for; null elsewhere.</summary>
    public string? NotOwnedReason { get; private set; }

    /// <summary>What the kernel has as far as we know; null before the first <see cref="Apply"/>.</summary>
    public NodeRules? Programmed { get; private set; }

    /// <summary>Opens the table of a namespace, and makes an empty one where there is none. What is in it stays in force until the first <see cref="Apply"/>.</summary>
    /// <exception cref="MachineException">Not root, no nftables in the kernel, or another process owns the table.</exception>
    public static NodeTable Open(NetworkNamespace network, NodeTableOptions? options = null)
    {
        options ??= new NodeTableOptions();
        NetlinkSocket? socket = null;
        try
        {
            socket = NetlinkSocket.Open(network, NetlinkFamily.Netfilter);
            var table = new NodeTable(options, socket);
            table._reader.Generation();
            table.Adopt(network);
            return table;
        }
        catch (Exception thrown)
        {
            socket?.Dispose();
            if (thrown is NetlinkException problem && NftablesFault.Of(problem) is { } fault) throw fault;
            throw;
        }
    }

    /// <summary>Makes the kernel's table what is wanted, in one transaction; nothing is sent where nothing differs.</summary>
    /// <returns>What changed, and what others had changed where that was seen.</returns>
    /// <exception cref="NetlinkException">The kernel refused; it has what it had before. Says what it refused.</exception>
    /// <exception cref="ArgumentException">The rules cannot be written.</exception>
    public TableChange Apply(NodeRules wanted)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (Programmed is { } programmed && IsSure && !TableDifference.IsBeyondChange(programmed, wanted))
            {
                try
                {
                    var change = Commit(TableDifference.Between(programmed, wanted), rebuild: false, isMissing: false, generation: null, drift: TableDrift.None);
                    Programmed = wanted;
                    return change;
                }
                catch (NetlinkException)
                {
                    // The refusal may come of what others changed; then go by what is there.
                    if (DriftText.Of(_reader.Read(programmed, IsOwned), programmed).IsEmpty) throw;
                }
            }

            return ApplyToFound(wanted);
        }
    }

    /// <summary>Reads the table back from the kernel. A rule that is not one of those programmed has one part, <see cref="Unrecognised"/>.</summary>
    /// <returns>What the kernel has; empty where there is no table.</returns>
    public NodeRules Read() => Read(Programmed ?? NodeRules.Empty);

    /// <summary>Reads the table back from the kernel, and recognises the rules of what is expected there.</summary>
    public NodeRules Read(NodeRules expected)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _reader.Read(expected, IsOwned).Rules;
        }
    }

    /// <summary>What the counters stand at.</summary>
    public ImmutableSortedDictionary<string, CounterValue> ReadCounters()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _reader.Counters();
        }
    }

    /// <summary>Compares the kernel's table with what was programmed; changes nothing.</summary>
    /// <exception cref="InvalidOperationException">Nothing was programmed yet.</exception>
    public TableDrift Verify()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var programmed = Programmed ?? throw new InvalidOperationException("nothing was programmed yet");
            return Tell(DriftText.Of(_reader.Read(programmed, IsOwned), programmed));
        }
    }

    /// <summary>Makes the kernel's table again what was programmed, in one transaction.</summary>
    /// <returns>What was different.</returns>
    /// <exception cref="InvalidOperationException">Nothing was programmed yet.</exception>
    /// <exception cref="NetlinkException">The kernel refused; it has what it had before.</exception>
    public TableDrift Repair()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var programmed = Programmed ?? throw new InvalidOperationException("nothing was programmed yet");
            return ApplyToFound(programmed).Drift;
        }
    }

    /// <summary>Lets go of the table; what is programmed stays in force.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            _socket.Dispose();
        }

        // Whoever is told of a change may be waiting for this lock.
        _watch?.Dispose();
    }

    private void Adopt(NetworkNamespace network)
    {
        var found = FindWithoutOwner();
        if (_options.Own) Own(found?.Flags);
        if (IsOwned) return;

        // Listen first, so that no change falls between.
        if (!_mustRebuild) _watch = new TableWatch(network, NodeRules.Table, _socket.Port, _options.OnForeignChange);
        if (found is null) Change(to => to.AddTable(0));
    }

    // A process that ended lets go of its table a little later: until its last child has started, and its memory is gone.
    private (uint Flags, uint Owner)? FindWithoutOwner()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var found = _reader.Table();
            if (found is not (var flags, var owner) || (flags & Nft.TableOwned) == 0) return found;
            if (Stopwatch.GetElapsedTime(start) > LettingGo) throw NftablesFault.Owned(owner);
            Thread.Sleep(Moment);
        }
    }

    private void Own(uint? flags)
    {
        try
        {
            if (flags is null or Nft.TablePersists)
            {
                Change(to => to.AddTable(_options.OwnerFlags));
                IsOwned = true;
                return;
            }

            // A table that was made without an owner never gets one: the first commit makes it anew, where the kernel can do that at all.
            Change(to => to.TryTable(_options.OwnerFlags));
            _mustRebuild = true;
        }
        catch (NetlinkException problem) when (NftablesFault.Of(problem) is not null)
        {
            NotOwnedReason = $"the kernel has no tables with an owner that persist (Linux 6.9): {problem.Message}";
        }
    }

    private TableDrift Tell(ImmutableArray<string> drift) => new(drift, drift.IsEmpty ? null : _watch?.Last);

    private bool IsSure => _isSure && (_watch is null || (!_watch.IsDeaf && _watch.Count == _noticed));

    private TableChange ApplyToFound(NodeRules wanted)
    {
        for (var tries = 1; ; tries++)
        {
            _noticed = _watch?.Count ?? 0;
            var found = _reader.Read(wanted, IsOwned);
            var drift = Programmed is null ? TableDrift.None
                : Tell(ReferenceEquals(Programmed, wanted) ? DriftText.Of(found, wanted) : DriftText.Of(_reader.Read(Programmed, IsOwned), Programmed));
            var rebuild = _mustRebuild || TableDifference.IsBeyondChange(found, wanted);
            var difference = rebuild ? TableDifference.Between(NodeRules.Empty, wanted) : TableDifference.Between(found, wanted);
            try
            {
                // Rules of an owned table are as they were read. Where others never stop changing rules, most of them are of other tables; what was not is noticed.
                uint? generation = IsOwned || tries > CarefulTries ? null : found.Generation;
                var change = Commit(difference, rebuild, isMissing: !found.Exists, generation, drift);
                Programmed = wanted;

                // What was enforced until now is not known as well as what is wanted.
                return change with { Touched = null };
            }
            catch (StaleRulesException)
            {
                // Others are changing rules just now: read again.
            }
        }
    }

    private TableChange Commit(TableDifference difference, bool rebuild, bool isMissing, uint? generation, TableDrift drift)
    {
        if (difference.IsEmpty && !rebuild && !isMissing)
        {
            _isSure = true;
            return new TableChange { Drift = drift };
        }

        // From here on until the kernel's answer is known, so is nothing else.
        _isSure = false;
        var start = Stopwatch.GetTimestamp();
        var bytes = 0;
        if (!rebuild && !isMissing && difference.HasTwoSteps)
        {
            bytes = Send(generation, difference.WriteNew) + Send(generation + 1, difference.WriteRest);
        }
        else
        {
            var flags = _options.Own && NotOwnedReason is null ? _options.OwnerFlags : 0;
            bytes = Send(generation, to =>
            {
                if (rebuild && !isMissing) to.DeleteTable();
                if (rebuild || isMissing) to.AddTable(flags);
                difference.Write(to);
            });
            if (rebuild || isMissing) (IsOwned, _mustRebuild) = (flags != 0, false);
        }

        _isSure = true;
        return difference.Count(rebuild, drift, bytes, Stopwatch.GetElapsedTime(start));
    }

    private int Send(uint? generation, Action<TableWriter> write)
    {
        var transaction = new Transaction(_messages, generation);
        write(new TableWriter(transaction));
        var bytes = transaction.Length;
        transaction.Commit(_socket);
        return bytes;
    }

    private void Change(Action<TableWriter> write)
    {
        var transaction = new Transaction(_messages);
        write(new TableWriter(transaction));
        transaction.Commit(_socket);
    }
}
