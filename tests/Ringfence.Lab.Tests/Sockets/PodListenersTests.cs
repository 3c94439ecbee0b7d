using Ringfence.Dataplane.Namespaces;
using Ringfence.Lab.Sockets;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Sockets;

public sealed class PodListenersTests : IDisposable
{
    private readonly TwoSubnets _network = new();

    public void Dispose() => _network.Dispose();

    [Theory]
    [InlineData("curl -sS --max-time 60 http://10.9.1.2:8000/v1/chat")]
    [InlineData("curl -sS --max-time 60 'http://[fd09:1::2]:8000'")]
    [InlineData("curl -sS --max-time 60 -d @/bin/ls http://10.9.1.2:8000")]
    [InlineData("wget -q -T 60 -O - http://10.9.1.2:8000")]
    [InlineData("nc -w 60 10.9.1.2 8000 < /dev/null")]
    [InlineData("echo hello | nc -w 60 10.9.1.2 8000")]
    [InlineData("(sleep 1; echo late) | nc -w 60 10.9.1.2 8000")]
    [InlineData("echo hello | nc -u -W 1 -w 60 10.9.1.2 8000")]
    [InlineData("head -c 1400 /dev/zero | nc -u -W 1 -w 60 10.9.1.2 8000")]
    [InlineData("printf 'G' | nc -w 60 10.9.1.2 8000")]
    public void Open_UsersProgram_SeesThePodsName(string command)
    {
        Listen();

        Assert.Equal("shop/web\n", TwoSubnets.Run(_network.Client, command));
    }

    [Fact]
    public void Open_HeadRequest_HasNoBody()
    {
        Listen();

        var head = TwoSubnets.Run(_network.Client, "curl -sS --max-time 60 -I http://10.9.1.2:8000");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 9\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PortThatIsTaken_IsTold()
    {
        Listen();

        using var second = PodListeners.Open(_network.Server, "shop/other", [TwoSubnets.ServerAddress], [new("http", 8000, Protocol.Tcp), new(null, 8002, Protocol.Tcp)]);

        Assert.Equal([8000], second.Unopened.Select(unopened => unopened.Port.Port));
        Assert.Equal("shop/other\n", TwoSubnets.Run(_network.Client, "curl -sS --max-time 60 http://10.9.1.2:8002"));
    }

    [Fact]
    public void Dispose_PortsAreFreeAgain()
    {
        Listen().Dispose();

        Assert.Empty(Listen().Unopened);
    }

    [Fact]
    public void Open_HundredPods_TakesNoThreads()
    {
        var before = System.Diagnostics.Process.GetCurrentProcess().Threads.Count;
        for (var i = 0; i < 100; i++)
        {
            var pod = _network.Keep(NetworkNamespace.Create());
            _network.Keep(PodListeners.Open(pod, $"shop/pod-{i}", [Address.Parse("10.9.2.2")], [new(null, 80, Protocol.Tcp), new(null, 53, Protocol.Udp)]));
        }

        using var process = System.Diagnostics.Process.GetCurrentProcess();
        Assert.InRange(process.Threads.Count, 0, before + 50);
    }

    private PodListeners Listen() => _network.Keep(PodListeners.Open(
        _network.Server,
        "shop/web",
        [TwoSubnets.ServerAddress, TwoSubnets.ServerAddress6],
        [new("http", 8000, Protocol.Tcp), new("quic", 8000, Protocol.Udp)]));
}
