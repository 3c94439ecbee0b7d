using System.Net.Sockets;
using System.Text.Json;
using Ringfence.Dataplane;

namespace Ringfence.Lab.Daemon;

/// <summary>A user's connection to a running lab.</summary>
public sealed class LabConnection : IDisposable
{
    private readonly string _name;
    private readonly NetworkStream _stream;
    private readonly StreamReader _replies;

    private LabConnection(string name, Socket socket)
    {
        _name = name;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _replies = new StreamReader(_stream);
    }

    /// <summary>Connects to a lab; null where none of this name runs.</summary>
    public static LabConnection? TryOpen(LabFolder folder)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(folder.Socket));
            return new LabConnection(folder.Name, socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Asks, and waits for the last reply.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="other">Gets the replies before the last: progress and flows.</param>
    /// <exception cref="LabException">The lab says no, or it ended.</exception>
    /// <exception cref="MachineException">The machine lacks something.</exception>
    public LabReply Ask(LabRequest request, Action<LabReply>? other = null)
    {
        try
        {
            _stream.Write(JsonSerializer.SerializeToUtf8Bytes(request, MessagesContext.Default.LabRequest));
            _stream.Write("\n"u8);
            while (_replies.ReadLine() is { } line)
            {
                var reply = JsonSerializer.Deserialize(line, MessagesContext.Default.LabReply);
                switch (reply)
                {
                    case ErrorReply { IsMachine: true } error:
                        throw new MachineException(error.Message, error.Hints.IsEmpty ? null : string.Join('\n', error.Hints));
                    case ErrorReply error:
                        throw new LabException(error.Message, [.. error.Hints]);
                    case ProgressReply or FlowReply:
                        other?.Invoke(reply);
                        break;
                    case not null:
                        return reply;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw Ended(_name);
        }

        throw Ended(_name);
    }

    /// <summary>Has the lab taken down, and waits until its process is gone.</summary>
    public void TakeDown()
    {
        try
        {
            Ask(new DownRequest());
        }
        catch (LabException)
        {
            // The process holds this connection until its end, and has nothing to say on it.
        }
    }

    /// <summary>Asks no more; a question under way fails. For use while another thread asks.</summary>
    public void Abandon() => _stream.Socket.Shutdown(SocketShutdown.Both);

    /// <inheritdoc/>
    public void Dispose() => _replies.Dispose();

    /// <summary>A lab of this name is there.</summary>
    internal static LabException AlreadyUp(string name) => new(
        $"there is a lab {name} already",
        $"Change it:      ringfence lab apply -f FILE{Option(name)}",
        $"Take it down:   ringfence lab down{Option(name)}",
        "Have another:   ringfence lab up --name NAME");

    /// <summary>How a command names a lab.</summary>
    public static string Option(string name) => name == new LabOptions().Name ? "" : $" --name {name}";

    private static LabException Ended(string name) => new($"the lab {name} ended before it answered");
}
