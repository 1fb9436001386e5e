namespace Prozchain.AI.Registry;

/// <summary>How long and at what rate a version's bytes are kept.</summary>
/// <param name="Tier">How they are kept.</param>
/// <param name="End">Last slot of the lease, or of the archive.</param>
/// <param name="Rate">Agreed price of storage, micro-dollars a GB and month. The ledger settles it; the registry records it.</param>
public readonly record struct ModelLease(StorageTier Tier, ulong End, ulong Rate)
{
    /// <summary>Whether the lease has ended at that slot.</summary>
    /// <param name="slot">The slot.</param>
    public bool IsExpired(ulong slot) => slot > End;
}
