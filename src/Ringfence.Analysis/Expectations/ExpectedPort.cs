using System.Globalization;
using Ringfence.Analysis.Endpoints;
using Ringfence.Model;

namespace Ringfence.Analysis.Expectations;

/// <summary>A port of an expectation: a number, a range, or the name that a container gives it.</summary>
/// <param name="First">The first port, 1–65535; 0 for a name.</param>
/// <param name="Last">The last port, inclusive; 0 for a name.</param>
/// <param name="Name">The name; null for numbers.</param>
/// <param name="Protocol">The protocol; null where none was written: TCP for numbers, any for names.</param>
public sealed record ExpectedPort(int First, int Last, string? Name, Protocol? Protocol)
{
    /// <summary>The forms, for messages.</summary>
    public const string Forms = "a port is 6333, 53/udp, 8000-8010/tcp, or a container's name for it, such as http";

    /// <summary>Reads a port.</summary>
    /// <exception cref="InputException">The text has none of the forms.</exception>
    public static ExpectedPort Parse(string text)
    {
        var slash = text.IndexOf('/');
        var numbers = slash < 0 ? text : text[..slash];
        var dash = numbers.IndexOf('-');
        if (dash <= 0 || dash == numbers.Length - 1 || !numbers.All(c => char.IsAsciiDigit(c) || c == '-')) return Single(EndpointSyntax.ParsePort(text, text));
        var (first, last) = (EndpointSyntax.ParsePort(numbers[..dash], text), EndpointSyntax.ParsePort(text[(dash + 1)..], text));
        return first.Number > 0 && last.Number >= first.Number
            ? new ExpectedPort(first.Number, last.Number, null, last.Protocol)
            : throw new InputException($"the range of ports '{text}' ends before it begins");
    }

    /// <summary>As the user would write it.</summary>
    public override string ToString() =>
        (Name ?? (First == Last ? First.ToString(CultureInfo.InvariantCulture) : $"{First}-{Last}"))
        + (Protocol is { } protocol ? "/" + protocol.ToText().ToLowerInvariant() : "");

    private static ExpectedPort Single(PortText port) => new(port.Number, port.Number, port.Name, port.Protocol);
}
