namespace Ringfence.Model.Tests.Net;

public class PrefixTests
{
    [Theory]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255")]
    [InlineData("10.0.0.0/8", "10.0.0.0", "10.255.255.255")]
    [InlineData("10.1.2.3/31", "10.1.2.2", "10.1.2.3")]
    [InlineData("10.1.2.3/32", "10.1.2.3", "10.1.2.3")]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("fd00::1/64", "fd00::", "fd00::ffff:ffff:ffff:ffff")]
    [InlineData("fd00::1/128", "fd00::1", "fd00::1")]
    public void Parse_Block_HasFirstAndLast(string text, string first, string last)
    {
        var prefix = Prefix.Parse(text);
        Assert.Equal(Address.Parse(first), prefix.First);
        Assert.Equal(Address.Parse(last), prefix.Last);
        Assert.True(prefix.Contains(prefix.First) && prefix.Contains(prefix.Last));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/8 ")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("::/129")]
    [InlineData("/8")]
    public void TryParse_NoBlock_IsRefused(string text)
    {
        Assert.False(Prefix.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Prefix.Parse(text));
    }

    [Theory]
    [InlineData("9.255.255.255", false)]
    [InlineData("10.0.0.0", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("::a00:0", false)]
    public void Contains_AtTheEdges(string address, bool inside) => Assert.Equal(inside, Prefix.Parse("10.0.0.0/8").Contains(Address.Parse(address)));

    [Fact]
    public void Constructor_HostBits_AreCleared() => Assert.Equal(Prefix.Parse("10.0.0.0/8"), new Prefix(Address.Parse("10.1.2.3"), 8));

    [Theory]
    [InlineData("10.0.0.0", -1)]
    [InlineData("10.0.0.0", 33)]
    [InlineData("::", 129)]
    public void Constructor_LengthOutOfRange_Throws(string address, int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Prefix(Address.Parse(address), length));

    [Fact]
    public void IpBlock_Exceptions_DoNotBelong()
    {
        var block = new IpBlock(Prefix.Parse("10.0.0.0/8"), [Prefix.Parse("10.1.0.0/16"), Prefix.Parse("10.2.3.4/32")]);
        Assert.True(block.Contains(Address.Parse("10.0.255.255")));
        Assert.False(block.Contains(Address.Parse("10.1.0.0")));
        Assert.False(block.Contains(Address.Parse("10.1.255.255")));
        Assert.True(block.Contains(Address.Parse("10.2.3.3")));
        Assert.False(block.Contains(Address.Parse("10.2.3.4")));
        Assert.False(block.Contains(Address.Parse("11.0.0.0")));
        Assert.Equal("10.0.0.0/8 except 10.1.0.0/16,10.2.3.4/32", block.ToString());
    }

    [Fact]
    public void IpBlock_Equals_ByContent()
    {
        var block = new IpBlock(Prefix.Parse("10.0.0.0/8"), [Prefix.Parse("10.1.0.0/16")]);
        var same = new IpBlock(Prefix.Parse("10.0.0.0/8"), [Prefix.Parse("10.1.0.0/16")]);
        Assert.Equal(block, same);
        Assert.Equal(block.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(block, block with { Except = [] });
        Assert.NotEqual(block, block with { Cidr = Prefix.Parse("10.0.0.0/9") });
        Assert.Equal("10.0.0.0/8", (block with { Except = [] }).ToString());
    }
}
