using System.Collections.Concurrent;
using Ringfence.Model;

namespace Ringfence.Lab.Sockets;

/// <summary>
/// A fresh source port for every probe of an address: connection tracking remembers earlier flows for minutes, and a probe that looked like one
/// of them would be judged by what was allowed then.
/// </summary>
internal sealed class SourcePorts
{
    /// <summary>The lowest port given; below are the ports that services listen on.</summary>
    public const int First = 20000;

    /// <summary>The highest port given.</summary>
    public const int Last = 60999;

    private readonly ConcurrentDictionary<Address, int> _next = new();

    /// <summary>The next port of an address; a port comes again after all others.</summary>
    public int Next(Address address) =>
        _next.AddOrUpdate(address, static _ => Random.Shared.Next(First, Last + 1), static (_, last) => last == Last ? First : last + 1);
}
