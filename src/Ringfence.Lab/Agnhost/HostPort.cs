using System.Globalization;

namespace Ringfence.Lab.Agnhost;

/// <summary>A destination as <c>HOST:PORT</c>, taken apart as Go does, with Go's words for what is wrong with it.</summary>
/// <remarks>https://pkg.go.dev/net#SplitHostPort</remarks>
internal static class HostPort
{
    private static readonly Dictionary<string, int> Services = new(StringComparer.OrdinalIgnoreCase) { ["http"] = 80, ["https"] = 443, ["domain"] = 53 };

    /// <summary>Takes it apart.</summary>
    /// <param name="text">The destination.</param>
    /// <param name="problem">What is wrong; null where nothing is.</param>
    public static (string Host, string Port)? Split(string text, out string? problem)
    {
        problem = null;
        var colon = text.LastIndexOf(':');
        if (colon < 0) return Wrong("missing port in address", out problem);
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0) return Wrong("missing ']' in address", out problem);
            if (end + 1 != colon) return Wrong(end + 1 == text.Length ? "missing port in address" : "too many colons in address", out problem);
            return (text[1..end], text[(colon + 1)..]);
        }

        var host = text[..colon];
        if (host.Contains(':', StringComparison.Ordinal)) return Wrong("too many colons in address", out problem);
        return (host, text[(colon + 1)..]);

        (string Host, string Port)? Wrong(string why, out string? told)
        {
            told = $"address {text}: {why}";
            return null;
        }
    }

    /// <summary>The number of a port.</summary>
    /// <param name="port">The port, a number or a well-known name.</param>
    /// <param name="protocol">For the message.</param>
    /// <param name="problem">What is wrong; null where nothing is.</param>
    public static int? Number(string port, string protocol, out string? problem)
    {
        problem = null;
        if (port.Length == 0) return 0;
        if (port.All(char.IsAsciiDigit))
        {
            if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= ushort.MaxValue) return number;
            problem = $"address {port}: invalid port";
            return null;
        }

        if (Services.TryGetValue(port, out var known)) return known;
        problem = $"lookup {protocol}/{port}: unknown port";
        return null;
    }
}
