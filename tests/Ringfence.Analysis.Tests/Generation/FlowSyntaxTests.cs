using Ringfence.Analysis.Generation;

namespace Ringfence.Analysis.Tests.Generation;

public sealed class FlowSyntaxTests
{
    [Theory]
    [InlineData("chat-ui -> rag-api:8000", "ns/chat-ui > ns/rag-api TCP 8000")]
    [InlineData("a=>b:80", "ns/a > ns/b TCP 80")]
    [InlineData("a → x/b:80", "ns/a > x/b TCP 80")]
    [InlineData("a --> b:53/udp", "ns/a > ns/b UDP 53")]
    [InlineData("a,b -> c:80,443/tcp", "ns/a > ns/c TCP 80,443|ns/b > ns/c TCP 80,443")]
    [InlineData("a -> b:8000-8010, svc/x/c, 10.0.0.0/8:443", "ns/a > ns/b TCP 8000-8010|ns/a > svc/x/c -|ns/a > 10.0.0.0/8 TCP 443")]
    [InlineData("x/* -> everyone:all", "x/* > everyone All")]
    [InlineData("*/* -> [fd00::1]:80", "*/* > fd00::1 TCP 80")]
    [InlineData("external -> b:all/udp", "external > ns/b UDP 1-65535")]
    [InlineData("1.2.3.4-1.2.3.9 -> b:80", "1.2.3.4-1.2.3.9 > ns/b TCP 80")]
    public void Read_Flow_IsTakenApart(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', new FlowSyntax("ns").Read(text, default).Select(flow => $"{flow.Source.Text} > {flow.Destination.Text} {flow.Ports?.Numbers.ToString() ?? "-"}")));

    [Theory]
    [InlineData("a", "not a flow")]
    [InlineData("a ->", "not a flow")]
    [InlineData("-> b:80", "not a flow")]
    [InlineData("a -> b -> c", "more than one arrow")]
    [InlineData("a -> b:0", "cannot read the ports '0'")]
    [InlineData("a -> b:65536", "cannot read the ports '65536'")]
    [InlineData("a -> b:90-80", "cannot read the ports '90-80'")]
    [InlineData("a -> b:80/icmp", "cannot read the ports '80/icmp'")]
    [InlineData("a:80 -> b:80", "has a port")]
    [InlineData("svc/a -> b:80", "cannot be a source")]
    [InlineData("a -> 300.0.0.1:80", "not an IP address")]
    public void Read_BadFlow_SaysWhatIsWrong(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<InputException>(() => new FlowSyntax("ns").Read(text, default)).Message, StringComparison.Ordinal);

    [Fact]
    public void ReadLines_CommentsMarksAndLineEnds_AreNoFlows()
    {
        var flows = new FlowSyntax("ns").ReadLines(new StringReader("\uFEFF# what is wanted\r\n\r\na -> b:80 # the page\r\nb -> c:90\r\n"), "flows.txt");

        Assert.Equal(["flows.txt:3", "flows.txt:4"], flows.Items.Select(flow => flow.Origin));
    }

    [Fact]
    public void ReadLines_BadLines_AreAllNamed()
    {
        var problem = Assert.Throws<InputException>(() => new FlowSyntax("ns").ReadLines(new StringReader("a b\na -> b:80\na -> b:0\n"), "f"));

        Assert.StartsWith("f:1: ", problem.Message, StringComparison.Ordinal);
        Assert.StartsWith("f:3: ", Assert.Single(problem.Hints), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadLines_Empty_IsTold() => Assert.Equal(["f has no flows"], new FlowSyntax("ns").ReadLines(new StringReader(""), "f").Notes);
}
