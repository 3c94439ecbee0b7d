using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>What must change in a set.</summary>
/// <param name="Set">The set as it is wanted.</param>
/// <param name="Removed">Elements to remove; an entry of a map that changes its chain is removed and added.</param>
/// <param name="Added">Elements to add.</param>
internal sealed record SetDifference(KernelSet Set, IReadOnlyList<SetElement> Removed, IReadOnlyList<SetElement> Added)
{
    public bool IsEmpty => Removed.Count == 0 && Added.Count == 0;

    public static SetDifference Between(KernelSet from, KernelSet wanted)
    {
        var removed = new List<SetElement>();
        var added = new List<SetElement>();
        var (old, now) = (new ElementCursor(from.Elements), new ElementCursor(wanted.Elements));
        while (old.SkipAlike(ref now))
        {
            var (was, becomes) = (old.Current, now.Current);
            var order = was.Key.CompareTo(becomes.Key);
            if (order < 0 || (order == 0 && was != becomes)) removed.Add(was);
            if (order > 0 || (order == 0 && was != becomes)) added.Add(becomes);
            if (order <= 0) old.Next();
            if (order >= 0) now.Next();
        }

        for (; !old.IsAtEnd; old.Next()) removed.Add(old.Current);
        for (; !now.IsAtEnd; now.Next()) added.Add(now.Current);
        return new SetDifference(wanted, removed, added);
    }
}
