using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Reshaping;

/// <summary>The thresholds of a <see cref="SmoothedReshapePolicy"/>.</summary>
public sealed record ReshapeOptions
{
    /// <summary>The most gas of one sealed block, above 0: what percentages are of.</summary>
    public required ulong BlockGasLimit { get; init; }

    /// <summary>Bytes of state from which a block counts as hot. Default 400 MB.</summary>
    public ulong SplitBytes { get; init; } = 400_000_000;

    /// <summary>Percent of the gas limit from which a block counts as hot. Default 80.</summary>
    public int SplitGasPercent { get; init; } = 80;

    /// <summary>Waiting receipts from which a block counts as hot. Default 50,000.</summary>
    public ulong SplitQueued { get; init; } = 50_000;

    /// <summary>Bytes that two siblings stay under, together, to be merged. Default 120 MB.</summary>
    public ulong MergeBytes { get; init; } = 120_000_000;

    /// <summary>Percent of one shard's gas limit that two siblings stay under, together, to be merged. Default 25.</summary>
    public int MergeGasPercent { get; init; } = 25;

    /// <summary>Waiting receipts that two siblings stay under, together, to be merged. Default 15,000.</summary>
    public ulong MergeQueued { get; init; } = 15_000;

    /// <summary>Epochs, after the one in which it was made, for which a shard is left alone but the last. Default 2: what is made in epoch e may change in e + 2.</summary>
    public int CooldownEpochs { get; init; } = 2;

    /// <summary>One split and one merge an epoch for every so many shards, and one at least. Default 16.</summary>
    public int ShardsPerChange { get; init; } = 16;

    /// <summary>The most shards that splits lead to, 1 to 1,024. Default 1,024.</summary>
    public int MaxShards { get; init; } = ShardLayout.MaxShards;

    internal void Check()
    {
        if (BlockGasLimit == 0 || SplitBytes == 0 || SplitQueued == 0) throw new ArgumentException("Expected a gas limit and thresholds of splits above 0, got 0.");
        if (SplitGasPercent is < 1 or > 100 || MergeGasPercent < 0) throw new ArgumentException($"Expected 1 to 100 percent of gas for a split and 0 or more for a merge, got {SplitGasPercent} and {MergeGasPercent}.");
        if (!IsWellUnder(MergeBytes, SplitBytes) || !IsWellUnder((ulong)MergeGasPercent, (ulong)SplitGasPercent) || !IsWellUnder(MergeQueued, SplitQueued))
            throw new ArgumentException(
                "Expected thresholds of a merge of at most 2/5 of those of a split, so that what was merged is not split again, "
                + $"got {MergeBytes} and {SplitBytes} bytes, {MergeGasPercent} and {SplitGasPercent} percent of gas, {MergeQueued} and {SplitQueued} waiting.");
        if (CooldownEpochs < 1) throw new ArgumentException($"Expected a cooldown of 1 epoch or more, got {CooldownEpochs}.");
        if (ShardsPerChange < 1 || MaxShards is < 1 or > ShardLayout.MaxShards) throw new ArgumentException($"Expected 1 shard or more per change and at most 1 to {ShardLayout.MaxShards} shards, got {ShardsPerChange} and {MaxShards}.");
    }

    private static bool IsWellUnder(ulong merge, ulong split) => (UInt128)5 * merge <= (UInt128)2 * split;
}
