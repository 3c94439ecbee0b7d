namespace Ringfence.Engine.Tests.Oracle;

/// <summary>Kleene's three values in order: "and" is the least, "or" the greatest.</summary>
internal enum Truth
{
    No,
    Maybe,
    Yes,
}

internal static class Logic
{
    public static Truth Of(bool value) => value ? Truth.Yes : Truth.No;

    public static Truth And(this Truth left, Truth right) => left < right ? left : right;

    public static Truth Or(this Truth left, Truth right) => left > right ? left : right;

    public static Truth Some<T>(this IEnumerable<T> items, Func<T, Truth> test)
    {
        var result = Truth.No;
        foreach (var item in items) result = result.Or(test(item));
        return result;
    }

    public static Truth Every<T>(this IEnumerable<T> items, Func<T, Truth> test)
    {
        var result = Truth.Yes;
        foreach (var item in items) result = result.And(test(item));
        return result;
    }
}
