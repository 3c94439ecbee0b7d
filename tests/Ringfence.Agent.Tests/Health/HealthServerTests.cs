using System.Net;
using Ringfence.Agent.Health;
using Xunit;

namespace Ringfence.Agent.Tests.Health;

public class HealthServerTests
{
    [Fact]
    public async Task Probes_AreAnsweredAsKubernetesComponentsDo()
    {
        var time = new StandingClock();
        var health = new AgentHealth(time);
        await using var server = await HealthServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), health);
        using var client = new HttpClient { BaseAddress = server.Address };

        Assert.Equal((HttpStatusCode.OK, "ok"), await Get(client, "healthz"));
        var (status, text) = await Get(client, "readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("[-]synced failed: ", text, StringComparison.Ordinal);

        health.Await(null);
        health.Commit(null);
        health.Tell(["NetworkPolicy a/b cannot be read"], []);
        Assert.Equal((HttpStatusCode.OK, "ok"), await Get(client, "readyz"));
        Assert.Equal(
            """
            [+]loop ok
            [+]synced ok
               the API is away
            [+]committed ok
            [+]objects ok
               NetworkPolicy a/b cannot be read
            [+]pods ok
            readyz check passed

            """,
            await With(() => health.Api("the API is away"), client, "readyz?verbose"));

        time.Advance(AgentHealth.LongestRound + TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Get(client, "healthz")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Get(client, "readyz")).Status);
        health.ComeRound();
        Assert.Equal(HttpStatusCode.OK, (await Get(client, "healthz")).Status);

        Assert.Equal(HttpStatusCode.NotFound, (await Get(client, "metrics")).Status);
        using var post = await client.PostAsync(new Uri("healthz", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    private static async Task<string> With(Action change, HttpClient client, string path)
    {
        change();
        return (await Get(client, path)).Text;
    }

    private static async Task<(HttpStatusCode Status, string Text)> Get(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class StandingClock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);

        public override long GetTimestamp() => Interlocked.Read(ref _now);
    }
}
