using System.Net;
using Ringfence.Kubernetes.ApiServer.Streaming;
using Ringfence.Lab.Logs;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Logs;

public sealed class PodLogTests
{
    private static readonly LogRequest All = new("shop", "web", "main");

    private readonly Settable _time = new();

    [Fact]
    public async Task Lines_AreBoundedASecondAndAltogether()
    {
        var log = new PodLog(_time);
        for (var i = 0; i < 60; i++) log.Say($"line {i}");
        _time.Pass(TimeSpan.FromSeconds(1));
        log.Say("next");

        var lines = await ReadAsync(log, All);
        Assert.Equal(PodLog.MostPerSecond + 2, lines.Count);
        Assert.Equal(["10 more in the same second are not told", "next"], lines[^2..]);

        for (var i = 0; i < PodLog.Most; i++)
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            log.Say($"later {i}");
        }

        lines = await ReadAsync(log, All);
        Assert.Equal(PodLog.Most, lines.Count);
        Assert.Equal("later 0", lines[0]);
        Assert.Equal(["later 998", "later 999"], await ReadAsync(log, All with { Tail = 2 }));
        Assert.Equal(["later 999"], await ReadAsync(log, All with { Since = _time.GetUtcNow() }));
    }

    [Fact]
    public async Task Follower_GetsWhatIsToCome_UntilThePodEnds()
    {
        var log = new PodLog(_time);
        log.Say("before");
        var reading = ReadAsync(log, All with { Follow = true });
        _time.Pass(TimeSpan.FromSeconds(1));
        log.Say("after");
        log.End();
        log.Say("never");

        Assert.Equal(["before", "after"], await reading);
    }

    [Fact]
    public async Task Request_CannotWriteControlCharacters()
    {
        var log = new PodLog(_time);
        log.SayAnswered(new IPEndPoint(IPAddress.Parse("::ffff:10.0.0.1"), 4711), 80, Protocol.Tcp, "GET /\u001b[2J\0 HTTP/1.1\r\nHost: x"u8);

        Assert.Equal("answered 10.0.0.1:4711 on 80/TCP: GET /\uFFFD[2J\uFFFD HTTP/1.1", Assert.Single(await ReadAsync(log, All)));
    }

    private static async Task<List<string>> ReadAsync(PodLog log, LogRequest request)
    {
        var lines = new List<string>();
        await foreach (var line in log.ReadAsync(request, TestContext.Current.CancellationToken)) lines.Add(line.Text);
        return lines;
    }

    private sealed class Settable : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public void Pass(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
