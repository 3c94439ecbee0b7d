using Ringfence.Engine.Compilation;
using Xunit;

namespace Ringfence.Engine.Tests.Compilation;

public sealed class ColumnSetTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(40)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void Add_AfterFill_HasTheseMembersAndNoOther(int filled)
    {
        var set = new ColumnSet();
        set.Fill([.. Enumerable.Range(1000, filled)]);
        for (var column = 1000 + filled; column < 1200; column++)
        {
            set.Add(column);
            AssertHas(set, [.. Enumerable.Range(1000, column - 999)]);
        }
    }

    [Fact]
    public void AddAndRemove_InAnyOrder_HasWhatAPlainSetHas()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            HashSet<int> expected = [.. Enumerable.Range(0, random.Next(90)).Select(_ => random.Next(300))];
            var set = new ColumnSet();
            set.Fill([.. expected.Order()]);
            for (var step = 0; step < 200; step++)
            {
                var column = random.Next(300);
                if (random.Next(3) == 0)
                {
                    set.Remove(column);
                    expected.Remove(column);
                }
                else
                {
                    set.Add(column);
                    expected.Add(column);
                }
            }

            AssertHas(set, expected);
        }
    }

    private static void AssertHas(ColumnSet set, HashSet<int> expected)
    {
        Assert.Equal(expected.Count, set.Count);
        Assert.Equal(expected.Order(), set.Members().Order());
        for (var column = 0; column < 1300; column++) Assert.Equal(expected.Contains(column), set.Contains(column));
    }
}
