using System.Collections.Immutable;
using Xunit;

namespace Ringfence.Model.Tests.Labels;

public class LabelDemandsTests
{
    private static readonly Requirement[] OnA =
    [
        In("1"), In("2"), In("1", "2"), In(), NotIn("1"), NotIn("2"), NotIn("1", "2"),
        new("a", SelectorOperator.Exists, []), new("a", SelectorOperator.DoesNotExist, []),
    ];

    // The key absent, each value that a requirement names, and one that none does.
    private static readonly LabelSet[] Worlds = [LabelSet.Empty, LabelSet.Of("a", "1"), LabelSet.Of("a", "2"), LabelSet.Of("a", "3")];

    [Fact]
    public void ImpliesEqualsAndCanBeMet_AnyTwoPairsOfRequirements_AgreeWithWhatLabelsSatisfy()
    {
        var selectors = (from one in OnA from two in OnA select new LabelSelector([one, two])).ToList();
        foreach (var left in selectors)
        {
            var demands = LabelDemands.Of(left);
            Assert.All(Worlds, labels => Assert.Equal(left.Matches(labels), demands.AreMetBy(labels)));
            Assert.Equal(Worlds.Any(left.Matches), demands.CanBeMet);
            foreach (var right in selectors)
            {
                var other = LabelDemands.Of(right);
                Assert.True(Worlds.All(labels => !left.Matches(labels) || right.Matches(labels)) == demands.Implies(other), $"{left} implies {right}");
                var same = Worlds.All(labels => left.Matches(labels) == right.Matches(labels));
                Assert.True(same == demands.Equals(other), $"{left} is {right}");
                if (same) Assert.Equal(demands.GetHashCode(), other.GetHashCode());
            }
        }
    }

    [Fact]
    public void Implies_OtherKey_OnlyWhereItIsAskedFor()
    {
        var both = LabelDemands.Of(new([In("1"), new("b", SelectorOperator.Exists, [])]));
        var one = LabelDemands.Of(LabelSelector.Label("a", "1"));
        Assert.True(both.Implies(one));
        Assert.False(one.Implies(both));
        Assert.True(one.Implies(LabelDemands.Of(LabelSelector.Everything)));
    }

    [Fact]
    public void OnlyValue_OneValueIsLeft_IsIt()
    {
        Assert.Equal("1", LabelDemands.Of(new([In("1", "2"), NotIn("2")])).OnlyValue("a"));
        Assert.Null(LabelDemands.Of(new([In("1", "2")])).OnlyValue("a"));
        Assert.Null(LabelDemands.Of(new([NotIn("1")])).OnlyValue("a"));
        Assert.Null(LabelDemands.Of(LabelSelector.Everything).OnlyValue("a"));
    }

    private static Requirement In(params ImmutableArray<string> values) => new("a", SelectorOperator.In, values);

    private static Requirement NotIn(params ImmutableArray<string> values) => new("a", SelectorOperator.NotIn, values);
}
