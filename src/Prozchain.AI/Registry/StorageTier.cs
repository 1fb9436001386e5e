namespace Prozchain.AI.Registry;

/// <summary>How a version's bytes are kept. The numbers are part of wire formats.</summary>
public enum StorageTier : byte
{
    /// <summary>On its shards, and in memory where it is used.</summary>
    Hot = 0,
    /// <summary>On its shards.</summary>
    Warm = 1,
    /// <summary>On cold shards: to be had, but slowly.</summary>
    Archived = 2,
    /// <summary>Nowhere: the roots are kept, the bytes are gone.</summary>
    Pruned = 3,
}
