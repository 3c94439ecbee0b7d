using System.Text.Json;

namespace Ringfence.Cli.Tests;

/// <summary><c>list --exposure</c> of what the examples do not have.</summary>
public sealed class ExposureTests
{
    private const string Shop =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec: {}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {}
          policyTypes: [Ingress, Egress]
          egress:
          - to: [{namespaceSelector: {matchLabels: {tier: data}, matchExpressions: [{key: env, operator: NotIn, values: [test, dev]}]}}]
            ports: [{port: 80}, {port: sql}, {port: dns, protocol: UDP}]

        """;

    [Fact]
    public void Table_NoConnectionsButExposure_BeginsWithItsHeading() => Assert.Equal(
        """
        Open to what is not there yet
        SOURCE     DESTINATION                                               CONNECTION            PODS NOW   POLICY
        shop/web   [all pods of namespaces env notin (dev,test),tier=data]   TCP 80,sql; UDP dns   ?

        """, Run("list", "-f", "-", "--exposure").Out);

    [Theory]
    [InlineData("table", "Open to what is not there yet\n(nothing)\n")]
    [InlineData("csv", "source,destination,connection,unknown,exposure,podsNow\n")]
    public void NothingIsOpen_SaysSo(string format, string expected) =>
        Assert.Equal(expected, Run("list", "-f", "-", "--exposure", "-n", "shop", "--direction", "ingress", "-o", format).Out);

    [Fact]
    public void Json_SelectorsAreAsInManifests_AndWhatIsNotKnownIsNull()
    {
        using var json = JsonDocument.Parse(Run("list", "-f", "-", "--exposure", "-o", "json").Out);
        var line = Assert.Single(json.RootElement.GetProperty("exposure").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, line.GetProperty("podsNow").ValueKind);
        Assert.Equal("egress", line.GetProperty("direction").GetString());
        Assert.True(line.GetProperty("protected").GetBoolean());
        Assert.Equal(
            """{"matchLabels":{"tier":"data"},"matchExpressions":[{"key":"env","operator":"NotIn","values":["dev","test"]}]}""",
            Compact(line.GetProperty("namespaceSelector")));
        Assert.Equal("{}", Compact(line.GetProperty("podSelector")));
    }

    [Fact]
    public void Picture_PortNames_AreOnTheEdge() =>
        Assert.Contains("n0 -->|\"80,sql,dns/udp\"| n1\n", Run("list", "-f", "-", "--exposure", "-o", "mermaid").Out, StringComparison.Ordinal);

    [Fact]
    public void WithoutTheOption_NothingOfItIsShown()
    {
        Assert.Equal("", Run("list", "-f", "-").Out);
        using var json = JsonDocument.Parse(Run("list", "-f", "-", "-o", "json").Out);
        Assert.False(json.RootElement.TryGetProperty("exposure", out _));
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private static Run Run(params string[] args) => RingfenceCommand.RunWith(Shop, null, args);
}
