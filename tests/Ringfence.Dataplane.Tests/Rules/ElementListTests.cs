using System.Buffers.Binary;
using Ringfence.Dataplane.Nftables;
using Ringfence.Dataplane.Rules;
using Xunit;

namespace Ringfence.Dataplane.Tests.Rules;

public class ElementListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(5000)]
    public void Create_AnyLength_HoldsJustThese(int length)
    {
        var elements = Enumerable.Range(0, length).Select(number => Plain(number * 2)).ToArray();
        var list = ElementList.Create(elements);
        Assert.Equal(length, list.Length);
        Assert.Equal(elements, list);
        Assert.Equal(length == 0, list.IsEmpty);
        for (var number = -1; number < length * 2; number += Math.Max(1, length / 50)) Assert.Equal(number >= 0 && number % 2 == 0 && number < length * 2, list.Contains(Key(number)));
        if (length > 0) Assert.Equal(elements[^1], list[length - 1]);
    }

    [Fact]
    public void With_RandomChanges_SameAsASortedSet_AndDifferencesLeadFromOneToTheOther()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var (span, model) = (1 << random.Next(4, 14), new SortedDictionary<ElementKey, SetElement>());
            var list = ElementList.Empty;
            for (var round = 0; round < 40; round++)
            {
                // Now and then many at once, so that pieces grow, are cut, shrink and are joined.
                var many = random.Next(5) == 0 ? span : 4;
                ElementKey[] removed = [.. Enumerable.Range(0, random.Next(many)).Select(_ => Key(random.Next(span))).Distinct().Order()];
                SetElement[] added = [.. Enumerable.Range(0, random.Next(many)).Select(_ => random.Next(span)).Distinct().Order()
                    .Select(number => random.Next(3) == 0 ? Plain(number) with { Chain = $"chain{random.Next(2)}" } : Plain(number))];
                foreach (var key in removed) model.Remove(key);
                foreach (var element in added) model[element.Key] = element;
                var next = list.With(removed, added);
                Assert.Equal(model.Values, next);
                Assert.Equal(model.Count, next.Length);
                Assert.True(next.Equals(ElementList.Create([.. model.Values])), $"seed {seed}, round {round}");

                var (from, to) = (SetOf(list), SetOf(next));
                var difference = SetDifference.Between(from, to);
                Assert.Equal(list.Except(next), difference.Removed);
                Assert.Equal(next.Except(list), difference.Added);
                Assert.Equal(difference.IsEmpty, list.Equals(next));
                list = next;
            }
        }
    }

    [Fact]
    public void With_OneElementMoreInAHundredThousand_SharesTheRest()
    {
        var list = ElementList.Create([.. Enumerable.Range(0, 100_000).Select(number => Plain(number * 2))]);
        var more = list.With([], [Plain(100_001)]);
        Assert.Equal(100_001, more.Length);
        Assert.Equal(list.Pieces.Length - 1, list.Pieces.Intersect(more.Pieces).Count());
    }

    private static KernelSet SetOf(ElementList elements) => new("s", SetKind.Ipv4, IsInterval: false, IsVerdictMap: false, elements);

    private static SetElement Plain(int number) => new(Key(number));

    private static ElementKey Key(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new ElementKey(bytes);
    }
}
