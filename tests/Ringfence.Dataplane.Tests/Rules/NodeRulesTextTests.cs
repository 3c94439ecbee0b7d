using Ringfence.Dataplane.Rules;
using Xunit;
using static Ringfence.Dataplane.Tests.Nftables.Build;

namespace Ringfence.Dataplane.Tests.Rules;

public class NodeRulesTextTests
{
    [Fact]
    public void Write_SmallTable_ReadsAsNftHasIt()
    {
        var rules = RulesOf(
            [
                Map("in4", SetKind.Ipv4, (Key("10.0.0.2"), "in_a")),
                Intervals("block6", SetKind.Ipv6, (Key("2001:db8::"), Key("2001:db8::ffff")), (Key("2001:db9::1"), Key("2001:db9::3"))),
                Set("named4", SetKind.Ipv4Port, Key("10.0.0.3", (byte)17, 53), Key("10.0.0.3", (byte)6, 53)),
                Set("own4", SetKind.InterfaceIpv4, Key("=veth1", "10.0.0.2")),
                Set("empty", SetKind.Port),
            ],
            [
                Base(Rule.Of(new MatchCtState(CtStates.Related | CtStates.Established), Accept), Rule.Of(new Dispatch(PacketField.Ipv4Destination, "in4"))),
                Chain(
                    "in_a",
                    Rule.Of(In("named4", PacketField.Ipv4Source, PacketField.Protocol, PacketField.DestinationPort), Return),
                    Rule.Of(NotIn("block6", PacketField.Ipv6Source), Ports(132, 80, 95), Return),
                    Rule.Of(new Count("denied"), new Limit(100, 50), new Log("ringfence I 3f2a", 10, 128), Drop)),
            ],
            "denied");

        Assert.Equal(
            """
            table inet ringfence {
              counter denied {}
              set block6 {
                type ipv6_addr
                flags interval
                elements = {
                  2001:db8::/112,
                  2001:db9::1-2001:db9::3,
                }
              }
              set empty {
                type inet_service
              }
              map in4 {
                type ipv4_addr : verdict
                elements = {
                  10.0.0.2 : jump in_a,
                }
              }
              set named4 {
                type ipv4_addr . inet_proto . inet_service
                elements = {
                  10.0.0.3 . tcp . 53,
                  10.0.0.3 . udp . 53,
                }
              }
              set own4 {
                type ifname . ipv4_addr
                elements = {
                  "veth1" . 10.0.0.2,
                }
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
                ct state established,related accept
                ip daddr vmap @in4
              }
              chain in_a {
                ip saddr . meta l4proto . th dport @named4 return
                ip6 saddr != @block6 sctp dport 80-95 return
                counter name "denied" limit rate 100/second burst 50 packets log prefix "ringfence I 3f2a" group 10 snaplen 128 drop
              }
            }

            """,
            NodeRulesText.Write(rules));
    }

    [Theory]
    [InlineData("a \"quote\"")]
    [InlineData("a\nline")]
    [InlineData("a $variable")]
    public void Write_LogPrefixThatNftCannotRead_IsRefused(string prefix)
    {
        var rules = RulesOf([], [Chain("c", Rule.Of(new Log(prefix, 10, 128)))]);

        Assert.Throws<ArgumentException>(() => NodeRulesText.Write(rules));
    }

    [Theory]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void Write_LogPrefix_HasAtMost127Characters(int length, bool isFine)
    {
        var rules = RulesOf([], [Chain("c", Rule.Of(new Log(new string('x', length), 10, 128)))]);

        Assert.Equal(isFine, Record.Exception(() => NodeRulesText.Write(rules)) is null);
    }
}
