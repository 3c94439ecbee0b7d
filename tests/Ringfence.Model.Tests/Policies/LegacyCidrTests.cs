using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

public class LegacyCidrTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("255.255.255.255/32", "255.255.255.255/32")]
    [InlineData("::/0", "::/0")]
    [InlineData("::1/128", "::1/128")]
    [InlineData("1::/16", "1::/16")]
    [InlineData("2001:0db8::/32", "2001:db8::/32")]
    [InlineData("0001::/16", "1::/16")]
    [InlineData("FD00:0:0:0:0:0:0:0/64", "fd00::/64")]
    [InlineData("1:2:3:4:5:6:7::/112", "1:2:3:4:5:6:7:0/112")]
    [InlineData("::2:3:4:5:6:7:8/128", "0:2:3:4:5:6:7:8/128")]
    [InlineData("1:2:3:4:5:6:7:8/128", "1:2:3:4:5:6:7:8/128")]
    [InlineData("1::8/128", "1::8/128")]
    [InlineData("64:ff9b::192.0.2.0/120", "64:ff9b::c000:200/120")]
    [InlineData("1:2:3:4:5:6:1.2.3.4/128", "1:2:3:4:5:6:102:304/128")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8", "mapped")]
    [InlineData("::ffff:a00:0/104", "10.0.0.0/8", "mapped")]
    [InlineData("0:0:0:0:0:ffff:10.0.0.1/128", "10.0.0.1/32", "mapped")]
    [InlineData("::ffff:10.0.0.1/104", "10.0.0.0/8", "mapped host")]
    [InlineData("::ffff:0.0.0.0/96", "0.0.0.0/0", "mapped")]
    [InlineData("::ffff:0.0.0.0/95", "::fffe:0:0/95", "mapped host")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8", "host")]
    [InlineData("fd00::1/64", "fd00::/64", "host")]
    [InlineData("010.0.0.0/8", "10.0.0.0/8", "zeros")]
    [InlineData("10.0.0.000/8", "10.0.0.0/8", "zeros")]
    [InlineData("10.0.0.00000000000000000001/32", "10.0.0.1/32", "zeros")]
    [InlineData("10.0.0.0/08", "10.0.0.0/8", "zeros")]
    [InlineData("0.0.0.0/00", "0.0.0.0/0", "zeros")]
    [InlineData("::/000", "::/0", "zeros")]
    [InlineData("00001::/16", "1::/16", "zeros")]
    [InlineData("0000000000001::/16", "1::/16", "zeros")]
    [InlineData("64:ff9b::192.0.02.0/120", "64:ff9b::c000:200/120", "zeros")]
    [InlineData("010.0.0.1/8", "10.0.0.0/8", "zeros host")]
    public void TryParse_Cidr_IsReadAsGoReadsItSloppily(string text, string prefix, string liberties = "")
    {
        Assert.True(LegacyCidr.TryParse(text, out var cidr));
        Assert.Equal(prefix, cidr.Prefix.ToString());
        Assert.Equal(liberties.Contains("zeros", StringComparison.Ordinal), cidr.HasLeadingZeros);
        Assert.Equal(liberties.Contains("mapped", StringComparison.Ordinal), cidr.IsMapped);
        Assert.Equal(liberties.Contains("host", StringComparison.Ordinal), cidr.HasHostBits);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/8")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/99999999999999999999")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0 /8")]
    [InlineData("10.0.0/8")]
    [InlineData("10.0.0.0.0/8")]
    [InlineData("10.0.0.256/32")]
    [InlineData("10.0.0.4294967296/32")]
    [InlineData("10..0.0/8")]
    [InlineData("0xa.0.0.0/8")]
    [InlineData("１0.0.0.0/8")]
    [InlineData("::/129")]
    [InlineData(":/64")]
    [InlineData(":::/64")]
    [InlineData("1:/64")]
    [InlineData(":1/64")]
    [InlineData("1::2::3/64")]
    [InlineData("1:2:3:4:5:6:7/64")]
    [InlineData("1:2:3:4:5:6:7:8:9/64")]
    [InlineData("1:2:3:4:5:6:7:8::/64")]
    [InlineData("::1:2:3:4:5:6:7:8/64")]
    [InlineData("10000::/16")]
    [InlineData("g::/16")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("[::]/0")]
    [InlineData("::1.2.3/128")]
    [InlineData("::1.2.3.4:5/128")]
    [InlineData("::1.2.3.256/128")]
    [InlineData("::a.2.3.4/128")]
    [InlineData("1:2:3:4:5:1.2.3.4/128")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4/128")]
    [InlineData("1:2:3:4:5:6::1.2.3.4/128")]
    public void TryParse_NoCidr_IsRefused(string text) => Assert.False(LegacyCidr.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/9", true)]
    [InlineData("10.0.0.0/8", "10.255.255.255/32", true)]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", false)]
    [InlineData("10.0.0.0/8", "10.0.0.0/7", false)]
    [InlineData("10.0.0.0/8", "11.0.0.0/9", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3/16", true)]
    [InlineData("0.0.0.0/0", "::/1", false)]
    [InlineData("::/0", "10.0.0.0/8", false)]
    [InlineData("::/0", "::ffff:10.0.0.0/104", false)]
    [InlineData("::/0", "::ffff:0.0.0.0/95", true)]
    // The lengths are compared as written, also between IPv4 and its mapped form.
    [InlineData("::ffff:10.0.0.0/104", "::ffff:10.1.0.0/112", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.0.0/16", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.0.0/112", true)]
    [InlineData("0.0.0.0/0", "::ffff:0.0.0.0/96", true)]
    public void IsStrictSuperset_IsGosAnswer(string cidr, string except, bool expected)
    {
        Assert.True(LegacyCidr.TryParse(cidr, out var outer));
        Assert.True(LegacyCidr.TryParse(except, out var inner));
        Assert.Equal(expected, outer.IsStrictSuperset(inner));
    }
}
