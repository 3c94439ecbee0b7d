using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ringfence.Cli.Tests.Live;

/// <summary>
/// A proxy that leads everything to this machine, whatever name is asked for, and remembers what was asked: <c>CONNECT</c> and plain requests, over TLS where it
/// has a certificate; or SOCKS 5.
/// </summary>
internal sealed class SeeingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly X509Certificate2? _certificate;
    private readonly bool _isSocks;
    private readonly string? _login;
    private readonly Task _accepting;

    /// <summary>Starts it.</summary>
    /// <param name="certificate">Its certificate; null for one without TLS.</param>
    /// <param name="isSocks">Whether it speaks SOCKS 5.</param>
    /// <param name="login"><c>user:password</c>, where it asks for one.</param>
    public SeeingProxy(X509Certificate2? certificate = null, bool isSocks = false, string? login = null)
    {
        (_certificate, _isSocks, _login) = (certificate, isSocks, login);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Place => _listener.LocalEndpoint.ToString()!;

    /// <summary>What was asked since the last time, each question once.</summary>
    public IReadOnlyList<string> Take()
    {
        IReadOnlyList<string> seen = [.. _seen.Keys.Order(StringComparer.Ordinal)];
        _seen.Clear();
        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(_certificate);
                stream = secure;
            }

            await (_isSocks ? SocksAsync(stream) : HttpAsync(stream));
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // Whoever asked is gone, or does not trust the proxy.
        }
    }

    private async Task HttpAsync(Stream stream)
    {
        while (true)
        {
            var head = await HeadAsync(stream);
            var words = head[0].Split(' ');
            var login = head.FirstOrDefault(line => line.StartsWith("Proxy-Authorization: Basic ", StringComparison.OrdinalIgnoreCase))?.Split(' ')[^1];
            if (_login is not null && login != Convert.ToBase64String(Encoding.ASCII.GetBytes(_login)))
            {
                await stream.WriteAsync("HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _stop.Token);
                continue;
            }

            if (words[0] == "CONNECT")
            {
                _seen[$"CONNECT {words[1]}"] = true;
                using var server = await ReachAsync(words[1]);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), _stop.Token);
                await JoinAsync(stream, server.GetStream());
            }
            else
            {
                var asked = new Uri(words[1]);
                _seen[$"{words[0]} {asked.Authority}"] = true;
                using var server = await ReachAsync(asked.Authority);
                var passedOn = head.Skip(1).Where(line => !line.StartsWith("Connection", StringComparison.OrdinalIgnoreCase));
                var text = string.Join("\r\n", [$"{words[0]} {asked.PathAndQuery} HTTP/1.1", .. passedOn, "Connection: close", "", ""]);
                await server.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), _stop.Token);
                await server.GetStream().CopyToAsync(stream, _stop.Token);
            }

            return;
        }
    }

    // RFC 1928 and RFC 1929.
    private async Task SocksAsync(Stream stream)
    {
        const byte WithoutLogin = 0, WithLogin = 2, NoneOfThese = 0xff;
        var methods = await BytesAsync(stream, (await BytesAsync(stream, 2))[1]);
        var method = _login is null ? WithoutLogin : methods.Contains(WithLogin) ? WithLogin : NoneOfThese;
        await stream.WriteAsync(new byte[] { 5, method }, _stop.Token);
        if (method == WithLogin)
        {
            var user = await BytesAsync(stream, (await BytesAsync(stream, 2))[1]);
            var password = await BytesAsync(stream, (await BytesAsync(stream, 1))[0]);
            var isRight = $"{Encoding.ASCII.GetString(user)}:{Encoding.ASCII.GetString(password)}" == _login;
            await stream.WriteAsync(new byte[] { 1, isRight ? (byte)0 : (byte)1 }, _stop.Token);
            if (!isRight) return;
        }

        var request = await BytesAsync(stream, 4);
        var host = request[3] switch
        {
            1 => new IPAddress(await BytesAsync(stream, 4)).ToString(),
            4 => $"[{new IPAddress(await BytesAsync(stream, 16))}]",
            _ => Encoding.ASCII.GetString(await BytesAsync(stream, (await BytesAsync(stream, 1))[0])),
        };
        var port = await BytesAsync(stream, 2);
        var place = string.Create(CultureInfo.InvariantCulture, $"{host}:{(port[0] << 8) | port[1]}");
        _seen[$"SOCKS {place}"] = true;
        using var server = await ReachAsync(place);
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, _stop.Token);
        await JoinAsync(stream, server.GetStream());
    }

    private static async Task<TcpClient> ReachAsync(string place)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, int.Parse(place[(place.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        return client;
    }

    private async Task JoinAsync(Stream one, Stream other) => await Task.WhenAny(one.CopyToAsync(other, _stop.Token), other.CopyToAsync(one, _stop.Token));

    private async Task<byte[]> BytesAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, _stop.Token);
        return bytes;
    }

    private async Task<string[]> HeadAsync(Stream stream)
    {
        var head = new List<byte>();
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray())) head.AddRange(await BytesAsync(stream, 1));
        return Encoding.UTF8.GetString([.. head]).TrimEnd().Split("\r\n");
    }
}
