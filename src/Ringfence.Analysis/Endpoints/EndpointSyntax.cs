using System.Globalization;
using Ringfence.Model;

namespace Ringfence.Analysis.Endpoints;

/// <summary>Takes endpoints apart as users write them.</summary>
public static class EndpointSyntax
{
    /// <summary>The forms, for messages and help.</summary>
    public const string Forms =
        "ns/name, ns/kind/name, name (with -n), svc/ns/name:port, an IP, a CIDR, or external; a port as :6333, :53/udp or :dns/udp";

    /// <summary>Reads an endpoint.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="defaultNamespace">The namespace of a name without one.</param>
    /// <exception cref="InputException">The text has none of the forms.</exception>
    public static EndpointText Parse(string text, string defaultNamespace)
    {
        var (host, portText) = Split(text);
        var port = portText is null ? null : ParsePort(portText, text);
        if (host == "external") return new ExternalText(host, port);
        if (host == "everyone") return new EveryoneText(host, port);
        if (Address.TryParse(host, out var address)) return new AddressText(address.ToString(), port, address);
        if (Prefix.TryParse(host, out var prefix))
            return prefix.Length == Address.Bits(prefix.Family)
                ? new AddressText(prefix.First.ToString(), port, prefix.First)
                : new PrefixText(prefix.ToString(), port, prefix);

        if (Range(host) is var (first, last)) return new RangeText(host, port, first, last);
        if (IsNumeric(host)) throw NoAddress(host);
        var parts = host.Split('/');
        if (parts.Length > 3 || parts.Any(part => part.Length == 0)) throw Unreadable(text);
        return parts switch
        {
            ["*", "*"] => new NamespaceText(host, port, null),
            [var @namespace, "*"] => new NamespaceText(host, port, @namespace),
            ["svc", var @namespace, var name] => Service(@namespace, name),
            ["svc", var name] => Service(defaultNamespace, name),
            [var @namespace, var kind, var name] when Kinds.Expand(kind) == Kinds.Service => Service(@namespace, name),
            [var @namespace, var kind, var name] => new NamedText(host, port, @namespace, Kinds.Expand(kind), name),
            [var @namespace, var name] => new NamedText(host, port, @namespace, null, name),
            [var name] => new NamedText($"{defaultNamespace}/{name}", port, defaultNamespace, null, name),
            _ => throw Unreadable(text),
        };

        ServiceText Service(string @namespace, string name) => new($"svc/{@namespace}/{name}", port, @namespace, name);
    }

    /// <summary>Takes the port, whatever is written there, off the end of an endpoint.</summary>
    /// <exception cref="InputException">A bracket is left open.</exception>
    public static (string Host, string? Port) Split(string text)
    {
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']');
            if (end < 0) throw Unreadable(text);
            var (host, rest) = (text[1..end], text[(end + 1)..]);
            // A CIDR may have its length after the bracket too.
            if (rest.StartsWith('/'))
            {
                var colon = rest.IndexOf(':');
                (host, rest) = colon < 0 ? (host + rest, "") : (host + rest[..colon], rest[colon..]);
            }

            if (rest.Length > 0 && rest[0] != ':') throw Unreadable(text);
            return (host, rest.Length == 0 ? null : rest[1..]);
        }

        if (Address.TryParse(text, out _) || Prefix.TryParse(text, out _) || Range(text) is not null) return (text, null);
        var last = text.LastIndexOf(':');
        return last < 0 ? (text, null) : (text[..last], text[(last + 1)..]);
    }

    private static (Address First, Address Last)? Range(string text)
    {
        var hyphen = text.IndexOf('-');
        return hyphen > 0 && Address.TryParse(text.AsSpan(0, hyphen), out var first) && Address.TryParse(text.AsSpan(hyphen + 1), out var last)
            && first.Family == last.Family && first <= last
            ? (first, last)
            : null;
    }

    /// <summary>Reads a port.</summary>
    /// <param name="text">A number or name, and a protocol behind a slash where one is written.</param>
    /// <param name="whole">What the user wrote, for messages.</param>
    /// <exception cref="InputException">The text is no port.</exception>
    public static PortText ParsePort(string text, string whole)
    {
        var slash = text.IndexOf('/');
        Protocol? protocol = null;
        if (slash >= 0)
        {
            var word = text[(slash + 1)..];
            if (!ProtocolText.TryParse(word.ToUpperInvariant(), out var known))
                throw new InputException($"'{word}' in '{whole}' is not a protocol: use tcp, udp or sctp");
            protocol = known;
            text = text[..slash];
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number is >= 1 and <= 65535
                ? new PortText(number, null, protocol)
                : throw new InputException($"the port {text} in '{whole}' is not between 1 and 65535");
        if (text.Length is > 0 and <= 15 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && text.Any(char.IsAsciiLetterLower))
            return new PortText(0, text, protocol);
        throw new InputException(
            $"'{text}' in '{whole}' is not a port: a number from 1 to 65535 or a port's name is",
            "An IPv6 address with a port stands in brackets: [fd00::1]:80");
    }

    // A namespace cannot have a dot or a colon, and nobody calls a workload like an address.
    private static bool IsNumeric(string host)
    {
        var number = host.Split('/')[0];
        return host.Count(c => c == '/') <= 1
            && (number.Contains(':') ? number.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.') : number.Contains('.') && number.All(c => char.IsAsciiDigit(c) || c == '.'));
    }

    private static InputException NoAddress(string host) => host.Contains('/')
        ? new($"'{host}' is not a CIDR", "A CIDR is an IP address and a length, as in 10.0.0.0/8 (at most 32, for IPv6 128).")
        : new($"'{host}' is not an IP address", "An IPv4 address is four numbers from 0 to 255, as in 203.0.113.10.");

    private static InputException Unreadable(string text) => new($"cannot read the endpoint '{text}'", $"An endpoint is {Forms}.");
}
