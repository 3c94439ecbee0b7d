using System.Collections.Immutable;
using System.Globalization;
using Ringfence.Engine;
using Ringfence.Model;

namespace Ringfence.Analysis.Generation;

/// <summary>A port that is meant by its name, which each destination pod resolves by itself.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Name">The name.</param>
public readonly record struct PortName(Protocol Protocol, string Name);

/// <summary>What a wanted flow may use at its destination. Equal by content.</summary>
/// <param name="Numbers">What is given by number, or as everything.</param>
/// <param name="Names">What is given by name, in order, without repeats.</param>
public sealed record FlowPorts(ConnectionSet Numbers, ImmutableArray<PortName> Names)
{
    /// <summary>Every connection.</summary>
    public static readonly FlowPorts All = new(ConnectionSet.All, []);

    /// <summary>Nothing.</summary>
    public static readonly FlowPorts None = new(ConnectionSet.None, []);

    /// <summary>Connections by number alone.</summary>
    public static FlowPorts Of(ConnectionSet numbers) => new(numbers, []);

    /// <summary>What belongs to either.</summary>
    public FlowPorts Union(FlowPorts other) => other.Names.IsEmpty
        ? this with { Numbers = Numbers.Union(other.Numbers) }
        : new(Numbers.Union(other.Numbers), [.. Names.Union(other.Names).OrderBy(name => name.Name, StringComparer.Ordinal).ThenBy(name => name.Protocol)]);

    /// <summary>The connections that are meant at a pod: its ports stand for the names.</summary>
    public ConnectionSet At(Pod pod)
    {
        if (Names.IsEmpty) return Numbers;
        var result = Numbers;
        foreach (var port in pod.Network.Ports)
            if (port.Name is { } name && Names.Contains(new PortName(port.Protocol, name))) result = result.Union(ConnectionSet.Of(port.Protocol, port.Port));
        return result;
    }

    /// <inheritdoc/>
    public bool Equals(FlowPorts? other) => other is not null && Numbers.Equals(other.Numbers) && Names.AsSpan().SequenceEqual(other.Names.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Numbers, Names.Length);

    /// <summary><c>TCP 80,443; UDP 53; web</c>.</summary>
    public override string ToString() => Names.IsEmpty ? Numbers.ToString()
        : string.Join("; ", Names.Select(name => $"{name.Name}/{name.Protocol.ToText()}").Prepend(Numbers.IsEmpty ? "" : Numbers.ToString()).Where(part => part.Length > 0));
}

/// <summary>A list of ports as written, taken apart: numbers, and names with the protocol where one was written.</summary>
/// <param name="Numbers">The numbers.</param>
/// <param name="Names">The names.</param>
public sealed record PortList(ConnectionSet Numbers, ImmutableArray<(string Name, Protocol? Protocol)> Names)
{
    /// <summary>The forms, for messages.</summary>
    public const string Forms = "80, 8000-8010, 53/udp, a port's name, all, all/tcp; several with commas";

    /// <summary>Whether a text looks like ports rather than like an endpoint.</summary>
    public static bool IsNumeric(string text) =>
        text.Length > 0 && char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '/') && TryItem(text) is { Names.IsEmpty: true };

    /// <summary>
    /// Reads <c>80,8000-8010,53/udp,http,all/tcp</c>, and the form of lists of connections, <c>TCP 80,90-95; UDP 53</c>. Without a protocol TCP is
    /// meant; <c>all</c> is every connection of every protocol.
    /// </summary>
    /// <param name="text">The ports.</param>
    /// <param name="whole">What the ports are part of, for the message.</param>
    /// <exception cref="InputException">The text is no list of ports.</exception>
    public static PortList Parse(string text, string whole) =>
        TryParse(text) ?? throw new InputException($"cannot read the ports '{text}' in '{whole}'", $"Ports are {Forms}; numbers from 1 to 65535.");

    /// <inheritdoc cref="Parse"/>
    /// <returns>Null where the text is no list of ports.</returns>
    public static PortList? TryParse(string text)
    {
        var (numbers, names) = (ConnectionSet.None, ImmutableArray.CreateBuilder<(string, Protocol?)>());
        foreach (var group in text.Split(';'))
        {
            var items = group.Trim();
            Protocol? protocol = null;
            var space = items.IndexOf(' ');
            if (space > 0 && ProtocolText.TryParse(items.AsSpan(0, space), out var given)) (protocol, items) = (given, items[(space + 1)..]);
            foreach (var item in items.Split(','))
            {
                if (TryItem(item.Trim(), protocol) is not { } ports) return null;
                numbers = numbers.Union(ports.Numbers);
                names.AddRange(ports.Names);
            }
        }

        return new PortList(numbers, names.ToImmutable());
    }

    private static PortList? TryItem(string item, Protocol? protocol = null)
    {
        var slash = item.IndexOf('/');
        if (slash >= 0)
        {
            if (protocol is not null || !ProtocolText.TryParse(item[(slash + 1)..].ToUpperInvariant(), out var written)) return null;
            (protocol, item) = (written, item[..slash]);
        }

        if (item.Equals("all", StringComparison.OrdinalIgnoreCase))
            return new PortList(protocol is { } whole ? ConnectionSet.Of(whole) : ConnectionSet.All, []);
        var hyphen = item.IndexOf('-');
        if (TryNumber(hyphen > 0 ? item[..hyphen] : item) is { } first)
            return hyphen <= 0 ? Numbered(first, first) : TryNumber(item[(hyphen + 1)..]) is { } last && first <= last ? Numbered(first, last) : null;
        var isName = item.Length is > 0 and <= 15 && item.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && item.Any(char.IsAsciiLetterLower);
        return isName ? new PortList(ConnectionSet.None, [(item, protocol)]) : null;

        PortList Numbered(int from, int to) => new(ConnectionSet.Of(protocol ?? Protocol.Tcp, from, to), []);
    }

    private static int? TryNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535 ? number : null;
}
