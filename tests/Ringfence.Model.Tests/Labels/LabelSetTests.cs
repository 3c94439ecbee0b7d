namespace Ringfence.Model.Tests.Labels;

public class LabelSetTests
{
    [Fact]
    public void Create_AnyOrder_IsEqualByContent()
    {
        var one = LabelSet.Create([new("b", "2"), new("a", "1")]);
        var other = LabelSet.Of("a", "1", "b", "2");
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Equal("a=1,b=2", one.ToString());
    }

    [Theory]
    [InlineData("a", "1", "a", "2")]
    [InlineData("a", "1", "b", "1")]
    [InlineData("a", "1", "A", "1")]
    public void Equals_AnyDifference_IsFalse(string key, string value, string otherKey, string otherValue) =>
        Assert.NotEqual(LabelSet.Of(key, value), LabelSet.Of(otherKey, otherValue));

    [Fact]
    public void Equals_KeyAndValueSwapped_IsFalse() => Assert.NotEqual(LabelSet.Of("a", "b"), LabelSet.Of("b", "a"));

    [Fact]
    public void Create_RepeatedKey_KeepsTheLastValue()
    {
        Assert.Equal("2", LabelSet.Create([new("a", "1"), new("a", "2")])["a"]);
        Assert.Equal("2", LabelSet.Of("a", "1", "a", "2")["a"]);
        Assert.Single(LabelSet.Of("a", "1", "a", "2"));
    }

    [Fact]
    public void Of_Keys_AreOrderedOrdinally() => Assert.Equal(["B", "a", "b"], LabelSet.Of("b", "", "a", "", "B", "").Select(pair => pair.Key));

    [Fact]
    public void Of_OddNumberOfTexts_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => LabelSet.Of("a"));

    [Fact]
    public void TryGet_EmptyValue_IsPresent()
    {
        Assert.True(LabelSet.Of("a", "").TryGet("a", out var value));
        Assert.Equal("", value);
        Assert.False(LabelSet.Of("a", "").TryGet("", out _));
        Assert.Null(LabelSet.Empty["a"]);
    }

    [Fact]
    public void With_ExistingKey_ReplacesItAndLeavesTheOriginal()
    {
        var original = LabelSet.Of("a", "1");
        Assert.Equal(LabelSet.Of("a", "2"), original.With("a", "2"));
        Assert.Equal(LabelSet.Of("a", "1", "b", "2"), original.With("b", "2"));
        Assert.Equal("1", original["a"]);
    }
}
