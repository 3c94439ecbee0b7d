using System.Net.Sockets;
using System.Text;
using Ringfence.Evidence.Probes;

namespace Ringfence.Lab.Sockets;

/// <summary>What one attempt of a probe saw.</summary>
/// <param name="Observed">What was seen.</param>
/// <param name="Detail">Who answered, or the error.</param>
internal readonly record struct Sighting(Observed Observed, string? Detail)
{
    private const int LongestName = 300;

    /// <summary>No answer in time.</summary>
    public static Sighting Dropped => new(Observed.Dropped, Detail: null);

    /// <summary>Somebody answered.</summary>
    /// <param name="answer">What it said: the first line is its name.</param>
    public static Sighting Answered(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf((byte)'\n');
        var line = end < 0 ? answer : answer[..end];
        if (line.Length > LongestName) line = line[..LongestName];
        var name = Encoding.UTF8.GetString(line).Trim();
        return new Sighting(Observed.Answered, name.Length == 0 || name.Any(char.IsControl) ? null : name);
    }

    /// <summary>What an error of the kernel means: many of them are ICMP messages that came back.</summary>
    /// <remarks>
    /// icmp(7); the kernel's <c>icmp_err_convert</c> and <c>icmpv6_err_convert</c>. A closed port or unknown protocol is the destination's own
    /// answer; "prohibited" comes from a router, as an unreachable host does.
    /// </remarks>
    public static Sighting Of(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset => new(Observed.Refused, error.Message),
        SocketError.ProtocolOption => new(Observed.Refused, "the destination does not speak this protocol"),
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown => new(Observed.NoRoute, error.Message),
        SocketError.AccessDenied => new(Observed.NoRoute, "prohibited"),
        SocketError.TimedOut => Dropped,
        _ => new(Observed.Failed, error.Message),
    };
}
