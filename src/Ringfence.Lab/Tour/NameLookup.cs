using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Model;

namespace Ringfence.Lab.Tour;

/// <summary>Looks a name up from inside a pod, as its resolver would: one question over UDP to the cluster's DNS Service.</summary>
/// <remarks>RFC 1035, section 4.</remarks>
internal static class NameLookup
{
    private const int Header = 12;
    private const int DnsPort = 53;
    private const ushort RecursionDesired = 0x0100;
    private const ushort TypeA = 1;
    private const ushort ClassIn = 1;

    /// <summary>The answer's code and address.</summary>
    /// <returns>The address; the text <c>no such name</c>; null where nobody answers in time.</returns>
    public static async Task<string?> AskAsync(NetworkNamespace network, Address server, string name, TimeSpan timeout, CancellationToken cancellation)
    {
        using var socket = network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(timeout);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(server.ToString()), DnsPort), patience.Token).ConfigureAwait(false);
            await socket.SendAsync(Question(name), patience.Token).ConfigureAwait(false);
            var answer = new byte[512];
            var length = await socket.ReceiveAsync(answer, patience.Token).ConfigureAwait(false);
            return Read(answer.AsSpan(0, length), Question(name).Length);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }

    private static byte[] Question(string name)
    {
        var message = new MemoryStream();
        Span<byte> header = stackalloc byte[Header];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, 0x7266);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], 1);
        message.Write(header);
        foreach (var label in name.Split('.'))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.ASCII.GetBytes(label));
        }

        message.Write([0, 0, (byte)TypeA, 0, (byte)ClassIn]);
        return message.ToArray();
    }

    // The first record follows the question; servers write its name as a pointer to it.
    private static string Read(ReadOnlySpan<byte> answer, int questionEnd)
    {
        if (answer.Length < Header || BinaryPrimitives.ReadUInt16BigEndian(answer[6..]) == 0 || answer.Length < questionEnd + 16) return "no such name";
        return new IPAddress(answer.Slice(questionEnd + 12, 4)).ToString();
    }
}
