using System.Collections.Immutable;
using Ringfence.Model;

namespace Ringfence.Lab.Tests;

/// <summary>Policies of a test's cluster, in few words; their pods are in the namespace <c>shop</c> and chosen by the label <c>app</c>.</summary>
internal static class Policies
{
    public static LabelSelector Select(params string[] apps) => new([new Requirement("app", SelectorOperator.In, [.. apps])]);

    /// <summary>Lets an app be reached by these apps alone; by nobody where none is named.</summary>
    public static NetworkPolicy Ingress(string app, params string[] from) => new()
    {
        Namespace = "shop", Name = $"{app}-in", PodSelector = Select(app), AffectsIngress = true, Ingress = Rules(from),
    };

    /// <summary>Lets an app reach these apps alone; nobody where none is named.</summary>
    public static NetworkPolicy Egress(string app, params string[] to) => new()
    {
        Namespace = "shop", Name = $"{app}-out", PodSelector = Select(app), AffectsEgress = true, Egress = Rules(to),
    };

    /// <summary>The same with ports only.</summary>
    public static NetworkPolicy On(this NetworkPolicy policy, params PolicyPort[] ports) => policy with
    {
        Ingress = [.. policy.Ingress.Select(rule => rule with { Ports = [.. ports] })],
        Egress = [.. policy.Egress.Select(rule => rule with { Ports = [.. ports] })],
    };

    public static PolicyPort Number(int first, int? last = null, Protocol protocol = Protocol.Tcp) => new(protocol, null, first, last ?? first, default);

    public static PolicyPort Named(string name, Protocol protocol = Protocol.Tcp) => new(protocol, name, 0, 0, default);

    private static ImmutableArray<PolicyRule> Rules(string[] apps) =>
        apps.Length == 0 ? [] : [new PolicyRule([new PolicyPeer(Select(apps), null, null, default)], [], default)];
}
