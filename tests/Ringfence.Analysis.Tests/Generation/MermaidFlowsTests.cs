using Ringfence.Analysis.Generation.Mermaid;
using static Ringfence.Analysis.Tests.Generation.Clusters;

namespace Ringfence.Analysis.Tests.Generation;

public sealed class MermaidFlowsTests
{
    private static readonly string Cluster = Pod("chat-ui", "app: chat") + Pod("b", "app: b") + Pod("c", "app: c", "{containerPort: 80, name: http}") + Pod("far", "app: far", ns: "other");

    [Theory]
    [InlineData("chat-ui --> b", "app/chat-ui > app/b -")]
    [InlineData("x[chat-ui] -->|8000| b", "app/chat-ui > app/b TCP 8000")]
    [InlineData("x(\"chat-ui\") -- \"8000/tcp\" --> b", "app/chat-ui > app/b TCP 8000")]
    [InlineData("x([chat-ui]) ==>|53,53/udp| b{{\"b\"}}", "app/chat-ui > app/b TCP 53; UDP 53")]
    [InlineData("x[(chat-ui)] -. 80 .-> b:::red", "app/chat-ui > app/b TCP 80")]
    [InlineData("chat-ui-->b-->|90|c;", "app/chat-ui > app/b -|app/b > app/c TCP 90")]
    [InlineData("chat-ui & b --> c", "app/chat-ui > app/c -|app/b > app/c -")]
    [InlineData("b <--> c", "app/b > app/c -|app/c > app/b -")]
    [InlineData("b --> c; c --> b", "app/b > app/c -|app/c > app/b -")]
    [InlineData("x@{ shape: cyl, label: \"chat-ui\" } --> b", "app/chat-ui > app/b -")]
    [InlineData("b -->|asks| c", "app/b > app/c -")]
    [InlineData("b -->|http| c", "app/b > app/c http")]
    [InlineData("b -->|80| out([\"203.0.113.0/24\"])", "app/b > 203.0.113.0/24 TCP 80")]
    [InlineData("b ~~~ c", "")]
    [InlineData("classDef red fill:#f00\nb --> c\nstyle b fill:#fff\n%% done", "app/b > app/c -")]
    [InlineData("subgraph g0[\"other\"]\ndirection LR\nn1[\"far\"]\nend\nb -->|\"all\"| n1", "app/b > other/far All")]
    [InlineData("b -.->|\"80,?\"| c", "app/b > app/c TCP 80")]
    [InlineData("i[\"{ingress-controller}\"] --> c", "")]
    public void Read_Arrows_AreFlows(string lines, string expected) => Assert.Equal(expected, Read("flowchart LR\n" + lines));

    [Theory]
    [InlineData("b --- c", "2: a line without an arrow head")]
    [InlineData("b --> nobody", "2: there is no workload or pod 'app/nobody'")]
    [InlineData("b --> c[", "2: the line ends where a closing ]")]
    [InlineData("b -->", "2: the line ends where a node")]
    [InlineData("b c", "2: an arrow is expected")]
    [InlineData("b -->|80 c", "2: the line ends where a closing |")]
    public void Read_BadLine_SaysWhereAndWhat(string lines, string expected) =>
        Assert.Contains(expected.Replace("2: ", "g.mmd:2: ", StringComparison.Ordinal).Replace("the line ends where a closing |", "a closing | is expected", StringComparison.Ordinal),
            Assert.Throws<InputException>(() => Read("flowchart LR\n" + lines)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("sequenceDiagram\na->>b: hi")]
    public void Read_NoFlowchart_IsRefused(string text) => Assert.Throws<InputException>(() => Read(text));

    [Fact]
    public void Read_FrontMatterMarkAndLineEnds_DoNotMatter() =>
        Assert.Equal("app/b > app/c -", Read("\uFEFF---\r\ntitle: x\r\n---\r\ngraph TD;\r\n  b --> c\r\n"));

    [Fact]
    public void Read_OtherExternal_IsWhatTheOtherRangesLeave() => Assert.Equal(
        "app/b > 10.0.0.0/8 TCP 80|app/b > 0.0.0.0-9.255.255.255 All|app/b > 11.0.0.0-255.255.255.255 All",
        Read("flowchart LR\nb -->|80| o1([\"10.0.0.0/8\"])\nb -->|all| o2([\"other external\"])"));

    private static string Read(string text) => string.Join('|', new MermaidFlows(Clusters.Read(Cluster), "app").Read(new StringReader(text), "g.mmd").Items
        .Select(flow => $"{flow.Source.Text} > {flow.Destination.Text} {(flow.Ports is not { } ports ? "-" : ports.Names.IsEmpty ? ports.Numbers : ports.Names[0].Name)}"));
}
