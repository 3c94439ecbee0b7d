using System.Collections.Immutable;
using Ringfence.Dataplane.Compilation;
using Ringfence.Dataplane.Flows;
using Ringfence.Engine;
using Ringfence.Model;
using Xunit;

namespace Ringfence.Dataplane.Tests.Flows;

public class FlowNarratorTests
{
    private static readonly DateTimeOffset Time = new(2026, 4, 1, 12, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public void Tell_DeniedIngress_NamesPodsPolicyAndNearestRule()
    {
        var record = Narrator(Shop.Compile(Shop.DbOnly)).Tell(Packet(LoggedVerdict.IngressDenied, "10.1.3.2", "10.1.2.2", 6, 5432) with { Count = 3 });

        Assert.Equal(
            "2026-04-01T12:00:00.250Z denied  ingress shop/other -> shop/db TCP 5432  by shop/db-only (shop.yaml:3:1);"
            + " nearest shop/db-only ingress[0] (shop.yaml:12:5): " + record.Nearest!.Reason + "  x3",
            record.ToLine());
        Assert.Contains("app", record.Nearest.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Tell_DeniedIngress_AsJson()
    {
        var record = Narrator(Shop.Compile(Shop.DbOnly)).Tell(Packet(LoggedVerdict.IngressDenied, "192.0.2.1", "10.1.2.2", 17, 53)) with { Nearest = null };

        Assert.Equal(
            """
            {"apiVersion":"ringfence.dev/v1alpha1","kind":"Flow","time":"2026-04-01T12:00:00.250Z","node":"node-1","verdict":"denied","direction":"ingress",
            "source":"192.0.2.1","sourceAddress":"192.0.2.1","destination":"shop/db","destinationAddress":"10.1.2.2","protocol":"UDP","port":53,"icmpType":null,
            "policies":["shop/db-only"],"rule":null,"location":{"file":"shop.yaml","line":3,"column":1},"nearest":null,"note":null,"count":1}
            """.ReplaceLineEndings(""),
            record.ToJson());
    }

    [Fact]
    public void Tell_DeniedEgress_IsJudgedAtTheSource()
    {
        var record = Narrator(Shop.Compile(Shop.DbOnly, Shop.Closed)).Tell(Packet(LoggedVerdict.EgressDenied, "10.1.1.2", "10.1.2.2", 6, 5432));

        Assert.Equal("2026-04-01T12:00:00.250Z denied  egress  shop/web -> shop/db TCP 5432  by shop/closed (closed.yaml:1:1)", record.ToLine());
    }

    [Fact]
    public void Tell_Allowed_NamesTheRule()
    {
        var record = Narrator(Shop.Compile(Shop.DbOnly)).Tell(Packet(LoggedVerdict.Allowed, "10.1.1.2", "10.1.2.2", 6, 5432));

        Assert.Equal("2026-04-01T12:00:00.250Z allowed         shop/web -> shop/db TCP 5432  by shop/db-only ingress[0] (shop.yaml:12:5)", record.ToLine());
        Assert.Contains("""policies":["shop/db-only"],"rule":"shop/db-only ingress[0]","location":{"file":"shop.yaml","line":12,"column":5}""", record.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tell_Ping_HasATypeAndNoPort()
    {
        var packet = Packet(LoggedVerdict.IngressDenied, "10.1.1.2", "10.1.2.2", 1, 0);
        var record = Narrator(Shop.Compile(Shop.DbOnly)).Tell(packet with { Header = packet.Header with { IcmpType = 8 } });

        Assert.StartsWith("2026-04-01T12:00:00.250Z denied  ingress shop/web -> shop/db ICMP type 8  by shop/db-only", record.ToLine(), StringComparison.Ordinal);
        Assert.Null(record.Port);
    }

    [Fact]
    public void Tell_PolicyIsGoneMeanwhile_NamesTheRulesetsPoliciesAndSaysSo()
    {
        var former = ImmutableSortedDictionary<string, RulesetInfo>.Empty.Add("I 3f2a", new RulesetInfo("3f2a", Direction.Ingress, [Shop.DbOnly], ["shop/db"]));

        var record = new FlowNarrator("node-1", Shop.Compile(), former).Tell(Packet(LoggedVerdict.IngressDenied, "10.1.3.2", "10.1.2.2", 6, 5432));

        Assert.Equal("shop/db-only", Assert.Single(record.Policies).QualifiedName);
        Assert.Contains("policy allows this flow now", record.Note, StringComparison.Ordinal);
        Assert.False(record.IsAllowed);
    }

    [Theory]
    [InlineData("10.1.3.2", "10.1.1.2", "no policy isolates either end")]
    [InlineData("10.1.3.2", "10.1.2.2", "policy denies this flow now: the packet was judged before the last change")]
    [InlineData("10.1.2.2", "10.1.2.2", "a pod always reaches itself")]
    public void Tell_AllowedWithoutARule_SaysWhy(string source, string destination, string note)
    {
        var record = Narrator(Shop.Compile(Shop.DbOnly)).Tell(Packet(LoggedVerdict.Allowed, source, destination, 6, 80));

        Assert.Equal(note, record.Note);
        Assert.Null(record.Rule);
    }

    [Fact]
    public void Tell_CutFlow_NamesWhatDeniesIt()
    {
        var flow = new TrackedFlow
        {
            ProtocolNumber = 6,
            Source = Shop.Web.Addresses[0],
            Destination = Address.Parse("10.96.0.1"),
            DestinationPort = 80,
            ReplySource = Shop.Db.Addresses[0],
            ReplySourcePort = 5432,
        };

        Assert.Equal(
            "2026-04-01T12:00:00.250Z denied  egress  shop/web -> shop/db TCP 5432  by shop/closed (closed.yaml:1:1)  established, and cut",
            Narrator(Shop.Compile(Shop.DbOnly, Shop.Closed)).Tell(flow, Time).ToLine());
        Assert.Equal(
            "2026-04-01T12:00:00.250Z denied          shop/web -> 10.1.9.9 TCP 5432  established, and cut: its pod is gone",
            Narrator(Shop.Compile()).Tell(flow with { ReplySource = Address.Parse("10.1.9.9") }, Time).ToLine());
    }

    private static FlowNarrator Narrator(Reachability cluster) => new("node-1", cluster, ImmutableSortedDictionary<string, RulesetInfo>.Empty);

    private static LoggedPacket Packet(LoggedVerdict verdict, string source, string destination, byte protocol, ushort port) => new(
        Time,
        new LogPrefix(verdict, "3f2a", 0),
        new PacketHeader(Address.Parse(source), Address.Parse(destination), protocol) { SourcePort = 40000, DestinationPort = port });
}
