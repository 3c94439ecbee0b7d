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
        var old = from.Elements.AsSpan();
        var now = wanted.Elements.AsSpan();

        // Mostly next to nothing changes: leave out what is the same before and behind it.
        var same = old.CommonPrefixLength(now);
        old = old[same..];
        now = now[same..];
        while (!old.IsEmpty && !now.IsEmpty && old[^1] == now[^1])
        {
            old = old[..^1];
            now = now[..^1];
        }

        var (i, j) = (0, 0);
        while (i < old.Length && j < now.Length)
        {
            var order = old[i].Key.CompareTo(now[j].Key);
            if (order < 0)
                removed.Add(old[i++]);
            else if (order > 0)
                added.Add(now[j++]);
            else
            {
                if (old[i] != now[j])
                {
                    removed.Add(old[i]);
                    added.Add(now[j]);
                }

                i++;
                j++;
            }
        }

        removed.AddRange(old[i..]);
        added.AddRange(now[j..]);
        return new SetDifference(wanted, removed, added);
    }
}
