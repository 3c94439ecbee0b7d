using System.Collections.Immutable;
using System.Text;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>
/// A set of connections: ports of TCP, UDP and SCTP, and whether every other protocol (ICMP and the like) belongs too. Immutable; equal by
/// content.
/// </summary>
/// <remarks>
/// A rule without <c>ports</c> admits every protocol; one that lists all ports of the three protocols does not, so <c>All</c> and
/// <c>TCP 1-65535; UDP 1-65535; SCTP 1-65535</c> differ.
/// </remarks>
public sealed class ConnectionSet : IEquatable<ConnectionSet>
{
    /// <summary>No connection.</summary>
    public static readonly ConnectionSet None = new([], [], [], otherProtocols: false);

    /// <summary>Every connection of every protocol.</summary>
    public static readonly ConnectionSet All = new([PortRange.All], [PortRange.All], [PortRange.All], otherProtocols: true);

    private readonly ImmutableArray<PortRange> _tcp;
    private readonly ImmutableArray<PortRange> _udp;
    private readonly ImmutableArray<PortRange> _sctp;
    private readonly int _hash;

    private ConnectionSet(ImmutableArray<PortRange> tcp, ImmutableArray<PortRange> udp, ImmutableArray<PortRange> sctp, bool otherProtocols)
    {
        (_tcp, _udp, _sctp, OtherProtocols) = (tcp, udp, sctp, otherProtocols);
        var hash = new HashCode();
        hash.Add(otherProtocols);
        foreach (var ranges in (ReadOnlySpan<ImmutableArray<PortRange>>)[tcp, udp, sctp])
        {
            hash.Add(ranges.Length);
            foreach (var range in ranges) hash.Add(range);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>Whether protocols beside TCP, UDP and SCTP belong to the set.</summary>
    public bool OtherProtocols { get; }

    /// <summary>True without any connection.</summary>
    public bool IsEmpty => !OtherProtocols && _tcp.IsEmpty && _udp.IsEmpty && _sctp.IsEmpty;

    /// <summary>True for every connection of every protocol.</summary>
    public bool IsAll => Equals(All);

    /// <summary>The ports of a protocol: sorted, neither overlapping nor touching.</summary>
    public ImmutableArray<PortRange> Ports(Protocol protocol) => protocol switch
    {
        Protocol.Tcp => _tcp,
        Protocol.Udp => _udp,
        _ => _sctp,
    };

    /// <summary>The connections of one protocol to a range of ports.</summary>
    public static ConnectionSet Of(Protocol protocol, int first, int last) => Of(protocol, [new PortRange(first, last)]);

    /// <summary>The connections of one protocol to one port.</summary>
    public static ConnectionSet Of(Protocol protocol, int port) => Of(protocol, port, port);

    /// <summary>Every port of one protocol.</summary>
    public static ConnectionSet Of(Protocol protocol) => Of(protocol, [PortRange.All]);

    /// <summary>Whether a connection to <paramref name="port"/> belongs to the set. Allocates nothing.</summary>
    public bool Contains(Protocol protocol, int port)
    {
        foreach (var range in Ports(protocol))
            if (port <= range.Last) return port >= range.First;
        return false;
    }

    /// <summary>Whether every connection of <paramref name="other"/> belongs to this set.</summary>
    public bool Contains(ConnectionSet other) => Intersect(other).Equals(other);

    /// <summary>Whether the sets share a connection. Allocates nothing.</summary>
    public bool Overlaps(ConnectionSet other) =>
        (OtherProtocols && other.OtherProtocols)
        || Overlap(_tcp, other._tcp) || Overlap(_udp, other._udp) || Overlap(_sctp, other._sctp);

    /// <summary>What belongs to either set.</summary>
    public ConnectionSet Union(ConnectionSet other)
    {
        if (ReferenceEquals(this, other) || other.IsEmpty || IsAll) return this;
        if (IsEmpty || other.IsAll) return other;
        return new(Unite(_tcp, other._tcp), Unite(_udp, other._udp), Unite(_sctp, other._sctp), OtherProtocols || other.OtherProtocols);
    }

    /// <summary>What belongs to both sets.</summary>
    public ConnectionSet Intersect(ConnectionSet other)
    {
        if (ReferenceEquals(this, other) || other.IsAll || IsEmpty) return this;
        if (IsAll || other.IsEmpty) return other;
        return new(Cross(_tcp, other._tcp), Cross(_udp, other._udp), Cross(_sctp, other._sctp), OtherProtocols && other.OtherProtocols);
    }

    /// <summary>What belongs to this set and not to <paramref name="other"/>.</summary>
    public ConnectionSet Except(ConnectionSet other) => Intersect(new ConnectionSet(
        Invert(other._tcp), Invert(other._udp), Invert(other._sctp), !other.OtherProtocols));

    /// <inheritdoc/>
    public bool Equals(ConnectionSet? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && OtherProtocols == other.OtherProtocols
            && _tcp.AsSpan().SequenceEqual(other._tcp.AsSpan())
            && _udp.AsSpan().SequenceEqual(other._udp.AsSpan())
            && _sctp.AsSpan().SequenceEqual(other._sctp.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConnectionSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary><c>All</c>, <c>None</c>, or protocols with their ports: <c>TCP 80,90-95; UDP 53</c>; <c>other protocols</c> where they belong.</summary>
    public override string ToString()
    {
        if (IsEmpty) return "None";
        if (IsAll) return "All";
        var text = new StringBuilder();
        foreach (var protocol in (ReadOnlySpan<Protocol>)[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
        {
            var ranges = Ports(protocol);
            if (ranges.IsEmpty) continue;
            if (text.Length > 0) text.Append("; ");
            text.Append(protocol.ToText()).Append(' ').AppendJoin(',', ranges);
        }

        if (OtherProtocols) text.Append(text.Length > 0 ? "; " : "").Append("other protocols");
        return text.ToString();
    }

    private static ConnectionSet Of(Protocol protocol, ImmutableArray<PortRange> ranges) => protocol switch
    {
        Protocol.Tcp => new(ranges, [], [], otherProtocols: false),
        Protocol.Udp => new([], ranges, [], otherProtocols: false),
        _ => new([], [], ranges, otherProtocols: false),
    };

    private static bool Overlap(ImmutableArray<PortRange> a, ImmutableArray<PortRange> b)
    {
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i].Last < b[j].First) i++;
            else if (b[j].Last < a[i].First) j++;
            else return true;
        }

        return false;
    }

    private static ImmutableArray<PortRange> Unite(ImmutableArray<PortRange> a, ImmutableArray<PortRange> b)
    {
        if (a.IsEmpty) return b;
        if (b.IsEmpty) return a;
        var result = ImmutableArray.CreateBuilder<PortRange>(a.Length + b.Length);
        int i = 0, j = 0;
        while (i < a.Length || j < b.Length)
        {
            var next = j == b.Length || (i < a.Length && a[i].First <= b[j].First) ? a[i++] : b[j++];
            if (result.Count > 0 && next.First <= result[^1].Last + 1)
                result[^1] = new PortRange(result[^1].First, Math.Max(result[^1].Last, next.Last));
            else
                result.Add(next);
        }

        return result.DrainToImmutable();
    }

    private static ImmutableArray<PortRange> Cross(ImmutableArray<PortRange> a, ImmutableArray<PortRange> b)
    {
        if (a.IsEmpty || b.IsEmpty) return [];
        var result = ImmutableArray.CreateBuilder<PortRange>();
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            var first = Math.Max(a[i].First, b[j].First);
            var last = Math.Min(a[i].Last, b[j].Last);
            if (first <= last) result.Add(new PortRange(first, last));
            if (a[i].Last < b[j].Last) i++;
            else j++;
        }

        return result.DrainToImmutable();
    }

    private static ImmutableArray<PortRange> Invert(ImmutableArray<PortRange> ranges)
    {
        var result = ImmutableArray.CreateBuilder<PortRange>(ranges.Length + 1);
        var next = PortRange.All.First;
        foreach (var range in ranges)
        {
            if (next < range.First) result.Add(new PortRange(next, range.First - 1));
            next = range.Last + 1;
        }

        if (next <= PortRange.All.Last) result.Add(new PortRange(next, PortRange.All.Last));
        return result.DrainToImmutable();
    }
}
