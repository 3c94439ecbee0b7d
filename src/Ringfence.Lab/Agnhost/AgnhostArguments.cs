namespace Ringfence.Lab.Agnhost;

/// <summary>What <c>agnhost connect</c> is asked for.</summary>
/// <param name="Destination">Where to, <c>HOST:PORT</c>.</param>
/// <param name="Protocol">tcp, udp or sctp.</param>
/// <param name="Timeout">How long to try; zero for as long as the kernel does.</param>
/// <param name="UdpData">What a datagram carries.</param>
internal sealed record AgnhostArguments(string Destination, string Protocol, TimeSpan Timeout, string UdpData)
{
    /// <summary>Reads the words after <c>connect</c>.</summary>
    /// <param name="words">The words.</param>
    /// <param name="problem">What is wrong with them; null where nothing is.</param>
    public static AgnhostArguments? Parse(IReadOnlyList<string> words, out string? problem)
    {
        var arguments = new AgnhostArguments("", "tcp", TimeSpan.Zero, "hostname");
        var places = new List<string>();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                places.AddRange(words.Skip(i + 1));
                break;
            }

            if (!word.StartsWith('-'))
            {
                places.Add(word);
                continue;
            }

            var cut = word.IndexOf('=', StringComparison.Ordinal);
            var name = cut < 0 ? word : word[..cut];
            if (name is not ("--timeout" or "--protocol" or "--udp-data" or "--sctp-data"))
            {
                problem = word.StartsWith("--", StringComparison.Ordinal) ? $"unknown flag: {name}" : $"unknown shorthand flag: '{(word.Length > 1 ? word[1] : '-')}' in {word}";
                return null;
            }

            if (cut < 0 && i + 1 == words.Count)
            {
                problem = $"flag needs an argument: {name}";
                return null;
            }

            var value = cut < 0 ? words[++i] : word[(cut + 1)..];
            if (name == "--protocol") arguments = arguments with { Protocol = value };
            if (name == "--udp-data") arguments = arguments with { UdpData = value };
            if (name != "--timeout") continue;
            if (GoDuration.Parse(value) is not { } timeout)
            {
                problem = $"invalid argument \"{value}\" for \"--timeout\" flag: time: invalid duration \"{value}\"";
                return null;
            }

            arguments = arguments with { Timeout = timeout };
        }

        problem = places.Count == 1 ? null : $"accepts 1 arg(s), received {places.Count}";
        return problem is null ? arguments with { Destination = places[0] } : null;
    }
}
