using System.Net;
using System.Net.Sockets;
using Ringfence.Dataplane.Namespaces;
using Ringfence.Evidence.Probes;
using Ringfence.Model;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>Traffic that goes on while policies change: what must never get through, and what must never fail.</summary>
internal sealed class Traffic(LabCluster lab, CancellationToken stop)
{
    public const int EchoPort = 9000;
    private const int WebPort = 8080;
    private const int AtOnce = 8;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly List<string> _leaks = [];
    private readonly List<string> _failures = [];
    private long _denied;
    private long _allowed;

    /// <summary>Denied connections that succeeded.</summary>
    public IReadOnlyList<string> Leaks => _leaks;

    /// <summary>Allowed connections that failed, were cut, or stood still.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>How many denied connections and packets were tried.</summary>
    public long Denied => Interlocked.Read(ref _denied);

    /// <summary>How many allowed connections were opened and exchanges made.</summary>
    public long Allowed => Interlocked.Read(ref _allowed);

    /// <summary>Runs all of it until it is stopped.</summary>
    public async Task RunAsync(string allowed, IReadOnlyList<string> denied, string server)
    {
        using var echo = lab.Pods[server].Network.Run(() => Listen());
        var tasks = new List<Task> { EchoAsync(echo), KeepAsync(allowed, server), OpenAsync(allowed, server, Protocol.Tcp), OpenAsync(allowed, server, Protocol.Udp) };
        foreach (var source in denied)
        {
            tasks.Add(FloodAsync(source, server));
            for (var i = 0; i < AtOnce; i++) tasks.Add(KnockAsync(source, server));
        }

        await Task.WhenAll(tasks);
    }

    /// <summary>A connection that must not come about, again and again.</summary>
    public async Task KnockAsync(string source, string server)
    {
        var probe = Probe(source, server, Protocol.Tcp);
        while (!stop.IsCancellationRequested)
        {
            var attempt = await lab.Prober.TryAsync(probe, Short, CancellationToken.None);
            Interlocked.Increment(ref _denied);
            if (attempt.Observed is Observed.Answered or Observed.Refused) Tell(_leaks, $"{source} reached {server}: {attempt.Observed} {attempt.Detail}");
        }
    }

    /// <summary>Packets that must not be answered, as fast as they go.</summary>
    private async Task FloodAsync(string source, string server)
    {
        using var socket = lab.Pods[source].Network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        await socket.ConnectAsync(new IPEndPoint(lab.Pods[server].Pod.Addresses[0].ToIPAddress(), WebPort), CancellationToken.None);
        var (packet, answer) = (new byte[] { 1 }, new byte[64]); var n = 0;
        while (!stop.IsCancellationRequested)
        {
            await socket.SendAsync(packet);
            Interlocked.Increment(ref _denied);
            if (socket.Available > 0)
            {
                await socket.ReceiveAsync(answer);
                Tell(_leaks, $"{server} answered a packet of {source}");
            }

            if (++n % 50 == 0) await Task.Yield();
        }
    }

    private async Task OpenAsync(string source, string server, Protocol protocol)
    {
        var probe = Probe(source, server, protocol);
        while (!stop.IsCancellationRequested)
        {
            var attempt = await lab.Prober.TryAsync(probe, Patience, CancellationToken.None);
            Interlocked.Increment(ref _allowed);
            if (attempt.Observed != Observed.Answered) Tell(_failures, $"{source} did not reach {server}: {protocol.ToText()} {attempt.Observed} {attempt.Detail}");
        }
    }

    /// <summary>One connection that stays open and busy.</summary>
    private async Task KeepAsync(string source, string server)
    {
        using var client = lab.Pods[source].Network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await client.ConnectAsync(new IPEndPoint(lab.Pods[server].Pod.Addresses[0].ToIPAddress(), EchoPort), CancellationToken.None).AsTask().WaitAsync(Patience, CancellationToken.None);
            var data = new byte[16];
            while (!stop.IsCancellationRequested)
            {
                await client.SendAsync(data);
                if (await client.ReceiveAsync(data).WaitAsync(Patience, CancellationToken.None) == 0) throw new SocketException((int)SocketError.ConnectionReset);
                Interlocked.Increment(ref _allowed);
            }
        }
        catch (Exception problem) when (problem is SocketException or TimeoutException)
        {
            // At the end the server hangs up.
            if (!stop.IsCancellationRequested) Tell(_failures, $"the connection of {source} with {server} ended: {problem.Message}");
        }
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, EchoPort));
        socket.Listen();
        return socket;
    }

    private async Task EchoAsync(Socket listener)
    {
        try
        {
            using var connection = await listener.AcceptAsync(stop);
            var data = new byte[16];
            while (!stop.IsCancellationRequested && await connection.ReceiveAsync(data, stop) is > 0 and var length) await connection.SendAsync(data.AsMemory(0, length), stop);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        catch (SocketException)
        {
            // The other end tells.
        }
    }

    private Probe Probe(string source, string destination, Protocol protocol) => new(End(source), End(destination), protocol, WebPort);

    private ProbeEnd End(string name) => new(name, lab.Pods[name].Pod.Addresses[0], IsPod: true);

    private static void Tell(List<string> list, string what)
    {
        lock (list) list.Add(what);
    }
}
