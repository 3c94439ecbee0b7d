using System.Collections.Immutable;
using Ringfence.Dataplane.Rules;

namespace Ringfence.Dataplane.Nftables;

/// <summary>The table as the kernel has it.</summary>
/// <param name="Flags">Its flags; null where there is no such table.</param>
/// <param name="Owner">The netlink port of its owner; 0 where it has none.</param>
/// <param name="Generation">The generation of the kernel's rules, which counts every change.</param>
/// <param name="Rules">What is in it.</param>
/// <param name="ForeignSets">Sets of kinds that are none of ours.</param>
/// <param name="ForeignHooks">Chains that hang on hooks, or have policies, that are none of ours.</param>
internal sealed record KernelTable(
    uint? Flags,
    uint Owner,
    uint Generation,
    NodeRules Rules,
    ImmutableSortedSet<string> ForeignSets,
    ImmutableSortedSet<string> ForeignHooks)
{
    public bool Exists => Flags is not null;

    public bool IsDormant => (Flags & Nft.TableDormant) != 0;

    /// <summary>Whether it has these rules, all of them in force, and nothing else.</summary>
    public bool IsJust(NodeRules rules) => Exists && !IsDormant && ForeignSets.IsEmpty && ForeignHooks.IsEmpty && Rules.Equals(rules);

    /// <summary>Whether the same was found another time, if of another generation.</summary>
    public bool IsLike(KernelTable other) =>
        (Flags, Owner) == (other.Flags, other.Owner) && ForeignSets.SetEquals(other.ForeignSets) && ForeignHooks.SetEquals(other.ForeignHooks) && Rules.Equals(other.Rules);
}
