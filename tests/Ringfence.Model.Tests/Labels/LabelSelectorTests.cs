namespace Ringfence.Model.Tests.Labels;

public class LabelSelectorTests
{
    [Theory]
    // The key with a listed value, with another value, with an empty value, and absent.
    [InlineData(SelectorOperator.In, true, false, false, false)]
    [InlineData(SelectorOperator.NotIn, false, true, true, true)]
    [InlineData(SelectorOperator.Exists, true, true, true, false)]
    [InlineData(SelectorOperator.DoesNotExist, false, false, false, true)]
    public void Matches_EachOperator_TreatsAnAbsentKeyAsKubernetesDoes(SelectorOperator op, bool listed, bool other, bool empty, bool absent)
    {
        string[] values = op is SelectorOperator.In or SelectorOperator.NotIn ? ["v", "w"] : [];
        var selector = new LabelSelector([new Requirement("k", op, [.. values])]);
        Assert.Equal(listed, selector.Matches(LabelSet.Of("k", "w")));
        Assert.Equal(other, selector.Matches(LabelSet.Of("k", "V")));
        Assert.Equal(empty, selector.Matches(LabelSet.Of("k", "")));
        Assert.Equal(absent, selector.Matches(LabelSet.Of("x", "v")));
    }

    [Fact]
    public void Matches_SeveralRequirements_MustAllHold()
    {
        var selector = new LabelSelector(
            [new Requirement("a", SelectorOperator.In, ["1"]), new Requirement("b", SelectorOperator.DoesNotExist, [])]);
        Assert.True(selector.Matches(LabelSet.Of("a", "1")));
        Assert.False(selector.Matches(LabelSet.Of("a", "1", "b", "")));
        Assert.False(selector.Matches(LabelSet.Empty));
    }

    [Fact]
    public void Matches_NoRequirements_IsEverything()
    {
        Assert.True(LabelSelector.Everything.IsEverything);
        Assert.True(LabelSelector.Everything.Matches(LabelSet.Empty));
        Assert.Equal("{}", LabelSelector.Everything.ToString());
    }

    [Fact]
    public void Equals_OtherOrderAndRepeats_IsEqualByMeaning()
    {
        var one = new LabelSelector(
            [new Requirement("b", SelectorOperator.NotIn, ["2", "1", "2"]), new Requirement("a", SelectorOperator.Exists, [])]);
        var other = new LabelSelector(
        [
            new Requirement("a", SelectorOperator.Exists, []),
            new Requirement("b", SelectorOperator.NotIn, ["1", "2"]),
            new Requirement("a", SelectorOperator.Exists, []),
        ]);
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Equal("a,b notin (1,2)", other.ToString());
    }

    [Fact]
    public void Equals_OtherOperatorKeyOrValue_IsFalse()
    {
        var selector = LabelSelector.Label("k", "v");
        Assert.NotEqual(selector, new LabelSelector([new Requirement("k", SelectorOperator.NotIn, ["v"])]));
        Assert.NotEqual(selector, LabelSelector.Label("k", "w"));
        Assert.NotEqual(selector, LabelSelector.Label("l", "v"));
        Assert.NotEqual(selector, LabelSelector.Everything);
    }

    [Theory]
    [InlineData(SelectorOperator.In, "k in (a,b)")]
    [InlineData(SelectorOperator.NotIn, "k notin (a,b)")]
    public void ToString_SeveralValues_IsKubectlsForm(SelectorOperator op, string text) =>
        Assert.Equal(text, new LabelSelector([new Requirement("k", op, ["b", "a"])]).ToString());

    [Fact]
    public void ToString_OneValueOrNone_IsKubectlsForm()
    {
        Assert.Equal("k=v", LabelSelector.Label("k", "v").ToString());
        Assert.Equal("!k", new LabelSelector([new Requirement("k", SelectorOperator.DoesNotExist, [])]).ToString());
    }
}
