using Ringfence.Model.Policies;

namespace Ringfence.Model.Tests.Policies;

/// <summary>Random policies in wire form, from a seed: any field may be absent, and every text may be good or bad.</summary>
/// <param name="seed">The same seed gives the same policy.</param>
/// <param name="oneBadIn">About one text in so many is taken from the bad ones.</param>
internal sealed class ManifestGenerator(int seed, int oneBadIn)
{
    private static readonly string[] s_bad =
    [
        "", " ", "-", "--", "/", "//", ".", "..", ":", "::", "a/b/c", "A_b", "0", "80", "é", "\u212a", "\u0130", "🦊", "\ufeff", "\0", "\n", "a\n",
        "<&>\"\\", new string((char)0xdc00, 1), new string('a', 64), new string('a', 254), new string('é', 32),
        "10.0.0.0", "10.0.0.0/33", "10.0.0.1/8", "010.0.0.0/8", "10.0.0.0/08", "::/129", "00001::/16", "::ffff:10.0.0.0/104", "::ffff:10.1.0.0/112",
        "::ffff:0.0.0.0/95", "fe80::1%a/64", "1:2:3:4:5:6:7:8::/0", "99999999999999999999/1", "0.0.0.0/99999999999999999999",
    ];

    private readonly Random _random = new(seed);

    public PolicyManifest Policy() => new()
    {
        Name = Text("foo", "a.b-c"),
        GenerateName = Chance(5) ? Text("foo-") : null,
        Namespace = Text("bar", "kube-system"),
        Labels = Maybe(Labels),
        Annotations = Maybe(Labels),
        PodSelector = Maybe(Selector),
        Ingress = Maybe(() => List(Rule)),
        Egress = Maybe(() => List(Rule)),
        PolicyTypes = Maybe(() => List(() => Text("Ingress", "Egress"))),
    };

    private RuleManifest Rule() => new() { Peers = Maybe(() => List(Peer)), Ports = Maybe(() => List(Port)) };

    private PeerManifest Peer()
    {
        var block = Chance(3);
        var careless = Chance(oneBadIn);
        return new PeerManifest
        {
            PodSelector = !block || careless ? Selector() : null,
            NamespaceSelector = !block || careless ? Maybe(Selector) : null,
            IpBlock = block ? Block() : null,
        };
    }

    private IpBlockManifest Block() => Chance(2)
        ? new IpBlockManifest(Text("10.0.0.0/8", "0.0.0.0/0"), Maybe(() => List(() => Text("10.1.0.0/16", "10.0.0.1/32"))))
        : new IpBlockManifest(Text("::/0", "FD00::/8"), Maybe(() => List(() => Text("fd00:0:0:1::/64"))));

    private PortManifest Port()
    {
        var named = Chance(3);
        var first = Chance(oneBadIn) ? _random.Next(-1, 70000) : _random.Next(1, 65536);
        return new PortManifest
        {
            Protocol = Maybe(() => Text("TCP", "UDP", "SCTP")),
            PortName = named ? Text("http", "serve-80-tcp") : null,
            PortNumber = named || Chance(4) ? null : first,
            EndPort = Chance(oneBadIn) ? _random.Next() : null,
        };
    }

    private SelectorManifest Selector() => new() { MatchLabels = Maybe(Labels), MatchExpressions = Maybe(() => List(Expression)) };

    private ExpressionManifest Expression()
    {
        var op = Text("In", "NotIn", "Exists", "DoesNotExist");
        return new ExpressionManifest(Text("k", "example.com/k"), op, op is "In" or "NotIn" || Chance(oneBadIn) ? [Text("v", ""), .. List(() => Text("w"))] : null);
    }

    private List<KeyValuePair<string, string>> Labels() => List(() => KeyValuePair.Create(Text("a", "b", "example.com/c"), Text("v", "W")));

    private List<T> List<T>(Func<T> entry) => [.. Enumerable.Range(0, _random.Next(3)).Select(_ => entry())];

    private T? Maybe<T>(Func<T> value) where T : class => Chance(3) ? null : value();

    private string Text(params string[] good) => Chance(oneBadIn) ? s_bad[_random.Next(s_bad.Length)] : good[_random.Next(good.Length)];

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
