using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Engine;

/// <summary>
/// Connections as rules write them: those that are known, and ports by name, which each destination pod resolves for itself. Immutable;
/// equal by content.
/// </summary>
public sealed class PortTerms : IEquatable<PortTerms>
{
    /// <summary>No connection.</summary>
    public static readonly PortTerms None = new(ConnectionSet.None, []);

    /// <summary>Every connection of every protocol.</summary>
    public static readonly PortTerms All = new(ConnectionSet.All, []);

    /// <summary>Takes the parts; a name that the known connections hold whatever it means is dropped.</summary>
    public PortTerms(ConnectionSet known, IEnumerable<(Protocol Protocol, string Name)> names)
    {
        Known = known;
        Names = [.. names.Where(name => !HoldsAll(name.Protocol)).Distinct().OrderBy(name => name.Protocol).ThenBy(name => name.Name, StringComparer.Ordinal)];
    }

    /// <summary>The connections that do not depend on the destination.</summary>
    public ConnectionSet Known { get; }

    /// <summary>The ports by name, by protocol and name.</summary>
    public ImmutableArray<(Protocol Protocol, string Name)> Names { get; }

    /// <summary>True without any connection.</summary>
    public bool IsEmpty => Known.IsEmpty && Names.IsEmpty;

    /// <summary>What belongs to either.</summary>
    public PortTerms Union(PortTerms other) => new(Known.Union(other.Known), [.. Names, .. other.Names]);

    /// <summary>Whether everything of <paramref name="other"/> belongs to this, whatever the names mean.</summary>
    public bool Contains(PortTerms other) =>
        Known.Contains(other.Known) && other.Names.All(name => Names.Contains(name) || HoldsAll(name.Protocol));

    /// <inheritdoc/>
    public bool Equals(PortTerms? other) => other is not null && Known.Equals(other.Known) && Names.AsSpan().SequenceEqual(other.Names.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PortTerms);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Known, Names.Length);

    /// <summary>As <see cref="ConnectionSet.ToString"/>, names after the numbers of their protocol: <c>TCP 80,http; UDP dns</c>.</summary>
    public override string ToString()
    {
        if (Names.IsEmpty) return Known.ToString();
        var parts = new List<string>();
        foreach (var protocol in (ReadOnlySpan<Protocol>)[Protocol.Tcp, Protocol.Udp, Protocol.Sctp])
        {
            var ports = Known.Ports(protocol).Select(range => range.ToString())
                .Concat(Names.Where(name => name.Protocol == protocol).Select(name => name.Name))
                .ToList();
            if (ports.Count > 0) parts.Add($"{protocol.ToText()} {string.Join(',', ports)}");
        }

        if (Known.OtherProtocols) parts.Add("other protocols");
        return string.Join("; ", parts);
    }

    private bool HoldsAll(Protocol protocol) => Known.Ports(protocol) is [var only] && only == PortRange.All;
}
