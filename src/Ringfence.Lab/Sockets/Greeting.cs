using System.Text;

namespace Ringfence.Lab.Sockets;

/// <summary>What a listener says of itself: its name, as a line of text or as the page of a small web server.</summary>
internal sealed class Greeting
{
    /// <summary>A greeting.</summary>
    public Greeting(string name)
    {
        var line = Encoding.UTF8.GetBytes(name + "\n");
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nServer: ringfence-lab\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {line.Length}\r\nConnection: close\r\n\r\n");
        (Line, HttpHead) = (line, head);
        Http = (byte[])[.. head, .. line];
    }

    /// <summary>The name and a line feed.</summary>
    public ReadOnlyMemory<byte> Line { get; }

    /// <summary>The whole HTTP response.</summary>
    public ReadOnlyMemory<byte> Http { get; }

    /// <summary>The HTTP response without its body.</summary>
    public ReadOnlyMemory<byte> HttpHead { get; }
}
