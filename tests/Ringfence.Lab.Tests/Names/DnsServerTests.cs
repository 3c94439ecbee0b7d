using Ringfence.Lab.Execution;
using Ringfence.Lab.Names;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Lab.Tests.Names;

public sealed class DnsServerTests : IAsyncLifetime
{
    private readonly TwoSubnets _network = new();
    private readonly DnsServer _server;
    private ClusterNames _names = ClusterNames.Of(SmallCluster.State, SmallCluster.Outside);

    public DnsServerTests() => _server = DnsServer.Start(_network.Server, [TwoSubnets.ServerAddress, TwoSubnets.ServerAddress6], () => _names);

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _network.Dispose();
    }

    [Theory]
    [InlineData("web.shop.svc.cluster.local A", "10.96.0.20\n")]
    [InlineData("web.shop.svc.cluster.local A +tcp", "10.96.0.20\n")]
    [InlineData("web.shop.svc.cluster.local A +noedns", "10.96.0.20\n")]
    [InlineData("WEB.Shop.SVC.cluster.local AAAA", "fd00:10:96::20\n")]
    [InlineData("_http._tcp.web.shop.svc.cluster.local SRV", "0 100 80 web.shop.svc.cluster.local.\n")]
    [InlineData("-x 10.96.0.20", "web.shop.svc.cluster.local.\n")]
    [InlineData("-x fd00:10:96::20", "web.shop.svc.cluster.local.\n")]
    [InlineData("llm.shop.svc.cluster.local", "llm.example.net.\n192.0.2.10\n")]
    [InlineData("dns-version.cluster.local TXT", "\"1.1.0\"\n")]
    public void Dig_Name_IsAnswered(string question, string expected)
    {
        Assert.Equal(expected, TwoSubnets.Run(_network.Client, $"dig @10.9.1.2 +short +tries=1 +time=60 {question}"));
        Assert.Equal(expected, TwoSubnets.Run(_network.Client, $"dig @fd09:1::2 +short +tries=1 +time=60 {question}"));
    }

    [Theory]
    [InlineData("many.shop.svc.cluster.local")]
    [InlineData("many.shop.svc.cluster.local +noedns")]
    public void Dig_LongAnswer_GoesOnByTcp(string question)
    {
        var answer = TwoSubnets.Run(_network.Client, $"dig @10.9.1.2 +short {question} | wc -l");

        Assert.Equal("200\n", answer);
    }

    [Theory]
    [InlineData("nothing.shop.svc.cluster.local", "NXDOMAIN", "aa ", "AUTHORITY: 1")]
    [InlineData("db.shop.svc.cluster.local AAAA", "NOERROR", "aa ", "AUTHORITY: 1")]
    [InlineData("openai.com", "NXDOMAIN", "qr rd ra;", "AUTHORITY: 0")]
    [InlineData("web.shop.svc.cluster.local +edns=1 +noednsneg", "BADVERS", "", "")]
    [InlineData("web.shop.svc.cluster.local -c CH", "REFUSED", "", "")]
    public void Dig_NoAnswer_SaysWhy(string question, params string[] expected)
    {
        var answer = TwoSubnets.Run(_network.Client, $"dig @10.9.1.2 {question}");

        Assert.All(expected, part => Assert.Contains(part, answer, StringComparison.Ordinal));
        Assert.DoesNotContain(": Message ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("getent ahostsv4 web", "10.96.0.20")]
    [InlineData("getent ahostsv6 web.shop", "fd00:10:96::20")]
    [InlineData("getent hosts web.shop.svc", "fd00:10:96::20")]
    [InlineData("getent ahostsv4 llm", "192.0.2.10")]
    [InlineData("getent ahosts example.com", "203.0.113.10")]
    [InlineData("getent ahostsv4 many", "10.244.9.")]
    public async Task ResolverOfTheCLibrary_ShortName_IsFound(string command, string expected)
    {
        var result = await PodCommand.RunAsync(Place, command.Split(' '), TestContext.Current.CancellationToken);

        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_Change_AreAnsweredAtOnce()
    {
        _names = ClusterNames.Of(ClusterObjects.Empty, []);

        var result = await PodCommand.RunAsync(Place, ["getent", "ahostsv4", "web"], TestContext.Current.CancellationToken);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
    }

    private PodPlace Place => new(_network.Client, "shop", "client", [TwoSubnets.ClientAddress], [TwoSubnets.ServerAddress]);
}
