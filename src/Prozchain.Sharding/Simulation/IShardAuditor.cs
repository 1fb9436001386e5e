namespace Prozchain.Sharding.Simulation;

/// <summary>What must hold of a transition over all its shards; sees final blocks, each once, in an order in which they can have been.</summary>
/// <remarks>An implementer owes: it changes nothing in the world, and its answers depend on what it was shown alone.</remarks>
public interface IShardAuditor
{
    /// <summary>A block is final at some node for the first time.</summary>
    /// <param name="block">The block and what it gave.</param>
    /// <param name="state">All shards after it.</param>
    /// <returns>Null if all is well, else what is wrong, in words.</returns>
    string? OnFinal(FinalBlock block, ShardCut state);

    /// <summary>After such a block no atomic transaction is half-way and no receipt waits for a cell: what is conserved can be counted.</summary>
    /// <param name="state">All shards, and the receipts between them.</param>
    /// <returns>Null if all is well, else what is wrong, in words.</returns>
    string? AtCut(ShardCut state) => null;
}
