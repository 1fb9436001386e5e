namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="BankWorld"/> did so far.</summary>
/// <param name="Applied">Transactions executed with success in final blocks, each once.</param>
/// <param name="Transfers">Transfers that their customers saw executed.</param>
/// <param name="Waiting">Transfers handed in and not executed.</param>
/// <param name="Commits">Atomic swaps that some shard certified to commit.</param>
/// <param name="CrossShard">Transfers credited in another shard.</param>
/// <param name="MedianMs">Half of those took no longer, from submission to credit in a final block, simulated milliseconds.</param>
/// <param name="SlowestPercentMs">99 of 100 took no longer.</param>
/// <param name="Cuts">Consistent cuts at which value was counted.</param>
/// <param name="LowestHeight">Final blocks of the shard that has the fewest.</param>
/// <param name="IsQuiet">True if no receipt is under way and no atomic transaction open.</param>
public sealed record BankReport(int Applied, int Transfers, int Waiting, int Commits, int CrossShard, long MedianMs, long SlowestPercentMs, int Cuts, ulong LowestHeight, bool IsQuiet)
{
    /// <summary>Segments of all shards whose attestation is in a final block.</summary>
    public int Attested { get; init; }

    /// <summary>Swaps with locks that their decision shard decided to commit; also among <see cref="Commits"/>.</summary>
    public int LockCommits { get; init; }

    /// <summary>Blocks whose channel to another shard was within a tenth of the cap on value that is not attested.</summary>
    public int AtCap { get; init; }

    /// <summary>The value below which so many in a thousand lie; 0 of none.</summary>
    internal static long At(List<long> sorted, int permille) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, sorted.Count * permille / 1000)];
}
