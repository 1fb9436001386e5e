using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>What simulated worlds begin with.</summary>
internal static class SimulatedGenesis
{
    public static HeapTrieStore Cells(ShardInfo shard, long maxBytes, ReadOnlySpan<StateWrite> writes)
    {
        var cells = new HeapTrieStore(maxBytes, shard.Prefix, shard.Depth);
        cells.Stage(writes);
        cells.Commit();
        return cells;
    }

    /// <summary>Rules of atomic transactions for shards with blocks of an interval, which may come at half of it.</summary>
    public static AtomicOptions Atomic(ulong chainId, IReadOnlyDictionary<ushort, IAtomicProgram> programs, long intervalMs, long validityMs) => new()
    {
        ChainId = chainId, Programs = programs, MaxPerBlock = 64, MinBlockIntervalMs = Math.Max(1, intervalMs / 2), MaxValidityMs = validityMs, RetentionMs = 2 * validityMs,
    };
}
