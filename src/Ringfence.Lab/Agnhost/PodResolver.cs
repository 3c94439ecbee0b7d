using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Execution;
using Ringfence.Lab.Names;
using Ringfence.Lab.Sockets;
using Ringfence.Model;

namespace Ringfence.Lab.Agnhost;

/// <summary>Looks names up as a program in a pod does: with the pod's list of domains, from its network, at its name servers.</summary>
/// <remarks>resolv.conf(5); RFC 1035, section 4.</remarks>
internal sealed class PodResolver(PodPlace place, NamespaceThread sockets)
{
    private const int DnsPort = 53;
    private const int Header = 12;
    private const int Dots = 5;
    private const int Attempts = 2;
    private const ushort RecursionDesired = 0x0100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The addresses of a name.</summary>
    /// <exception cref="LookupException">It has none, or nobody answers.</exception>
    public async Task<ImmutableArray<IPAddress>> FindAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        var local = FromHosts(host);
        if (!local.IsEmpty) return local;
        if (place.NameServers.IsEmpty) throw new LookupException($"lookup {host}: no such host");
        foreach (var name in Candidates(host))
        {
            var found = await AskAsync(host, name, cancellation).ConfigureAwait(false);
            if (!found.IsEmpty) return found;
        }

        throw new LookupException($"lookup {host} on {Server}: no such host");
    }

    private IPEndPoint Server => new(place.NameServers[0].ToIPAddress(), DnsPort);

    private ImmutableArray<IPAddress> FromHosts(string host) => host switch
    {
        "localhost" => [IPAddress.Loopback],
        _ when host == place.HostName => [.. place.Addresses.Select(address => address.ToIPAddress())],
        _ => [],
    };

    private IEnumerable<string> Candidates(string host)
    {
        if (host.EndsWith('.')) return [host.TrimEnd('.')];
        var domains = new[] { $"{place.Namespace}.svc.{ClusterNames.Domain}", $"svc.{ClusterNames.Domain}", ClusterNames.Domain };
        var searched = domains.Select(domain => $"{host}.{domain}");
        return host.Count(letter => letter == '.') >= Dots ? searched.Prepend(host) : searched.Append(host);
    }

    /// <summary>Both families at once; empty where there is no such name.</summary>
    private async Task<ImmutableArray<IPAddress>> AskAsync(string host, string name, CancellationToken cancellation)
    {
        var families = place.Addresses.Select(address => address.Family).Distinct().ToList();
        var answers = await Task.WhenAll(families.Select(family => AskAsync(host, name, family == IpFamily.V4 ? DnsType.A : DnsType.Aaaa, cancellation))).ConfigureAwait(false);
        return [.. answers.SelectMany(answer => answer)];
    }

    private async Task<ImmutableArray<IPAddress>> AskAsync(string host, string name, DnsType type, CancellationToken cancellation)
    {
        var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue);
        if (Question(id, name, type) is not { } question) throw new LookupException($"lookup {host}: no such host");
        string? last = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
            foreach (var server in place.NameServers)
            {
                using var socket = await sockets.OpenAsync(place.Network, () => new Socket(server.ToIPAddress().AddressFamily, SocketType.Dgram, ProtocolType.Udp)).ConfigureAwait(false);
                using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                time.CancelAfter(Patience);
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(server.ToIPAddress(), DnsPort), time.Token).ConfigureAwait(false);
                    await socket.SendAsync(question, time.Token).ConfigureAwait(false);
                    var buffer = new byte[DnsResponder.LongestDatagram];
                    while (true)
                    {
                        var length = await socket.ReceiveAsync(buffer, time.Token).ConfigureAwait(false);
                        if (Read(buffer.AsSpan(0, length), id, question.Length, type) is { } found) return found;
                    }
                }
                catch (OperationCanceledException)
                {
                    cancellation.ThrowIfCancellationRequested();
                    last = string.Create(CultureInfo.InvariantCulture, $"read udp {socket.LocalEndPoint}->{socket.RemoteEndPoint}: i/o timeout");
                }
                catch (SocketException refused)
                {
                    last = string.Create(CultureInfo.InvariantCulture, $"read udp {socket.LocalEndPoint}->{new IPEndPoint(server.ToIPAddress(), DnsPort)}: read: {GoErrors.Text(refused)}");
                }
            }

        throw new LookupException($"lookup {host} on {Server}: {last}");
    }

    private static byte[]? Question(ushort id, string name, DnsType type)
    {
        if (name.Length > 253) return null;
        var message = new List<byte>();
        message.AddRange([(byte)(id >> 8), (byte)id, RecursionDesired >> 8, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        foreach (var label in name.Split('.'))
        {
            if (label.Length is 0 or > 63) return null;
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, 0, (byte)type, 0, 1]);
        return [.. message];
    }

    /// <summary>The addresses of an answer; null where it is the answer to another question.</summary>
    private static ImmutableArray<IPAddress>? Read(ReadOnlySpan<byte> answer, ushort id, int position, DnsType type)
    {
        if (answer.Length < position || BinaryPrimitives.ReadUInt16BigEndian(answer) != id) return null;
        var count = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]);
        var found = ImmutableArray.CreateBuilder<IPAddress>();
        for (var i = 0; i < count; i++)
        {
            // Aliases come first; a name ends with a pointer or with the root.
            while (position < answer.Length && answer[position] is not 0 and < 0xc0) position += answer[position] + 1;
            if (position >= answer.Length) break;
            position += answer[position] == 0 ? 1 : 2;
            if (position + 10 > answer.Length) break;
            var (kind, length) = ((DnsType)BinaryPrimitives.ReadUInt16BigEndian(answer[position..]), BinaryPrimitives.ReadUInt16BigEndian(answer[(position + 8)..]));
            position += 10;
            if (position + length > answer.Length) break;
            if (kind == type && length is 4 or 16) found.Add(new IPAddress(answer.Slice(position, length)));
            position += length;
        }

        return found.ToImmutable();
    }
}

/// <summary>A name was not found; the message says so as Go does.</summary>
internal sealed class LookupException(string message) : Exception(message);
