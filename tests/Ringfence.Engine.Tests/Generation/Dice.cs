namespace Ringfence.Engine.Tests.Generation;

/// <summary>Seeded chance: the same seed gives the same throws.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>From 0 to <paramref name="most"/>, inclusive.</summary>
    public int UpTo(int most) => _random.Next(most + 1);

    public bool Percent(int chance) => _random.Next(100) < chance;

    public T Pick<T>(params IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>Between 0 and <paramref name="most"/> things.</summary>
    public List<T> Some<T>(int most, Func<T> make) => Times(UpTo(most), make);

    public static List<T> Times<T>(int count, Func<T> make)
    {
        var things = new List<T>(count);
        for (var i = 0; i < count; i++) things.Add(make());
        return things;
    }

    public UInt128 Bits(int count) => count == 0
        ? 0
        : new UInt128((ulong)_random.NextInt64(long.MinValue, long.MaxValue), (ulong)_random.NextInt64(long.MinValue, long.MaxValue)) >> (128 - count);
}
