using Ringfence.Analysis.Endpoints;
using Ringfence.Model;

namespace Ringfence.Analysis.Tests.Endpoints;

public sealed class EndpointSyntaxTests
{
    private static readonly PortText Port80 = new(80, null, null);

    [Fact]
    public void Parse_NamespaceAndName_NamesAPodOrWorkload() =>
        Assert.Equal(new NamedText("shop/web", null, "shop", null, "web"), EndpointSyntax.Parse("shop/web", "default"));

    [Fact]
    public void Parse_NameAlone_LiesInTheDefaultNamespace() =>
        Assert.Equal(new NamedText("team/web", Port80, "team", null, "web"), EndpointSyntax.Parse("web:80", "team"));

    [Theory]
    [InlineData("deploy", "Deployment")]
    [InlineData("STS", "StatefulSet")]
    [InlineData("ds", "DaemonSet")]
    [InlineData("po", "Pod")]
    [InlineData("rs", "ReplicaSet")]
    [InlineData("rc", "ReplicationController")]
    [InlineData("cj", "CronJob")]
    [InlineData("jobs", "Job")]
    [InlineData("Rollout", "Rollout")]
    public void Parse_KindInTheMiddle_IsExpanded(string written, string kind) =>
        Assert.Equal(kind, Assert.IsType<NamedText>(EndpointSyntax.Parse($"shop/{written}/web", "default")).Kind);

    [Theory]
    [InlineData("svc/shop/web:80")]
    [InlineData("shop/svc/web:80")]
    [InlineData("shop/services/web:80")]
    public void Parse_Service_IsFound(string text) =>
        Assert.Equal(new ServiceText("svc/shop/web", Port80, "shop", "web"), EndpointSyntax.Parse(text, "default"));

    [Fact]
    public void Parse_ServiceWithoutNamespace_LiesInTheDefaultNamespace() =>
        Assert.Equal(new ServiceText("svc/team/web", Port80, "team", "web"), EndpointSyntax.Parse("svc/web:80", "team"));

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", 0)]
    [InlineData("10.0.0.1:443", "10.0.0.1", 443)]
    [InlineData("10.0.0.1/32:443", "10.0.0.1", 443)]
    [InlineData("fd00::1", "fd00::1", 0)]
    [InlineData("fd00::1:80", "fd00::1:80", 0)]
    [InlineData("[fd00::1]:80", "fd00::1", 80)]
    [InlineData("[fd00::1]", "fd00::1", 0)]
    public void Parse_Address_TakesAPortInBracketsOnlyForIPv6(string text, string address, int port)
    {
        var parsed = Assert.IsType<AddressText>(EndpointSyntax.Parse(text, "default"));
        Assert.Equal(Address.Parse(address), parsed.Address);
        Assert.Equal(port, parsed.Port?.Number ?? 0);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", 0)]
    [InlineData("10.0.0.0/8:443", "10.0.0.0/8", 443)]
    [InlineData("fd00::/8:443", "fd00::/8", 443)]
    [InlineData("[fd00::/8]:443", "fd00::/8", 443)]
    [InlineData("[fd00::]/8:443", "fd00::/8", 443)]
    public void Parse_Block_IsACidr(string text, string prefix, int port)
    {
        var parsed = Assert.IsType<PrefixText>(EndpointSyntax.Parse(text, "default"));
        Assert.Equal(Prefix.Parse(prefix), parsed.Prefix);
        Assert.Equal(port, parsed.Port?.Number ?? 0);
    }

    [Theory]
    [InlineData("web:6333", 6333, null, null)]
    [InlineData("web:1", 1, null, null)]
    [InlineData("web:65535/tcp", 65535, null, Protocol.Tcp)]
    [InlineData("web:53/UDP", 53, null, Protocol.Udp)]
    [InlineData("web:dns/udp", 0, "dns", Protocol.Udp)]
    [InlineData("web:http", 0, "http", null)]
    [InlineData("external:9/sctp", 9, null, Protocol.Sctp)]
    public void Parse_Port_IsANumberOrAName(string text, int number, string? name, Protocol? protocol) =>
        Assert.Equal(new PortText(number, name, protocol), EndpointSyntax.Parse(text, "default").Port);

    [Theory]
    [InlineData("web:0", "not between 1 and 65535")]
    [InlineData("web:65536", "not between 1 and 65535")]
    [InlineData("web:80-90", "is not a port")]
    [InlineData("web:", "is not a port")]
    [InlineData("web:-80", "is not a port")]
    [InlineData("web:80/icmp", "is not a protocol")]
    [InlineData("a/b/c/d", "cannot read the endpoint")]
    [InlineData("a//b", "cannot read the endpoint")]
    [InlineData("/b", "cannot read the endpoint")]
    [InlineData("", "cannot read the endpoint")]
    [InlineData("[fd00::1", "cannot read the endpoint")]
    [InlineData("[fd00::1]80", "cannot read the endpoint")]
    public void Parse_Nonsense_SaysWhatIsWrong(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InputException>(() => EndpointSyntax.Parse(text, "default")).Message, StringComparison.Ordinal);
}
