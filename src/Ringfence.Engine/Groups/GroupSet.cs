using System.Collections;
using System.Collections.Immutable;

namespace Ringfence.Engine;

/// <summary>A set of groups. Immutable; equal by content.</summary>
public sealed class GroupSet : IReadOnlyCollection<PodGroup>, IEquatable<GroupSet>
{
    private readonly PodGroups _groups;

    // Rising.
    private readonly ImmutableArray<int> _numbers;

    internal GroupSet(PodGroups groups, ImmutableArray<int> numbers) => (_groups, _numbers) = (groups, numbers);

    /// <inheritdoc/>
    public int Count => _numbers.Length;

    /// <summary>Whether it has no group.</summary>
    public bool IsEmpty => _numbers.IsEmpty;

    /// <summary>Whether a group belongs to it.</summary>
    public bool Contains(PodGroup group) => _numbers.BinarySearch(group.Number) >= 0;

    /// <summary>Whether all groups of another set belong to it.</summary>
    public bool IsSupersetOf(GroupSet other) => other.Except(this).IsEmpty;

    /// <summary>What belongs to both.</summary>
    public GroupSet Intersect(GroupSet other) => Keep(other, whereInOther: true);

    /// <summary>What belongs to this set and not to the other.</summary>
    public GroupSet Except(GroupSet other) => Keep(other, whereInOther: false);

    /// <summary>What belongs to either.</summary>
    public GroupSet Union(GroupSet other) => IsEmpty ? other : other.IsEmpty ? this : new(_groups, [.. _numbers.Concat(other._numbers).Distinct().Order()]);

    /// <inheritdoc/>
    public IEnumerator<PodGroup> GetEnumerator()
    {
        foreach (var number in _numbers) yield return _groups.All[number];
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(GroupSet? other) => other is not null && ReferenceEquals(_groups, other._groups) && _numbers.AsSpan().SequenceEqual(other._numbers.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GroupSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var number in _numbers) hash.Add(number);
        return hash.ToHashCode();
    }

    private GroupSet Keep(GroupSet other, bool whereInOther)
    {
        var kept = ImmutableArray.CreateBuilder<int>();
        var at = 0;
        foreach (var number in _numbers)
        {
            while (at < other._numbers.Length && other._numbers[at] < number) at++;
            if ((at < other._numbers.Length && other._numbers[at] == number) == whereInOther) kept.Add(number);
        }

        return kept.Count == Count ? this : new(_groups, kept.DrainToImmutable());
    }
}
