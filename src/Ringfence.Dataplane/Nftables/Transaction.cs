using System.Globalization;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>
/// A batch of changes to the table, which the kernel makes as a whole or not at all. Remembers which message concerns what, so that a refusal names it.
/// </summary>
internal sealed class Transaction
{
    private const int RestartError = 85;

    private readonly NetlinkMessages _messages;
    private readonly List<Func<string>> _concerns = [];
    private readonly uint _begin;

    /// <summary>Begins a batch.</summary>
    /// <param name="messages">Where it is written; whatever was there is forgotten.</param>
    /// <param name="generation">The generation of the kernel's rules that the changes are meant for; null where any will do.</param>
    public Transaction(NetlinkMessages messages, uint? generation = null)
    {
        _messages = messages;
        messages.Clear();
        messages.BeginNetfilter(0, Nft.BatchBegin, NetlinkFlags.None, 0, Nft.Subsystem);
        if (generation is { } number) messages.Big32(Nft.BatchGeneration, number);
        _begin = messages.Sequence;
    }

    /// <summary>
    /// Waits until no transaction is half done. The kernel counts a generation a little before or after it is in force, and dumps go on meanwhile; a batch,
    /// be it empty, is taken only when the one before is through, and within the call that sends it.
    /// </summary>
    public static void AwaitOthers(NetlinkSocket socket, NetlinkMessages messages)
    {
        messages.Clear();
        messages.BeginNetfilter(0, Nft.BatchBegin, NetlinkFlags.None, 0, Nft.Subsystem);
        messages.BeginNetfilter(0, Nft.BatchEnd, NetlinkFlags.None, 0, Nft.Subsystem);
        socket.Send(messages);
    }

    /// <summary>Begins a change of the table; its attributes follow.</summary>
    /// <param name="number">The message's number.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="what">Says what is changed: "add the set x".</param>
    /// <param name="table">The table.</param>
    public NetlinkMessages Begin(int number, NetlinkFlags flags, Func<string> what, string table = NodeRules.Table)
    {
        _messages.BeginNetfilter(Nft.Subsystem, number, flags, Nft.FamilyInet);
        _messages.Text(Nft.TableName, table);
        _concerns.Add(what);
        return _messages;
    }

    /// <summary>Bytes of the batch so far.</summary>
    public int Length => _messages.Length;

    /// <summary>Hands the batch to the kernel and waits until it is in force.</summary>
    /// <exception cref="NetlinkException">The kernel refused; nothing is changed. Says what it refused.</exception>
    /// <exception cref="StaleRulesException">The rules are of another generation than the batch is meant for; nothing is changed.</exception>
    public void Commit(NetlinkSocket socket)
    {
        if (_concerns.Count == 0) return;
        _messages.AddFlags(NetlinkFlags.Acknowledge);
        var last = _messages.Sequence;
        _messages.BeginNetfilter(0, Nft.BatchEnd, NetlinkFlags.None, 0, Nft.Subsystem);
        socket.Send(_messages);
        NetlinkException? refused = null;
        while (true)
        {
            foreach (var message in new NetlinkReader(socket.Receive()))
            {
                // An answer to an earlier batch that was given up.
                if (!message.IsError || message.Sequence < _begin || message.Sequence > last) continue;
                if (message.Sequence == _begin && message.Error == RestartError) throw new StaleRulesException();
                if (message.Error != 0) refused ??= new NetlinkException(message.Error, Concern(message.Sequence), message.ErrorText);

                // The batch as a whole is answered at its beginning, and then perhaps nowhere else.
                if (message.Sequence != _begin && message.Sequence != last) continue;
                if (refused is not null) throw refused;
                return;
            }
        }
    }

    private string Concern(uint sequence)
    {
        var at = (int)(sequence - _begin) - 1;
        return at < 0
            ? string.Create(CultureInfo.InvariantCulture, $"change the table inet {NodeRules.Table} ({_concerns.Count} changes)")
            : _concerns[at]();
    }
}

/// <summary>Somebody changed rules since they were read: read them again.</summary>
internal sealed class StaleRulesException : Exception;
