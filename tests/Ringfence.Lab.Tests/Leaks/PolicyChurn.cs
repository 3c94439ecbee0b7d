using Ringfence.Engine.Tests.Generation;

namespace Ringfence.Lab.Tests.Leaks;

/// <summary>
/// Policies that change without end, and always mean the same for three pods: <c>friend</c> may reach <c>server</c> on TCP and UDP 8080 and TCP 9000,
/// <c>stranger</c> and <c>neighbour</c> may not.
/// </summary>
internal sealed class PolicyChurn(Dice dice)
{
    private static readonly string[] Friends =
    [
        "podSelector: {matchLabels: {app: friend}}",
        "{namespaceSelector: {}, podSelector: {matchLabels: {app: friend}}}",
        "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, podSelector: {matchExpressions: [{key: app, operator: In, values: [friend, fiend]}]}}",
        "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [stranger, neighbour, extra]}]}",
    ];

    private int _step;

    /// <summary>The next set of policies.</summary>
    public IEnumerable<string> Next()
    {
        _step++;
        yield return Server();
        if (dice.Percent(50)) yield return Policy("server-extra", "server", "Ingress", $"ingress: [{{from: [{{podSelector: {{matchLabels: {{app: extra, step: \"{_step}\"}}}}}}], ports: [{Ports()}]}}]");
        if (dice.Percent(50)) yield return Policy("friend-out", "friend", "Egress", $"egress: [{{to: [{{podSelector: {{matchLabels: {{app: server}}}}}}], ports: [{Wanted()}]}}, {{to: [{{ipBlock: {{cidr: 198.51.{dice.UpTo(255)}.0/24}}}}]}}]");
        if (dice.Percent(30)) yield return Policy("stranger-out", "stranger", "Egress", dice.Percent(50) ? "egress: []" : $"egress: [{{ports: [{Ports()}]}}]");
        if (dice.Percent(30)) yield return Policy("extra", "extra", "Ingress, Egress", $"ingress: [{{ports: [{Ports()}]}}]");
    }

    private string Server()
    {
        var peers = dice.Pick<string>(Friends);
        var other = $"ipBlock: {{cidr: 203.0.{dice.UpTo(255)}.0/24}}";
        var from = dice.Percent(50) ? $"[{peers.Wrap()}, {{{other}}}]" : $"[{{{other}}}, {peers.Wrap()}]";
        return Policy("server", "server", "Ingress", $"ingress: [{{from: {from}, ports: [{Wanted()}]}}]");
    }

    private string Wanted() => dice.Percent(50)
        ? $"{{port: 8080}}, {{port: 8080, protocol: UDP}}, {{port: 9000}}, {Ports()}"
        : $"{{port: 8000, endPort: {9000 + dice.UpTo(50)}}}, {{port: 8080, protocol: UDP}}";

    private string Ports() => $"{{port: {1000 + dice.UpTo(5000)}, protocol: {dice.Pick("TCP", "UDP")}}}";

    private static string Policy(string name, string app, string types, string rules) =>
        $"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {"{"}name: {name}, namespace: shop{"}"}
        spec:
          podSelector: {"{"}matchLabels: {"{"}app: {app}{"}"}{"}"}
          policyTypes: [{types}]
          {rules}

        """;
}

/// <summary>YAML in one line.</summary>
internal static class FlowText
{
    public static string Wrap(this string item) => item.StartsWith('{') ? item : $"{{{item}}}";
}
