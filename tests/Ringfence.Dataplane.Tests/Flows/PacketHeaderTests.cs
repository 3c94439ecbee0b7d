using Ringfence.Dataplane.Flows;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Flows;

public class PacketHeaderTests
{
    private const string V4 = "4500002800004000 40 06 0000 0a010102 0a010202";
    private const string V6Ends = "fd000001000100000000000000000002 fd000001000200000000000000000002";

    [Theory]
    [InlineData("TCP", "4500 0028 0000 4000 40 06 0000 0a010102 0a010202", "9c40 0050 00000000", 40000, 80)]
    [InlineData("UDP", "4500 0028 0000 4000 40 11 0000 0a010102 0a010202", "9c40 0035", 40000, 53)]
    [InlineData("SCTP", "4500 0028 0000 4000 40 84 0000 0a010102 0a010202", "0bb8 0bb9 0000", 3000, 3001)]
    [InlineData("TCP", "4600 0028 0000 4000 40 06 0000 0a010102 0a010202 94040000", "9c40 0050", 40000, 80)]
    [InlineData("UDP", "4500 0028 0000 2000 40 11 0000 0a010102 0a010202", "9c40 0035", 40000, 53)]
    [InlineData("UDP", "4500 0028 0000 0001 40 11 0000 0a010102 0a010202", "9c40 0035", 0, 0)]
    [InlineData("TCP", "4500 0028 0000 4000 40 06 0000 0a010102 0a010202", "9c40 00", 0, 0)]
    [InlineData("IP 89", "4500 0028 0000 4000 40 59 0000 0a010102 0a010202", "9c40 0050", 0, 0)]
    public void TryRead_V4_TellsEndsProtocolAndPorts(string protocol, string header, string rest, int sourcePort, int destinationPort)
    {
        Assert.True(PacketHeader.TryRead(Bytes(header + rest), out var read));

        Assert.Equal((Address.Parse("10.1.1.2"), Address.Parse("10.1.2.2")), (read.Source, read.Destination));
        Assert.Equal((protocol, sourcePort, destinationPort), (IpProtocols.Name(read.ProtocolNumber), read.SourcePort, read.DestinationPort));
    }

    [Theory]
    [InlineData("TCP", 80, "06", "9c40 0050")]
    [InlineData("TCP", 80, "00", "06 00 000000000000 9c40 0050")]
    [InlineData("UDP", 53, "00", "2b 00 000000000000  3c 01 00000000000000000000000000 00  11 00 000000000000  9c40 0035")]
    [InlineData("UDP", 53, "2c", "11 00 0001 00000001  9c40 0035")]
    [InlineData("UDP", 0, "2c", "11 00 0009 00000001  9c40 0035")]
    [InlineData("TCP", 80, "33", "06 04 0000 00000000 00000000 000000000000000000000000  9c40 0050")]
    [InlineData("TCP", 0, "00", "06 ff 000000000000 9c40 0050")]
    [InlineData("IP 59", 0, "3b", "9c40 0050")]
    [InlineData("IP 50", 0, "32", "9c40 0050 00000000")]
    public void TryRead_V6_LooksBeyondExtensionHeaders(string protocol, int port, string next, string rest)
    {
        Assert.True(PacketHeader.TryRead(Bytes($"60000000 0040 {next} 40 {V6Ends} {rest}"), out var read));

        Assert.Equal((Address.Parse("fd00:1:1::2"), Address.Parse("fd00:1:2::2")), (read.Source, read.Destination));
        Assert.Equal((protocol, port), (IpProtocols.Name(read.ProtocolNumber), read.DestinationPort));
    }

    [Fact]
    public void TryRead_Icmp_TellsTypeAndCode()
    {
        Assert.True(PacketHeader.TryRead(Bytes("4500 0028 0000 4000 40 01 0000 0a010102 0a010202 0301 0000"), out var four));
        Assert.True(PacketHeader.TryRead(Bytes($"60000000 0040 3a 40 {V6Ends} 8000"), out var six));

        Assert.Equal(((byte?)3, (byte?)1, (byte?)128), (four.IcmpType, four.IcmpCode, six.IcmpType));
    }

    [Theory, InlineData(""), InlineData("45"), InlineData("4400002800004000400600000a0101020a010202"), InlineData("60000000"), InlineData("70000000000000000000000000000000000000000000")]
    public void TryRead_WithoutAddresses_IsFalse(string packet) => Assert.False(PacketHeader.TryRead(Bytes(packet), out _));

    [Fact]
    public void TryRead_RandomAndTruncated_NeitherThrowsNorHangs()
    {
        var random = new Random(20260401);
        var buffer = new byte[300];
        byte[] extensions = [0, 43, 44, 51, 60, 135, 139, 140, 6, 17, 58];
        for (var round = 0; round < 300_000; round++)
        {
            random.NextBytes(buffer);
            var length = random.Next(buffer.Length + 1);
            buffer[0] = (byte)(random.Next(4) switch { 0 => buffer[0], 1 => 0x40 | (buffer[0] & 15), _ => 0x60 });

            // Chains of extension headers, which random bytes would seldom make.
            buffer[6] = extensions[random.Next(extensions.Length)];
            for (var at = 40; at + 1 < buffer.Length; at += 8) (buffer[at], buffer[at + 1]) = (extensions[random.Next(extensions.Length)], (byte)random.Next(3));
            PacketHeader.TryRead(buffer.AsSpan(0, length), out _);
        }

        var whole = Bytes(V4 + "9c400050");
        for (var length = 0; length <= whole.Length; length++) Assert.Equal(length >= 20, PacketHeader.TryRead(whole.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("ringfence I 3f2a 17", LoggedVerdict.IngressDenied, "3f2a", 17, "I 3f2a")]
    [InlineData("ringfence E 3f2a 0", LoggedVerdict.EgressDenied, "3f2a", 0, "E 3f2a")]
    [InlineData("ringfence A - 0", LoggedVerdict.Allowed, "-", 0, "A -")]
    [InlineData("ringfence A", LoggedVerdict.Allowed, "", 0, "A ")]
    [InlineData("ringfence I 3f2a x", LoggedVerdict.IngressDenied, "3f2a", 0, "I 3f2a")]
    public void LogPrefix_IsRead(string text, LoggedVerdict verdict, string ruleset, long generation, string key)
    {
        Assert.True(LogPrefix.TryParse(text, out var prefix));

        Assert.Equal(new LogPrefix(verdict, ruleset, generation), prefix);
        Assert.Equal(key, prefix.Key);
    }

    [Theory, InlineData(""), InlineData("ringfence"), InlineData("ringfence X 1 2"), InlineData("other I 1 2"), InlineData("ringfenceI 1 2")]
    public void LogPrefix_OfAnother_IsNot(string text) => Assert.False(LogPrefix.TryParse(text, out _));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
