namespace Prozchain.AI.Registry;

/// <summary>What all replicas of one registry agree on beforehand; bound into its root.</summary>
/// <param name="MaxLeaseSlots">How many slots ahead a lease may end at most.</param>
/// <param name="ArchiveSlots">How long an archived version is kept, from the end of its lease or from now, whichever is later.</param>
public readonly record struct RegistryRules(ulong MaxLeaseSlots, ulong ArchiveSlots);
