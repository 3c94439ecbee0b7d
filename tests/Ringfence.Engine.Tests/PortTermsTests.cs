using Ringfence.Model;
using Xunit;

namespace Ringfence.Engine.Tests;

public sealed class PortTermsTests
{
    private static readonly PortTerms Http = Named("http");

    [Fact]
    public void ToString_NumbersAndNames_NamesFollowTheNumbersOfTheirProtocol()
    {
        var terms = new PortTerms(ConnectionSet.Of(Protocol.Tcp, 80).Union(ConnectionSet.Of(Protocol.Udp, 53)), [(Protocol.Sctp, "s"), (Protocol.Tcp, "web"), (Protocol.Tcp, "http")]);
        Assert.Equal("TCP 80,http,web; UDP 53; SCTP s", terms.ToString());
        Assert.Equal("TCP http", Http.ToString());
        Assert.Equal("None", PortTerms.None.ToString());
        Assert.Equal("All", PortTerms.All.ToString());
    }

    [Fact]
    public void Union_EveryPortOfAProtocol_HoldsItsNames()
    {
        var all = new PortTerms(ConnectionSet.Of(Protocol.Tcp), []);
        Assert.Equal(all, all.Union(Http));
        Assert.Equal("TCP http; UDP 1-65535", Http.Union(new(ConnectionSet.Of(Protocol.Udp), [])).ToString());
    }

    [Fact]
    public void Contains_Name_OnlyWhereItIsNamedOrEveryPortIsOpen()
    {
        Assert.True(Http.Contains(Http));
        Assert.True(Named("http").Union(Named("web")).Contains(Http));
        Assert.False(Named("web").Contains(Http));
        Assert.False(new PortTerms(ConnectionSet.Of(Protocol.Tcp, 80), []).Contains(Http));
        Assert.False(new PortTerms(ConnectionSet.Of(Protocol.Udp), []).Contains(Http));
        Assert.True(PortTerms.All.Contains(Http));
        Assert.False(Http.Contains(PortTerms.All));
    }

    private static PortTerms Named(string name) => new(ConnectionSet.None, [(Protocol.Tcp, name)]);
}
