namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="ShardWorld{TTransition}"/> did so far.</summary>
/// <param name="Applied">Transactions executed with success in final blocks.</param>
/// <param name="Failed">Transactions in final blocks with another status.</param>
/// <param name="Waiting">Transactions handed in, in no final block and not given up.</param>
/// <param name="GivenUp">Transactions that were in no final block for 10 s: mostly such as fail and leave nothing, which proposers leave out.</param>
/// <param name="Receipts">Receipts taken in by their shards.</param>
/// <param name="Commits">Atomic transactions that some shard certified to commit.</param>
/// <param name="Cuts">Consistent cuts at which nothing was half-way.</param>
/// <param name="LowestHeight">Final blocks of the shard that has the fewest.</param>
/// <param name="IsQuiet">True if no receipt is under way and no atomic transaction open.</param>
public sealed record ShardReport(int Applied, int Failed, int Waiting, int GivenUp, int Receipts, int Commits, int Cuts, ulong LowestHeight, bool IsQuiet)
{
    /// <summary>Segments of all shards whose attestation is in a final block.</summary>
    public int Attested { get; init; }

    /// <summary>Blocks whose channel to another shard was within a tenth of the cap on value that is not attested.</summary>
    public int AtCap { get; init; }
}
