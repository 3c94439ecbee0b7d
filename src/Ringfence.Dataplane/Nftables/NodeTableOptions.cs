namespace Ringfence.Dataplane.Nftables;

/// <summary>How a node's table is held.</summary>
public sealed record NodeTableOptions
{
    /// <summary>
    /// Whether nobody else may change the table while it is open (<c>flags owner,persist</c>; Linux 6.9). Without it, and where the kernel lacks it, others can;
    /// that is noticed, and <see cref="NodeTable.Repair"/> mends it.
    /// </summary>
    public bool Own { get; init; } = true;

    /// <summary>Told when somebody else changed the table, on a thread of its own; must not call the table's <see cref="NodeTable.Dispose"/>.</summary>
    public Action<ForeignChange>? OnForeignChange { get; init; }

    /// <summary>The flags that owning takes; others are for trying what happens where the kernel lacks them.</summary>
    internal uint OwnerFlags { get; init; } = Nft.TableOwned | Nft.TablePersists;
}
