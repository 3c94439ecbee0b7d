using System.Net;

namespace Ringfence.Model.Tests.Net;

public class AddressTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("::", "::")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("FD00:0:0:0:0:0:0:1", "fd00::1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    public void TryParse_Address_HasACanonicalText(string text, string canonical)
    {
        var address = Address.Parse(text);
        Assert.Equal(canonical, address.ToString());
        Assert.Equal(address, Address.Parse(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.0004")]
    [InlineData("01.2.3.4")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1.2.3.4/8")]
    [InlineData("0x1.2.3.4")]
    [InlineData("-1.2.3.4")]
    [InlineData("16909060")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("::10000")]
    [InlineData("localhost")]
    public void TryParse_NoAddress_IsRefused(string text)
    {
        Assert.False(Address.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Address.Parse(text));
    }

    [Fact]
    public void Value_IsBigEndian()
    {
        Assert.Equal((UInt128)0x01020304, Address.Parse("1.2.3.4").Value);
        Assert.Equal(UInt128.One, Address.Parse("::1").Value);
        Assert.Equal(UInt128.One << 127, Address.Parse("8000::").Value);
    }

    [Fact]
    public void From_BaseLibraryType_GoesThereAndBack()
    {
        foreach (var text in new[] { "10.1.2.3", "fd00::42" })
        {
            var ip = IPAddress.Parse(text);
            Assert.Equal(ip, Address.From(ip).ToIPAddress());
        }

        Assert.Equal(IpFamily.V4, Address.From(IPAddress.Parse("::ffff:1.2.3.4")).Family);
    }

    [Fact]
    public void CompareTo_FamilyThenNumber()
    {
        string[] ordered = ["0.0.0.0", "9.255.255.255", "10.0.0.0", "255.255.255.255", "::", "::1", "fd00::"];
        var addresses = ordered.Select(text => Address.Parse(text)).ToList();
        Assert.Equal(addresses, addresses.AsEnumerable().Reverse().Order());
        Assert.True(addresses[0] < addresses[1] && addresses[1] <= addresses[1] && addresses[6] > addresses[5] && addresses[4] >= addresses[3]);
    }

    [Theory]
    [InlineData(IpFamily.V4, 32, "0.0.0.0", "255.255.255.255")]
    [InlineData(IpFamily.V6, 128, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Limits_OfAFamily(IpFamily family, int bits, string min, string max)
    {
        Assert.Equal(bits, Address.Bits(family));
        Assert.Equal(Address.Parse(min), Address.Min(family));
        Assert.Equal(Address.Parse(max), Address.Max(family));
    }
}
