using System.Collections.Immutable;
using Ringfence.Dataplane.Netlink;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>Collects rules from a dump and recognises them: a rule whose instructions are those of a known rule of its chain is that rule.</summary>
internal sealed class ChainRules(NodeRules known)
{
    private readonly Dictionary<string, ImmutableArray<ImmutableArray<Expression>>.Builder> _found = [];

    public void Add(NetlinkAttributes rule)
    {
        var chain = rule.Text(Nft.RuleChain);
        if (!_found.TryGetValue(chain, out var rules)) _found.Add(chain, rules = ImmutableArray.CreateBuilder<ImmutableArray<Expression>>());
        rules.Add(ExpressionReader.Read(new NetlinkAttributes(rule.Find(Nft.RuleExpressions))));
    }

    /// <summary>A chain that was found, with the rules that were found in it.</summary>
    public Chain Chain(string name, bool isBase)
    {
        var found = _found.TryGetValue(name, out var list) ? list.ToImmutable() : [];
        var expected = known.Chains.TryGetValue(name, out var chain) ? chain : new Chain(name, isBase, []);
        var encoded = expected.Rules.Select(r => (Rule: r, Expressions: RuleEncoding.Of(r))).ToList();
        var rules = ImmutableArray.CreateBuilder<Rule>(found.Length);
        for (var at = 0; at < found.Length; at++)
        {
            var expressions = found[at];

            // Mostly everything is in its place.
            var rule = at < encoded.Count && Same(encoded[at].Expressions, expressions)
                ? encoded[at].Rule
                : encoded.Find(e => Same(e.Expressions, expressions)).Rule;
            rules.Add(rule ?? Rule.Of(new Unrecognised(string.Join(' ', expressions))));
        }

        var read = new Chain(name, isBase, rules.MoveToImmutable());
        return read.Equals(expected) ? expected : read;
    }

    private static bool Same(ImmutableArray<Expression> left, ImmutableArray<Expression> right) => left.AsSpan().SequenceEqual(right.AsSpan());
}
